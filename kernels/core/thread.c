/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads and tasks are made and deleted; a uid is never used again.
 */
#include <thread.h>
#include <assertions.h>
#include <clock.h>
#include <coprocessor.h>
#include <dispatch.h>
#include <entry.h>
#include <ipc.h>
#include <memory.h>
#include <panic.h>
#include <ready_queue.h>
#include <space.h>
#include <tcb_table.h>
#include <thread_lookup.h>

struct thread_slot thread_table[MAX_THREADS];
uint32_t thread_table_end = 1; /* number 0 is the idle thread's */

struct task *root_task;
uid_t root_thread;

static uid_t new_uid(uint32_t number, uid_t chief)
{
	uint32_t generation = ++thread_table[number].generation;
	uint32_t low = (generation & 0xFFF) | number << UID_NUMBER_SHIFT |
		       (generation >> 12 & 0x3F) << 26;
	uint32_t high = generation >> 18 | thread_number(chief) << 14;

	return (uid_t)high << 32 | low;
}

/* Numbers of threads, dead ones included as long as others wait for them. */
static bool number_in_use[MAX_THREADS];
static uint32_t search_from = 1; /* none before it is free */

/* A number that is free and whose uids are not used up; 0 if none. */
static uint32_t free_number(void)
{
	uint32_t number;

	while (search_from < MAX_THREADS && number_in_use[search_from])
		search_from++;
	for (number = search_from; number < MAX_THREADS; number++)
		if (!number_in_use[number] &&
		    thread_table[number].generation != UINT32_MAX)
			return number;
	return 0;
}

/* As its creator is, if there is one. */
static void inherit(struct tcb *t, const struct tcb *creator)
{
	t->priority = creator ? creator->priority : PRIORITY_DEFAULT;
	t->timeslice =
	    creator ? creator->timeslice : TIMESLICE_DEFAULT / MS_PER_TICK;
}

/*
 * Those of whose death not all have been told who wait for them. Finding them
 * takes a look at each thread, so that is done for many deaths at once: at
 * the latest when the others have a chance to run.
 */
#define MAX_UNTOLD 64

static uint32_t untold[MAX_UNTOLD], untold_count;

void thread_tell_deaths(void)
{
	if (!untold_count)
		return;
	ipc_tell_deaths();
	while (untold_count) {
		uint32_t number = untold[--untold_count];

		tcb_forget(number);
		number_in_use[number] = false;
		if (number < search_from)
			search_from = number;
	}
}

bool thread_deaths_untold(void)
{
	return untold_count != 0;
}

struct tcb *thread_create(
    struct task *task, uid_t chief, uint32_t eip, uint32_t esp)
{
	struct trap_frame *frame;
	uint32_t number;
	struct tcb *t;

	number = free_number();
	if (!number) {
		thread_tell_deaths();
		number = free_number();
	}
	if (!number || !queue_reserve())
		return NULL;
	t = tcb_allocate(number);
	if (!t) {
		queue_unreserve();
		return NULL;
	}
	t->uid = new_uid(number, chief);
	thread_table[number].uid = t->uid;
	number_in_use[number] = true;
	if (number >= thread_table_end)
		thread_table_end = number + 1;
	t->state = THREAD_READY;
	t->task = task;
	t->space = task->directory_address;
#if CONFIG_PORTS
	t->links = task->links;
#endif
	task->threads++;
	queue_init(&t->senders);
	inherit(t, thread_lookup(chief));
	coprocessor_create(t);

	frame = user_frame(t);
	memset(frame, 0, sizeof(*frame));
	frame->gs = frame->fs = frame->es = frame->ds = USER_DATA;
	frame->edx = (uint32_t)chief;
	frame->esi = (uint32_t)(chief >> 32);
	frame->eip = eip;
	frame->cs = USER_CODE;
	frame->eflags = EFLAGS_IF;
	frame->esp = esp;
	frame->ss = USER_DATA;
	dispatch_prepare(t, frame, return_to_user);
	if (CONFIG_ASSERTIONS)
		assertions_created(t);
	queue_created(t);
	return t;
}

/* The number of a thread that has deleted itself and not been freed, or
 * 0. */
static uint32_t number_to_free;

static void thread_free(uint32_t number)
{
	struct task *task = tcb_at(number)->task;

	assert_that(tcb_at(number) != current_thread(),
	    "nobody gives back the stack on which it runs");
	tcb_free(number);
	queue_unreserve();
	if (--task->threads == 0)
		task_destroy(task);
}

void thread_free_deleted(void)
{
	if (number_to_free)
		thread_free(number_to_free);
	number_to_free = 0;
}

void thread_delete(struct tcb *t)
{
	uint32_t number = thread_number(t->uid);

	if (untold_count == MAX_UNTOLD)
		thread_tell_deaths();
	untold[untold_count++] = number;
	thread_table[number].uid = NOBODY;
	while (thread_table_end > 1 && !thread_table[thread_table_end - 1].uid)
		thread_table_end--;
	t->uid = NOBODY;
	queue_removed(t);
	ipc_thread_deleted(t);
	coprocessor_forget(t);
	t->state = THREAD_DEAD;
	if (t != current_thread()) {
		thread_free(number);
		return;
	}
	/* It cannot give back the stack on which it runs. */
	number_to_free = number;
	dispatch_idle();
}

void task_delete(struct task *task)
{
	struct tcb *me = current_thread();
	uint32_t number = thread_table_end, left = task->threads;

	if (me->task == task)
		left--;
	while (left) {
		struct tcb *t = tcb_at(--number);

		if (!thread_table[number].uid || t->task != task || t == me)
			continue;
		left--;
		thread_delete(t);
	}
	if (me->task == task)
		thread_delete(me);
}
