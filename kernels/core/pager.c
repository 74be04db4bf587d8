/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread and its pager (5.2.5): a page that is missing is asked for by a
 * message of the thread's own, which the kernel sends.
 */
#include <pager.h>
#include <rendezvous.h>
#include <send.h>
#include <tcb_table.h>
#include <window.h>

/* No longer than timeout, which is in the user frame. */
static uint32_t wait_for_pager(
    struct tcb *me, struct tcb *pager, uint32_t *timeout)
{
	uint32_t result = check_timeout(*timeout);

	if (*timeout == TIMEOUT_NEVER) {
		wait_and_start(me, THREAD_FAULTING, pager, pager);
	} else if (result == IPC_OK) {
		wait_for_a_time(me, THREAD_FAULTING, pager, pager, timeout);
	} else {
		start_receiver(me, pager);
		return result;
	}
	return me->received;
}

/*
 * What the thread is in the middle of is put aside: its registers, which IPC
 * uses for its parameters, and its part in a transfer.
 */
bool ask_pager(uint32_t address, bool write, uint32_t timeout)
{
	struct tcb *me = current_thread(), *pager, *partner = me->partner;
	struct trap_frame *frame = user_frame(me), saved = *frame;
	struct outgoing out = {.words = {(address & ~1u) | write, frame->eip}};
	uint32_t received = me->received, result;

	/* Not for a time that is none: the answer would come as a message of the
	 * pager's own to a thread that does not wait for it any more. */
	if (check_timeout(timeout) != IPC_OK || me->asks_pager ||
	    me->pager == NOBODY)
		return false;
	me->asks_pager = true;
	me->outer = me->transfer;
	me->transfer = (struct transfer){0};
	me->fault = address | 1;
	frame_put_uid(frame, me->pager);
	frame->ebx = timeout;
	result = send_message(me, frame, &out, &pager);
	if (result == IPC_OK) {
		frame->edi = frame->ebx;
		result = wait_for_pager(me, pager, &frame->edi);
	}
	*frame = saved;
	me->received = received;
	me->partner = partner;
	/* It may have been opened for the pager. */
	window_leave(me, me);
	me->transfer = me->outer;
	me->outer = (struct transfer){0};
	me->asks_pager = false;
	return result == IPC_OK;
}

bool receiver_asks_pager(struct tcb *me, uint32_t address, bool write)
{
	struct tcb *to = me->transfer.copies_to;

	to->fault = (address & ~1u) | write;
	to->received = ASK_PAGER;
	wait_and_start(me, THREAD_COPYING, to, to);
	if (!me->transfer.copies_to)
		return false;
	to->received = IPC_OK;
	return me->received == IPC_OK;
}
