/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The assertion walk of a debug build: looks at all threads and all queues
 * and panics at the first thing that is not as it should be. In linear time:
 * a queue is right if its links are sound, all in it belong there, and it has
 * as many as there are threads that belong there.
 */
#include <assertions.h>
#include <clock.h>
#include <heap.h>
#include <interrupt_sender.h>
#include <memory.h>
#include <notification.h>
#include <ready_queue.h>
#include <senders.h>
#include <space.h>
#include <tcb_table.h>
#include <thread.h>
#include <wakeup.h>

#define GUARD 0x5AFE57AC /* at the far end of each kernel stack */
#define GUARD_WORDS 4

#define WINDOW_ENTRY REGION_OF(WINDOW)

/* A walk costs time: not so often when there is much to look at. */
#define SWITCHES 61		 /* of which one is looked at */
#define FEW_THREADS 64		 /* for a walk at each tick */
#define TICKS_UNTIL_MEMORY 0x100 /* memory is looked at */

/* Threads and entries of queues, as they are counted by one walk. */
static struct {
	uint32_t ready, waiting, sending, in_ready_queue, in_wakeup_list, marks;
} threads, entries;

static const struct tcb *running, *starting;

static void demand(bool holds, const char *what, const struct tcb *t)
{
	if (holds)
		return;
	if (!t)
		panic("it does not hold that %s", what);
	panic("it does not hold that %s: thread %x %x, state %u", what,
	    (uint32_t)(t->uid >> 32), (uint32_t)t->uid, (uint32_t)t->state);
}

/* The processor is, or is about to be, theirs. */
static bool runs(const struct tcb *t)
{
	return t == running || t == starting;
}

/* Deaths of which not all have been told: their partners may wait for them. */
static bool lives(const struct tcb *t)
{
	return tcb_exists(t) || thread_deaths_untold();
}

/* Visits all in a queue, which must be sound, and counts them. */
#if CONFIG_VIRTUAL_QUEUES
#define SOUND(t, link) ((t)->link.next->previous == &(t)->link)
#else
#define SOUND(t, link) ((t)->link.node->thread == (t))
#endif
#define EACH(queue, link, visit, of)                                           \
	({                                                                     \
		const struct tcb *each_t = queue_first(queue, link);           \
		uint32_t each_n = 0;                                           \
                                                                               \
		for (; each_t; each_t = queue_behind(queue, each_t, link)) {   \
			demand(SOUND(each_t, link), "links are sound", NULL);  \
			demand(++each_n < 2 * MAX_THREADS,                     \
			    "queues have an end", NULL);                       \
			visit(each_t, of);                                     \
		}                                                              \
		each_n;                                                        \
	})

static void check_sender(const struct tcb *t, uint32_t receiver)
{
	if (is_absent_mark(t, (const struct tcb *)receiver)) {
		threads.marks++;
		return;
	}
	demand(t->state == THREAD_SENDING, "senders wait for a receiver", t);
	demand((uint32_t)t->partner == receiver,
	    "a sender is in its receiver's queue", t);
}

static void check_queued(const struct tcb *t, uint32_t priority)
{
	demand(lives(t), "the ready queues hold living threads", t);
	demand(t->priority == priority,
	    "a thread is in its priority's ready queue", t);
	demand(CONFIG_LAZY_SCHEDULING ? t->in_ready_queue
				      : t->state == THREAD_READY,
	    "the ready queues hold no others", t);
}

#if !CONFIG_LAZY_SCHEDULING
static void check_waiting(const struct tcb *t, uint32_t unused)
{
	(void)unused;
	demand(lives(t) && t->state != THREAD_READY,
	    "the waiting queue holds waiting threads", t);
}
#endif

static void check_sleeper(const struct tcb *t, uint32_t unused)
{
	(void)unused;
	demand(lives(t) && t->in_wakeup_list,
	    "the wakeup lists hold living threads", t);
}

/* Has it to be in a wakeup list? */
static bool has_timeout(const struct tcb *t)
{
	uint32_t timeout = waiting_timeout(t);

	if (timeout == TIMEOUT_NEVER || timeout == TIMEOUT_NONE)
		return false;
	/* While a message is on its way one waits as long as it takes, and
	 * as long as its sender waits for a pager. */
	if (t->state == THREAD_LOCKED)
		return false;
	return t->state == THREAD_SENDING || !t->partner ||
	       t->partner->state != THREAD_READY;
}

static void check_state(const struct tcb *t)
{
	switch (t->state) {
	case THREAD_READY:
		threads.ready++;
		demand(!CONFIG_LAZY_SCHEDULING || t->in_ready_queue || runs(t),
		    "a ready thread is in a ready queue", t);
		return;
	case THREAD_SENDING:
		if (!is_missing(t))
			threads.sending++;
		demand(t->partner && lives(t->partner),
		    "a sender's receiver lives", t);
		break;
	case THREAD_RECEIVING:
	case THREAD_LOCKED:
		demand(!t->partner || is_interrupt(t->partner) ||
			   is_notification(t->partner) || lives(t->partner),
		    "a receiver's sender lives", t);
		break;
	case THREAD_COPYING:
		demand(t->transfer.copies_to == t->partner && lives(t->partner),
		    "a thread that copies waits for its receiver", t);
		break;
	case THREAD_FAULTING:
		demand(t->asks_pager && lives(t->partner),
		    "a thread with a page fault waits for its pager", t);
		break;
	default:
		demand(is_bare(t), "a thread is ready or waits", t);
		demand(is_interrupt((struct tcb *)t->state) ||
			   is_notification((struct tcb *)t->state) ||
			   lives((struct tcb *)t->state),
		    "a bare receiver's sender lives", t);
	}
	threads.waiting++;
	demand(is_bare(t) || t->partner != t, "no thread waits for itself", t);
	demand(t->in_wakeup_list || !has_timeout(t),
	    "a thread that waits with a timeout is in a wakeup list", t);
}

static uint32_t *stack_guard(const struct tcb *t)
{
	return CONFIG_VIRTUAL_TCBS ? (uint32_t *)(t + 1)
				   : (uint32_t *)(t->stack_top - PAGE_SIZE);
}

static void check_stack(const struct tcb *t)
{
	const uint32_t *guard = stack_guard(t);
	uint32_t n;

	for (n = 0; n < GUARD_WORDS; n++)
		demand(guard[n] == GUARD, "kernel stacks are large enough", t);
	demand(t == running || is_bare(t) ||
		   (t->esp > (uint32_t)(guard + GUARD_WORDS) &&
		       t->esp < t->stack_top),
	    "a stack pointer points into the stack", t);
}

static void check_window(const struct tcb *t)
{
	const uint32_t *window = t->task->directory + WINDOW_ENTRY;

	demand(t == running || !(t->resources & RESOURCE_WINDOW),
	    "only the running thread has a window", t);
	demand((!window[0] && !window[1]) ||
		   (running->resources & RESOURCE_WINDOW &&
		       running->task == t->task),
	    "the window is closed when it is not used", t);
}

static bool takes_part(const struct tcb *t, const struct tcb *sender)
{
	return t->transfer.copied_by == sender || t->outer.copied_by == sender;
}

static void check_transfer(const struct tcb *t, const struct transfer *part)
{
	if (part->copies_to)
		demand(lives(part->copies_to) && takes_part(part->copies_to, t),
		    "the receiver of a transfer knows its sender", t);
	if (part->copied_by)
		demand(lives(part->copied_by) &&
			   (part->copied_by->transfer.copies_to == t ||
			       part->copied_by->outer.copies_to == t),
		    "the sender of a transfer knows its receiver", t);
}

static void check_thread(uint32_t number)
{
	const struct tcb *t = tcb_at(number);

	demand(t && t->uid == thread_table[number].uid &&
		   thread_number(t->uid) == number,
	    "thread table and tcb have the same uid", t);
	demand(t->priority < PRIORITIES && t->timeslice > 0,
	    "a thread has a priority and a timeslice", t);
	check_transfer(t, &t->transfer);
	check_transfer(t, &t->outer);
	check_state(t);
	/* The processor's one has a page before it that is not there. */
	if (CONFIG_THREAD_KERNEL_STACKS)
		check_stack(t);
	check_window(t);
	threads.in_ready_queue += t->in_ready_queue;
	threads.in_wakeup_list += t->in_wakeup_list;
	entries.sending +=
	    EACH(&t->senders, sender_link, check_sender, (uint32_t)t);
}

/* Pending interrupts are in their handlers' queues, like senders. */
static uint32_t pending_interrupts(void)
{
	uint32_t irq, n = 0;

	for (irq = 0; irq < INTERRUPTS; irq++)
		if (interrupts_pending & 1u << irq)
			n++;
	return n;
}

static void walk_threads(void)
{
	uint32_t number;

	memset(&threads, 0, sizeof(threads));
	memset(&entries, 0, sizeof(entries));
	for (number = 1; number < thread_table_end; number++)
		if (thread_table[number].uid && tcb_is_present(number))
			check_thread(number);
	demand((number == 1 || thread_table[number - 1].uid) &&
		   (number == MAX_THREADS || !thread_table[number].uid),
	    "the thread table ends where it ends", NULL);
	demand(entries.sending ==
		   threads.sending + threads.marks + pending_interrupts(),
	    "each sender is in a queue once", NULL);
}

static void walk_queues(void)
{
	uint32_t priority;

	for (priority = 0; priority < PRIORITIES; priority++) {
		uint32_t n = EACH(&ready_queues[priority], ready_link,
		    check_queued, priority);

		demand(n == 0 || priority <= ready_highest,
		    "nothing is above the highest ready queue", NULL);
		entries.ready += n;
	}
#if CONFIG_LAZY_SCHEDULING
	demand(entries.ready == threads.in_ready_queue,
	    "a thread is in a ready queue once", NULL);
#else
	demand(entries.ready == threads.ready,
	    "each ready thread is in a ready queue once", NULL);
	entries.waiting = EACH(&waiting_queue, waiting_link, check_waiting, 0);
	demand(entries.waiting == threads.waiting,
	    "each waiting thread is in the waiting queue once", NULL);
#endif
}

static void walk_wakeup_lists(void)
{
	const struct queue *list;
	uint32_t n;

	for (n = 0; (list = wakeup_list(n)); n++)
		entries.in_wakeup_list +=
		    EACH(list, wakeup_link, check_sleeper, 0);
	demand(entries.in_wakeup_list == threads.in_wakeup_list,
	    "a thread is in a wakeup list once", NULL);
}

/* Each task counts its threads; the one that has just died is still there. */
static void walk_tasks(void)
{
	uint32_t number;

	for (number = 1; number < thread_table_end; number++)
		if (thread_table[number].uid) {
			if (!tcb_is_present(number))
				return; /* let it be where it is */
			tcb_at(number)->task->threads_seen = 0;
		}
	for (number = 1; number < thread_table_end; number++)
		if (thread_table[number].uid)
			tcb_at(number)->task->threads_seen++;
	for (number = 1; number < thread_table_end; number++) {
		const struct tcb *t = tcb_at(number);

		if (!thread_table[number].uid)
			continue;
		demand(t->task->threads == t->task->threads_seen +
					       (running->state == THREAD_DEAD &&
						   running->task == t->task),
		    "a task has as many threads as it counts", t);
	}
}

static void walk(const struct tcb *next)
{
	running = current_thread();
	starting = next;
	walk_threads();
	walk_queues();
	walk_wakeup_lists();
	walk_tasks();
}

void assertions_created(struct tcb *t)
{
	uint32_t n;

	for (n = 0; CONFIG_THREAD_KERNEL_STACKS && n < GUARD_WORDS; n++)
		stack_guard(t)[n] = GUARD;
}

void assertions_tick(void)
{
	if (clock_ticks % (1 + thread_table_end / FEW_THREADS * 4) == 0)
		walk(NULL);
	if (clock_ticks % TICKS_UNTIL_MEMORY == 0) {
		demand(frames_add_up(), "free frames add up", NULL);
		demand(heap_adds_up(), "blocks of the heap add up", NULL);
	}
}

void assertions_switch(const struct tcb *next)
{
	static uint32_t switches;

	if (++switches % SWITCHES == 0 && thread_table_end <= FEW_THREADS)
		walk(next);
}
