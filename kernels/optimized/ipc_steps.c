/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Steps of the hand-coded path (ipc_entry.S, steps/) that switches avoid: what
 * is left of them to do is done by the same functions as in the C path.
 */
#include <coprocessor.h>
#include <dispatch.h>
#include <entry.h>
#include <ipc.h>
#include <kernel_stack.h>
#include <panic.h>
#include <ready_queue.h>
#include <remapping.h>
#include <tcb_table.h>
#include <transfer.h>
#include <window.h>

/* Called by ipc_entry.S only. */
void ipc_leave_resources(void);
void ipc_change_queues(struct tcb *me, struct tcb *to);
void ipc_start(struct tcb *to);
void ipc_wait(struct tcb *me) __attribute__((noreturn));
#if CONFIG_PAGE_REMAPPING
bool ipc_move_pages(struct tcb *to, const struct memory_object *object,
    const struct trap_frame *frame);
#endif
#if !CONFIG_DIRECT_TRANSFER
void ipc_take_over(struct trap_frame *frame);
#endif

/* The window may be opened once more before the space is left: as if its next thread
 * were in it. */
void ipc_leave_resources(void)
{
	struct tcb *me = current_thread();

	window_leave(me, me);
	coprocessor_leave(me);
}

void ipc_change_queues(struct tcb *me, struct tcb *to)
{
	queue_waits(me);
	queue_starts(to);
}

/* A BARE thread has its message: it will go on by way of C. */
void ipc_start(struct tcb *to)
{
	dispatch_prepare(to, user_frame(to), bare_goes_on);
	to->state = THREAD_READY;
	queue_ready(to);
}

void ipc_wait(struct tcb *me)
{
	queue_waits(me);
	schedule_successor();
	panic("a bare thread has come back");
}

#if CONFIG_PAGE_REMAPPING
static bool overlap(uint32_t a, uint32_t a_bytes, uint32_t b, uint32_t b_bytes)
{
	return a - b < b_bytes || b - a < a_bytes;
}

/* The path reads the message's head once more, and the parameters. */
static bool is_needed(
    const struct trap_frame *frame, uint32_t address, uint32_t bytes)
{
	return overlap(address, bytes, frame->ecx, sizeof(struct message)) ||
	       (!CONFIG_REGISTER_PARAMETERS &&
		   overlap(address, bytes, frame->eax,
		       sizeof(struct ipc_parameters)));
}

/* The usual case: all of it fits, and there are page tables. In the frame EAX
 * and ECX are the caller's, the latter its message. The TLB is flushed by the switch to
 * the receiver's space, or by steps/transfer.h. */
bool ipc_move_pages(struct tcb *to, const struct memory_object *object,
    const struct trap_frame *frame)
{
	struct task *from = current_thread()->task;
	uint32_t address = object->address & -PAGE_SIZE;
	uint32_t rights = object->address % PAGE_SIZE;
	uint32_t offset = address - object->buffer;

	if (!(rights & MEMORY_MOVE) ||
	    rights > (MEMORY_MOVE | MEMORY_WRITABLE) || object->length == 0 ||
	    (object->length | object->buffer) % PAGE_SIZE ||
	    !in_user_space(address, object->length) ||
	    is_needed(frame, address, object->length) ||
	    offset >= object->buffer_size ||
	    object->length > object->buffer_size - offset)
		return false;
	if (pages_move_simply(from, to->task, address, object->length,
		rights & MEMORY_WRITABLE))
		return true;
	if (!pages_have_tables(from, to->task, address, object->length))
		return false;
	pages_move(
	    from, to->task, address, object->length, rights & MEMORY_WRITABLE);
	return true;
}
#endif

#if !CONFIG_DIRECT_TRANSFER
void ipc_take_over(struct trap_frame *frame)
{
	frame->eax = message_take_over(current_thread());
}
#endif
