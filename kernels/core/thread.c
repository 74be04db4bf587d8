/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads are made and deleted.
 */
#include <thread.h>
#include <assertions.h>
#include <clock.h>
#include <coprocessor.h>
#include <dispatch.h>
#include <entry.h>
#include <deaths.h>
#include <memory.h>
#include <panic.h>
#include <ready_queue.h>
#include <swapping.h>
#include <task.h>
#include <tcb_table.h>
#include <thread_lookup.h>
#include <virtual_registers.h>

struct task *root_task;
uid_t root_thread;

/* As its creator is, if there is one. */
static void inherit(struct tcb *t, const struct tcb *creator)
{
	t->priority = creator ? creator->priority : PRIORITY_DEFAULT;
	t->timeslice =
	    creator ? creator->timeslice : TIMESLICE_DEFAULT / MS_PER_TICK;
}

/*
 * Dead threads, for which others may still wait untold. Finding them
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
		number_release(number);
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

	number = number_find();
	if (!number) {
		thread_tell_deaths();
		number = number_find();
	}
	if (!number || !queue_reserve())
		return NULL;
	t = tcb_allocate(number);
	if (t && CONFIG_VIRTUAL_REGISTERS && !block_create(t, task, number)) {
		tcb_free(number);
		t = NULL;
	}
	if (!t) {
		queue_unreserve();
		return NULL;
	}
	t->uid = number_take(number);
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
	frame_put_uid(frame, chief);
	frame->eip = eip;
	frame->cs = USER_CODE;
	frame->eflags = EFLAGS_IF;
	frame->esp = esp;
	if (CONFIG_VIRTUAL_REGISTERS)
		frame->ebp = BLOCK_OF(t->uid);
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
	    "no thread gives back the stack on which it runs");
	tcb_free(number);
	queue_unreserve();
	if (CONFIG_VIRTUAL_REGISTERS)
		block_release(task, number);
	if (--task->threads == 0)
		task_destroy(task);
}

void thread_tidy(void)
{
	if (number_to_free)
		thread_free(number_to_free);
	number_to_free = 0;
	thread_tell_deaths();
	tcb_bring_ready();
}

void thread_delete(struct tcb *t)
{
	uint32_t number = thread_number(t->uid);

	if (untold_count == MAX_UNTOLD)
		thread_tell_deaths();
	untold[untold_count++] = number;
	number_end(number);
	t->uid = NOBODY;
	queue_removed(t);
	ipc_thread_deleted(t);
	coprocessor_forget(t);
	successor_forget();
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
