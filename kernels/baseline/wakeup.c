/* SPDX-License-Identifier: BSD-2-Clause */
#include <wakeup.h>

static struct list sleepers = {&sleepers, &sleepers}; /* next to wake first */
static uint64_t now;

uint64_t wakeup_now(void)
{
	return now;
}

void wakeup_set(struct tcb *t, uint32_t ms)
{
	struct list *later = sleepers.next;

	wakeup_remove(t);
	t->due = now + wakeup_delay(ms);
	while (later != &sleepers &&
	       list_entry(later, struct tcb, wakeup_link)->due <= t->due)
		later = later->next;
	list_append(later, &t->wakeup_link);
	t->in_wakeup_list = true;
}

void wakeup_tick(void)
{
	struct list *link = sleepers.next;

	now += MS_PER_TICK;
	while (link != &sleepers) {
		struct tcb *t = list_entry(link, struct tcb, wakeup_link);

		link = link->next;
		if (t->due > now)
			break;
		/* Its transfer has started; it is looked at again. */
		if (t->state != THREAD_LOCKED)
			ipc_timeout(t);
	}
}

#if CONFIG_ASSERTIONS
const struct list *wakeup_list(uint32_t n)
{
	return n == 0 ? &sleepers : NULL;
}
#endif
