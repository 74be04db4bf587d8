/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel services: what user programs need besides IPC (abi.h).
 */
#include <clock.h>
#include <console.h>
#include <dispatch.h>
#include <entry.h>
#include <panic.h>
#include <swapping.h>
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

static uint32_t swap_out(uid_t uid)
{
	struct tcb *t = thread_lookup(uid);

	if (!t)
		return SERVICE_NO_THREAD;
	return tcb_swap_out(t) ? SERVICE_OK : SERVICE_BAD_ARGUMENT;
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
	case SERVICE_SWAP_OUT:
		frame->eax =
		    is_root ? swap_out((uid_t)frame->esi << 32 | frame->edx)
			    : SERVICE_DENIED;
		break;
	default:
		frame->eax = SERVICE_UNKNOWN;
	}
}
