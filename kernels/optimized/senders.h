/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parsing a queue must never bring a tcb in, hence a thread leaves all queues
 * when it is swapped out. It enters them again when it is back, except its
 * partner's senders: the partner may be swapped out by then. Instead it is
 * missing there until its partner misses it.
 *
 * In the senders of a thread, which are in the order of their tickets, a mark
 * (absent_link) stands where the first missing one may belong. That costs an
 * IPC nothing when the queue is empty.
 */

extern uint64_t last_ticket;

/* The mark as if it were a thread, with absent_link as its sender_link. */
static inline struct tcb *absent_mark(const struct tcb *t)
{
	return (struct tcb *)((char *)&t->absent_link -
			      offsetof(struct tcb, sender_link));
}

static inline bool is_absent_mark(const struct tcb *t, const struct tcb *to)
{
	return t == absent_mark(to);
}

static inline bool is_missing(const struct tcb *t)
{
	return !t->in_senders;
}

struct tcb *find_first_sender(struct tcb *t);

static inline void sender_waits(struct tcb *t, struct tcb *to)
{
	t->ticket = ++last_ticket;
	t->in_senders = true;
	enqueue(&to->senders, t, sender_link);
}

static inline void sender_leaves(struct tcb *t)
{
	if (!t->in_senders)
		return;
	t->in_senders = false;
	dequeue(t, sender_link);
}

static inline struct tcb *first_sender(struct tcb *t)
{
	struct tcb *sender = queue_first(&t->senders, sender_link);

	if (!sender)
		return NULL;
	return sender == absent_mark(t) ? find_first_sender(t) : sender;
}

void senders_forget(struct tcb *t);

/* For swapping: has t any senders in its queue, besides the mark? */
bool has_senders(struct tcb *t);

/* t, which is being swapped out, leaves its receiver's senders, if it is in
 * them, and takes its own mark out; it is back. */
void senders_swapped_out(struct tcb *t);
void senders_swapped_in(struct tcb *t);
