/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lazy scheduling: IPC leaves the queues alone. Invariant: the ready queues
 * hold at least all ready threads, except possibly the running one, each in
 * its priority's. The code that parses one removes the threads that do not
 * belong. There is no waiting queue: the waiting threads are found by a look at
 * the states of all.
 */

static inline void queue_waits(struct tcb *t)
{
	(void)t;
}

static inline void queue_ready(struct tcb *t)
{
	if (t->in_ready_queue)
		return;
	t->in_ready_queue = true;
	ready_append(t);
}

static inline void queue_starts(struct tcb *t)
{
	(void)t;
}

static inline void queue_removed(struct tcb *t)
{
	if (!t->in_ready_queue)
		return;
	t->in_ready_queue = false;
	dequeue(t, ready_link);
}

/* To the end of the queue, wherever it was. */
static inline void queue_preempted(struct tcb *t)
{
	queue_removed(t);
	queue_ready(t);
}

static inline void queue_created(struct tcb *t)
{
	queue_ready(t);
}

static inline void queue_swapped_out(struct tcb *t)
{
	queue_removed(t);
}

static inline void queue_swapped_in(struct tcb *t)
{
	if (t->state == THREAD_READY)
		queue_ready(t);
}

static inline void queue_prioritize(struct tcb *t, uint8_t priority)
{
	bool was_in = t->in_ready_queue;

	queue_removed(t);
	t->priority = priority;
	if (was_in)
		queue_ready(t);
}

static inline struct tcb *queue_next(void)
{
	struct tcb *t;

	while ((t = ready_first()) && t->state != THREAD_READY)
		queue_removed(t);
	return t;
}

static inline void queue_each_waiting(
    void (*visit)(struct tcb *t, void *argument), void *argument)
{
	uint32_t number;

	for (number = 0; number < thread_table_end; number++) {
		struct tcb *t;

		if (!thread_table[number].uid || !tcb_is_present(number))
			continue;
		t = tcb_at(number);
		if (t->state != THREAD_READY)
			visit(t, argument);
	}
}
