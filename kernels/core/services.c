/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel services: what user programs need besides IPC (abi.h).
 */
#include <clock.h>
#include <console.h>
#include <dispatch.h>
#include <entry.h>
#include <panic.h>
#include <ready_queue.h>
#include <tcb_table.h>
#include <thread.h>
#include <thread_lookup.h>
#include <user_memory.h>

static void return_uid(struct trap_frame *frame, uid_t uid)
{
	frame->edx = (uint32_t)uid;
	frame->esi = (uint32_t)(uid >> 32);
}

static uint32_t create_thread(struct trap_frame *frame, struct tcb *me)
{
	struct tcb *t =
	    thread_create(me->task, me->uid, frame->ebx, frame->ecx);

	if (!t)
		return SERVICE_NO_MEMORY;
	return_uid(frame, t->uid);
	return SERVICE_OK;
}

static uint32_t delete_thread(struct trap_frame *frame, struct tcb *me)
{
	struct tcb *t = thread_lookup((uid_t)frame->esi << 32 | frame->edx);

	if (!t)
		return SERVICE_NO_THREAD;
	if (t->task != me->task && me->task != root_task)
		return SERVICE_DENIED;
	if (t->uid == root_thread)
		panic("the root thread was deleted");
	thread_delete(t);
	return SERVICE_OK;
}

/* May me make t so? SERVICE_OK, or why not. */
static uint32_t check_schedule(
    const struct tcb *me, const struct tcb *t, uint32_t priority, uint32_t ms)
{
	bool is_root = me->task == root_task;

	if (!is_root && t->task != me->task)
		return SERVICE_DENIED;
	if (priority != SCHEDULE_KEEP) {
		if (priority >= PRIORITIES)
			return SERVICE_BAD_ARGUMENT;
		if (!is_root && priority > me->priority)
			return SERVICE_DENIED;
	}
	if (ms != SCHEDULE_KEEP) {
		if (ms == 0 || ms > TIMESLICE_MAX)
			return SERVICE_BAD_ARGUMENT;
		if (!is_root && ms > me->timeslice * MS_PER_TICK)
			return SERVICE_DENIED;
	}
	return SERVICE_OK;
}

static uint32_t set_schedule(struct trap_frame *frame, const struct tcb *me)
{
	struct tcb *t = thread_lookup((uid_t)frame->esi << 32 | frame->edx);
	uint32_t priority = frame->ebx, ms = frame->ecx, result;

	if (!t)
		return SERVICE_NO_THREAD;
	result = check_schedule(me, t, priority, ms);
	if (result != SERVICE_OK)
		return result;
	frame->ebx = t->priority;
	frame->ecx = t->timeslice * MS_PER_TICK;
	if (priority != SCHEDULE_KEEP)
		queue_prioritize(t, (uint8_t)priority);
	if (ms != SCHEDULE_KEEP)
		t->timeslice = (ms + MS_PER_TICK - 1) / MS_PER_TICK;
	return SERVICE_OK;
}

static uint32_t write_console(uint32_t address, uint32_t bytes)
{
	if (!in_user_space(address, bytes))
		return SERVICE_FAULT;
	for (; bytes; bytes--, address++) {
		char c;

		if (!copy_bytes(&c, (const char *)address, 1))
			return SERVICE_FAULT;
		console_put(c);
		interrupt_window();
	}
	return SERVICE_OK;
}

static uint32_t set_cold_ipc(uint32_t how)
{
	return cpu_set_cold_ipc(how) ? SERVICE_OK : SERVICE_BAD_ARGUMENT;
}

static uint32_t stop(uint32_t status)
{
	if (status)
		print("# the root task has stopped with status %u\n", status);
	machine_stop(status == 0);
}

void kernel_service(struct trap_frame *frame)
{
	struct tcb *me = current_thread();
	bool is_root = me->task == root_task;
	uint32_t service = frame->eax;

	/* Yielding comes back much later: the result must be there before. */
	frame->eax = SERVICE_OK;
	switch (service) {
	case SERVICE_SELF:
		return_uid(frame, me->uid);
		break;
	case SERVICE_CREATE_THREAD:
		frame->eax = create_thread(frame, me);
		break;
	case SERVICE_DELETE_THREAD:
		frame->eax = delete_thread(frame, me);
		break;
	case SERVICE_YIELD:
		thread_yield();
		break;
	case SERVICE_CLOCK:
		frame->ebx = clock_ticks;
		break;
	case SERVICE_WRITE:
		frame->eax = is_root ? write_console(frame->ebx, frame->ecx)
				     : SERVICE_DENIED;
		break;
	case SERVICE_STOP:
		frame->eax = is_root ? stop(frame->ebx) : SERVICE_DENIED;
		break;
	case SERVICE_COLD_IPC:
		frame->eax =
		    is_root ? set_cold_ipc(frame->ebx) : SERVICE_DENIED;
		break;
	case SERVICE_SCHEDULE:
		frame->eax = set_schedule(frame, me);
		break;
	default:
		frame->eax = SERVICE_UNKNOWN;
	}
	thread_preempt();
}
