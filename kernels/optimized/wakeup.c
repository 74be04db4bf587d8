/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread to be woken at time t is in list t mod LISTS (in ticks), so that a
 * tick looks at one list only. Those for which there is much time are in the
 * long-time list, at which hardly any tick looks.
 *
 * Time is base + offset, the offset and all times of waking kept small enough
 * for 32-bit arithmetic.
 */
#include <wakeup.h>

#define LISTS 8
#define FAR 2048	      /* ms */
#define FAR_EVERY 1024	      /* ms; the long-time list is looked at */
#define OFFSET_END (1u << 24) /* ms, 4.5 hours: then the base is raised */
#define FIRST_RAISE 5000      /* ms after boot, so that tests have one */

#define EMPTY(n) QUEUE_EMPTY(lists[n])

static struct queue lists[LISTS] = {EMPTY(0), EMPTY(1), EMPTY(2), EMPTY(3),
    EMPTY(4), EMPTY(5), EMPTY(6), EMPTY(7)};
static struct queue far_list = QUEUE_EMPTY(far_list);

static uint32_t offset = OFFSET_END - FIRST_RAISE;
static uint64_t base = -(uint64_t)(OFFSET_END - FIRST_RAISE);

uint64_t wakeup_now(void)
{
	return base + offset;
}

static struct queue *list_of(uint32_t due)
{
	if (due > offset + FAR)
		return &far_list;
	return lists + due / MS_PER_TICK % LISTS;
}

static void move(struct tcb *t, struct queue *list)
{
	wakeup_remove(t);
	enqueue(list, t, wakeup_link);
	t->in_wakeup_list = true;
}

void wakeup_set(struct tcb *t, uint32_t ms)
{
	t->due = offset + wakeup_delay(ms);
	move(t, list_of(t->due));
}

uint64_t wakeup_due(const struct tcb *t)
{
	return base + t->due;
}

void wakeup_restore(struct tcb *t, uint64_t due)
{
	t->due = due > base + offset ? (uint32_t)(due - base) : offset;
	move(t, list_of(t->due));
}

/* Does one that is in a list still belong there? */
static bool waits_with_timeout(const struct tcb *t)
{
	uint32_t timeout = waiting_timeout(t);

	return timeout != TIMEOUT_NEVER && timeout != TIMEOUT_NONE;
}

/* Its time has come. */
static void look_at(struct tcb *t, timeout_t timeout)
{
	if (!waits_with_timeout(t))
		wakeup_remove(t);
	/* To a locked one a transfer has started: it is looked at again. */
	else if (t->state != THREAD_LOCKED)
		timeout(t);
}

/* Of most the time has not come: of these, only the cache line with the link and that
 * time is needed. */
static void look_at_all(const struct queue *list, timeout_t timeout)
{
	struct tcb *t = queue_first(list, wakeup_link);

	while (t) {
		struct tcb *next = queue_behind(list, t, wakeup_link);

		if (t->due <= offset)
			look_at(t, timeout);
		t = next;
	}
}

static void look_at_far(struct tcb *t)
{
	if (!waits_with_timeout(t))
		wakeup_remove(t);
	else if (t->due <= offset + FAR)
		move(t, list_of(t->due));
}

/* visit may remove it from the list. */
static void each(const struct queue *list, void (*visit)(struct tcb *t))
{
	struct tcb *t = queue_first(list, wakeup_link);

	while (t) {
		struct tcb *next = queue_behind(list, t, wakeup_link);

		visit(t);
		t = next;
	}
}

static void correct(struct tcb *t)
{
	t->due = t->due > OFFSET_END ? t->due - OFFSET_END : 0;
}

static void raise_base(void)
{
	uint32_t n;

	base += OFFSET_END;
	offset -= OFFSET_END;
	for (n = 0; n < LISTS; n++)
		each(lists + n, correct);
	each(&far_list, correct);
}

void wakeup_tick(timeout_t timeout)
{
	offset += MS_PER_TICK;
	if (offset >= OFFSET_END)
		raise_base();
	look_at_all(list_of(offset), timeout);
	if (offset % FAR_EVERY == 0)
		each(&far_list, look_at_far);
}

#if CONFIG_ASSERTIONS
const struct queue *wakeup_list(uint32_t n)
{
	if (n > LISTS)
		return NULL;
	return n == LISTS ? &far_list : lists + n;
}
#endif
