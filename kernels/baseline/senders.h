/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All senders of a thread are in its queue.
 */

static inline bool is_absent_mark(const struct tcb *t, const struct tcb *to)
{
	(void)t;
	(void)to;
	return false;
}

static inline bool is_missing(const struct tcb *t)
{
	(void)t;
	return false;
}

static inline void sender_waits(struct tcb *t, struct tcb *to)
{
	enqueue(&to->senders, t, sender_link);
}

static inline void sender_leaves(struct tcb *t)
{
	dequeue(t, sender_link);
}

static inline struct tcb *first_sender(struct tcb *t)
{
	return queue_first(&t->senders, sender_link);
}

static inline void senders_forget(struct tcb *t)
{
	(void)t;
}
