/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Eager scheduling: every ready thread, the running one included, is in its
 * priority's ready queue and no other; every waiting thread is in the waiting
 * queue and no other.
 */

extern struct queue waiting_queue;

static inline void queue_waits(struct tcb *t)
{
	dequeue(t, ready_link);
	enqueue(&waiting_queue, t, waiting_link);
}

static inline void queue_ready(struct tcb *t)
{
	dequeue(t, waiting_link);
	ready_append(t);
}

static inline void queue_starts(struct tcb *t)
{
	queue_ready(t);
}

static inline void queue_removed(struct tcb *t)
{
	if (t->state == THREAD_READY)
		dequeue(t, ready_link);
	else
		dequeue(t, waiting_link);
}

static inline void queue_preempted(struct tcb *t)
{
	dequeue(t, ready_link);
	ready_append(t);
}

static inline void queue_created(struct tcb *t)
{
	ready_append(t);
}

static inline void queue_swapped_out(struct tcb *t)
{
	queue_removed(t);
}

static inline void queue_swapped_in(struct tcb *t)
{
	if (t->state == THREAD_READY)
		ready_append(t);
	else
		enqueue(&waiting_queue, t, waiting_link);
}

static inline void queue_prioritize(struct tcb *t, uint8_t priority)
{
	if (t->state == THREAD_READY)
		dequeue(t, ready_link);
	t->priority = priority;
	if (t->state == THREAD_READY)
		ready_append(t);
}

static inline struct tcb *queue_next(void)
{
	return ready_first();
}

static inline void queue_each_waiting(
    void (*visit)(struct tcb *t, void *argument), void *argument)
{
	struct tcb *t = queue_first(&waiting_queue, waiting_link);

	while (t) {
		struct tcb *next =
		    queue_behind(&waiting_queue, t, waiting_link);

		visit(t, argument);
		t = next;
	}
}
