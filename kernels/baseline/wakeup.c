/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One list of all threads that wait with a timeout, in the order in which they
 * will wake up.
 */
#include <wakeup.h>

static struct queue sleepers = QUEUE_EMPTY(sleepers); /* next to wake first */
static uint64_t now;

uint64_t wakeup_now(void)
{
	return now;
}

void wakeup_set(struct tcb *t, uint32_t ms)
{
	wakeup_restore(t, now + wakeup_delay(ms));
}

uint64_t wakeup_due(const struct tcb *t)
{
	return t->due;
}

void wakeup_restore(struct tcb *t, uint64_t due)
{
	struct tcb *later;

	wakeup_remove(t);
	t->due = due;
	later = queue_first(&sleepers, wakeup_link);
	while (later && later->due <= t->due)
		later = queue_behind(&sleepers, later, wakeup_link);
	enqueue_before(&sleepers, later, t, wakeup_link);
	t->in_wakeup_list = true;
}

void wakeup_tick(timeout_t timeout)
{
	struct tcb *t = queue_first(&sleepers, wakeup_link);

	now += MS_PER_TICK;
	while (t && t->due <= now) {
		struct tcb *next = queue_behind(&sleepers, t, wakeup_link);

		/* Its transfer has started; it is looked at again. */
		if (t->state != THREAD_LOCKED)
			timeout(t);
		t = next;
	}
}

#if CONFIG_ASSERTIONS
const struct queue *wakeup_list(uint32_t n)
{
	return n == 0 ? &sleepers : NULL;
}
#endif
