/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tcb that is swapped out is unmapped; touching it brings it back. Parsing
 * a queue must never do so, hence a thread leaves all queues when it is
 * unmapped. It enters them again when it is back, except its partner's
 * senders: the partner may be swapped out by then. Instead it is missing
 * there until its partner misses it.
 *
 * In the senders of a thread, which are in the order of their tickets, a mark
 * (absent_link) stands where the first missing one may belong. That costs an
 * IPC nothing when the queue is empty.
 */

struct stored;

extern struct stored *tcb_store[MAX_THREADS]; /* NULL: not swapped out */
extern uint64_t last_ticket;

/* The mark as if it were a thread whose sender_link is absent_link. */
static inline struct tcb *absent_mark(const struct tcb *t)
{
	return (struct tcb *)((char *)&t->absent_link -
			      offsetof(struct tcb, sender_link));
}

/* For the assertion walk: what is in to's senders without being a thread, and
 * who is not there though it waits. */
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

static inline bool tcb_is_present(uint32_t number)
{
	return !tcb_store[number];
}

void senders_forget(struct tcb *t);
bool tcb_swap_out(struct tcb *t);
void tcb_each_swapped(
    void (*visit)(struct tcb *t), bool (*wanted)(const struct tcb *t));
bool tcb_reclaim(void);
bool tcb_bring_ready(void);
void tcb_tick(void);

/* A page fault in the tcb with this number: false if it is not swapped out. */
bool tcb_bring_in(uint32_t number);

/* Sees to it that there are frames enough for whoever is brought in. */
bool tcb_reserve_frames(void);

/* The same as far as frames are free: the heap's were tcbs, perhaps. */
void tcb_refill_reserve(void);

/* Gives back a tcb's frame, to the reserve first. */
void tcb_return_frame(uint32_t frame);
