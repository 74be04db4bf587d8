/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tcb stays in memory as long as its thread lives.
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

static inline bool tcb_is_present(uint32_t number)
{
	(void)number;
	return true;
}

static inline void senders_forget(struct tcb *t)
{
	(void)t;
}

static inline bool tcb_swap_out(struct tcb *t)
{
	return t != current_thread();
}

static inline void tcb_each_swapped(
    void (*visit)(struct tcb *t), bool (*wanted)(const struct tcb *t))
{
	(void)visit;
	(void)wanted;
}

static inline bool tcb_reclaim(void)
{
	return false;
}

static inline bool tcb_bring_ready(void)
{
	return false;
}

static inline void tcb_tick(void)
{
}

static inline void tcb_refill_reserve(void)
{
}
