/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel services: what user programs need besides IPC (abi.h).
 */
#include <clock.h>
#include <console.h>
#include <dispatch.h>
#include <entry.h>
#include <interrupt.h>
#include <heap.h>
#include <machine.h>
#include <mapping.h>
#include <memory.h>
#include <notification.h>
#include <panic.h>
#include <ports.h>
#include <ready_queue.h>
#include <task.h>
#include <swapping.h>
#include <tcb_table.h>
#include <thread.h>
#include <thread_lookup.h>
#include <user_memory.h>

static uint32_t create_thread_in(
    struct task *task, struct trap_frame *frame, struct tcb *me)
{
	struct tcb *t = thread_create(task, me->uid, frame->ebx, frame->ecx);

	if (!t)
		return SERVICE_NO_MEMORY;
	t->pager = frame_uid(frame);
	if (t->pager == NOBODY)
		t->pager = me->pager;
	frame_put_uid(frame, t->uid);
	return SERVICE_OK;
}

static uint32_t create_task(struct trap_frame *frame, struct tcb *me)
{
	struct task *task = task_create(me->uid);
	uint32_t result;

	if (!task)
		return SERVICE_NO_MEMORY;
	result = create_thread_in(task, frame, me);
	if (result != SERVICE_OK)
		task_destroy(task);
	return result;
}

static bool may_delete(const struct tcb *me, const struct task *task)
{
	return me->task == task || me->task == root_task ||
	       me->uid == task->creator;
}

static uint32_t delete_thread(struct trap_frame *frame, struct tcb *me)
{
	struct tcb *t = thread_lookup(frame_uid(frame));

	if (!t)
		return SERVICE_NO_THREAD;
	if (!may_delete(me, t->task))
		return SERVICE_DENIED;
	if (t->uid == root_thread)
		panic("the root thread was deleted");
	thread_delete(t);
	return SERVICE_OK;
}

static uint32_t delete_task(struct trap_frame *frame, struct tcb *me)
{
	struct tcb *t = thread_lookup(frame_uid(frame));

	if (!t)
		return SERVICE_NO_THREAD;
	if (!may_delete(me, t->task))
		return SERVICE_DENIED;
	if (t->task == root_task)
		panic("the root task was deleted");
	task_delete(t->task);
	return SERVICE_OK;
}

static uint32_t unmap(struct tcb *me, uint32_t address, uint32_t bytes)
{
	if ((address | bytes) % PAGE_SIZE)
		return SERVICE_BAD_ARGUMENT;
	if (!in_user_space(address, bytes))
		return SERVICE_FAULT;
	mapping_unmap(me->task, address, bytes);
	return SERVICE_OK;
}

static uint32_t tell_memory(struct trap_frame *frame)
{
	heap_trim();
	tcb_refill_frames();
	frame->ebx = frames_free + heap_frames;
	frame->ecx = heap_used;
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
	struct tcb *t = thread_lookup(frame_uid(frame));
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

static uint32_t attach_interrupt(struct tcb *me, uint32_t irq, uint32_t attach)
{
	if (attach > 1)
		return SERVICE_BAD_ARGUMENT;
	return attach ? interrupt_attach(me, irq) : interrupt_detach(me, irq);
}

static uint32_t port_in(uint32_t port, uint32_t *value)
{
	if (port > UINT16_MAX)
		return SERVICE_BAD_ARGUMENT;
	*value = inb((uint16_t)port);
	return SERVICE_OK;
}

static uint32_t port_out(uint32_t port, uint32_t value)
{
	if (port > UINT16_MAX || value > UINT8_MAX)
		return SERVICE_BAD_ARGUMENT;
	outb((uint16_t)port, (uint8_t)value);
	return SERVICE_OK;
}

static uint32_t port_service(
    uint32_t service, struct trap_frame *frame, struct tcb *me)
{
	switch (service) {
	case SERVICE_CREATE_PORT:
		return port_create(me, frame->ebx, &frame->ebx);
	case SERVICE_ASSIGN_PORT:
		return port_assign(me, frame->ebx, frame_uid(frame));
	default:
		return port_link(me, frame->ebx, frame->ecx);
	}
}

#if CONFIG_NOTIFICATIONS
static uint32_t notification_service(
    uint32_t service, struct trap_frame *frame, struct tcb *me)
{
	struct tcb *to;

	if (service == SERVICE_ATTACH_BITS)
		return me->task == root_task
			   ? interrupt_attach_bits(me, frame->ebx, frame->ecx)
			   : SERVICE_DENIED;
	to = thread_lookup(frame_uid(frame));
	if (!to)
		return SERVICE_NO_THREAD;
	/* As a sender, it is mostly about to wait (rendezvous.h). */
	if (notify(to, frame->ebx))
		successor_keep(to);
	return SERVICE_OK;
}
#endif

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

	/* Yielding comes back much later: the result must be there
	 * before. */
	frame->eax = SERVICE_OK;
	switch (service) {
	case SERVICE_SELF:
		frame_put_uid(frame, me->uid);
		break;
	case SERVICE_CREATE_THREAD:
		frame->eax = create_thread_in(me->task, frame, me);
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
	case SERVICE_CREATE_TASK:
		frame->eax = create_task(frame, me);
		break;
	case SERVICE_DELETE_TASK:
		frame->eax = delete_task(frame, me);
		break;
	case SERVICE_SET_PAGER:
		me->pager = frame_uid(frame);
		break;
	case SERVICE_MEMORY:
		frame->eax = is_root ? tell_memory(frame) : SERVICE_DENIED;
		break;
	case SERVICE_UNMAP:
		frame->eax = unmap(me, frame->ebx, frame->ecx);
		break;
	case SERVICE_ATTACH_INTERRUPT:
		frame->eax = is_root
				 ? attach_interrupt(me, frame->ebx, frame->ecx)
				 : SERVICE_DENIED;
		break;
	case SERVICE_PORT_IN:
		frame->eax =
		    is_root ? port_in(frame->ebx, &frame->ecx) : SERVICE_DENIED;
		break;
	case SERVICE_PORT_OUT:
		frame->eax =
		    is_root ? port_out(frame->ebx, frame->ecx) : SERVICE_DENIED;
		break;
	case SERVICE_SCHEDULE:
		frame->eax = set_schedule(frame, me);
		break;
	case SERVICE_SWAP_OUT:
		frame->eax =
		    is_root ? swap_out(frame_uid(frame)) : SERVICE_DENIED;
		break;
	case SERVICE_CREATE_PORT:
	case SERVICE_ASSIGN_PORT:
	case SERVICE_LINK_PORT:
		frame->eax = CONFIG_PORTS ? port_service(service, frame, me)
					  : SERVICE_UNKNOWN;
		break;
#if CONFIG_NOTIFICATIONS
	case SERVICE_NOTIFY:
	case SERVICE_ATTACH_BITS:
		frame->eax = notification_service(service, frame, me);
		break;
#endif
	default:
		frame->eax = machine_service(service, frame, is_root);
	}
	thread_preempt();
}
