/* SPDX-License-Identifier: BSD-2-Clause */
#include <thread.h>
#include <dispatch.h>
#include <entry.h>
#include <ipc.h>
#include <memory.h>
#include <panic.h>
#include <ready_queue.h>
#include <space.h>
#include <tcb_table.h>

struct thread_slot thread_table[MAX_THREADS];
uint32_t thread_table_end = 1; /* number 0 is the idle thread's */

struct task *root_task;
uid_t root_thread;

static uid_t new_uid(uint32_t number, uid_t chief)
{
	uint32_t generation = ++thread_table[number].generation;
	uint32_t low = (generation & 0xFFF) | number << UID_NUMBER_SHIFT |
		       (generation >> 12 & 0x3FF) << 22;
	uint32_t high = generation >> 22 | thread_number(chief) << 10;

	return (uid_t)high << 32 | low;
}

/* A number that is free and whose uids are not used up; 0 if none. */
static uint32_t free_number(void)
{
	uint32_t number;

	for (number = 1; number < MAX_THREADS; number++)
		if (!thread_table[number].uid &&
		    thread_table[number].generation != UINT32_MAX)
			return number;
	return 0;
}

struct tcb *thread_create(
    struct task *task, uid_t chief, uint32_t eip, uint32_t esp)
{
	uint32_t number = free_number();
	struct trap_frame *frame;
	struct tcb *t;

	if (!number || !queue_reserve())
		return NULL;
	t = tcb_allocate(number);
	if (!t) {
		queue_unreserve();
		return NULL;
	}
	t->uid = new_uid(number, chief);
	thread_table[number].uid = t->uid;
	if (number >= thread_table_end)
		thread_table_end = number + 1;
	t->state = THREAD_READY;
	t->task = task;
	task->threads++;
	queue_init(&t->senders);

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
	queue_created(t);
	return t;
}

/* The number of a thread that has deleted itself and not been freed, or 0. */
static uint32_t number_to_free;

static void thread_free(uint32_t number)
{
	struct task *task = tcb_at(number)->task;

	tcb_free(number);
	queue_unreserve();
	if (--task->threads == 0)
		task_destroy(task);
}

void thread_free_deleted(void)
{
	if (!number_to_free)
		return;
	thread_free(number_to_free);
	number_to_free = 0;
}

void thread_delete(struct tcb *t)
{
	uint32_t number = thread_number(t->uid);

	thread_table[number].uid = NOBODY;
	while (thread_table_end > 1 && !thread_table[thread_table_end - 1].uid)
		thread_table_end--;
	t->uid = NOBODY;
	queue_removed(t);
	ipc_thread_deleted(t);
	t->state = THREAD_DEAD;
	if (t != current_thread()) {
		thread_free(number);
		return;
	}
	/* It cannot give back the stack on which it runs. */
	number_to_free = number;
	dispatch_idle();
}
