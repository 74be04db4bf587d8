/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sender finds its receiver, waits for it if need be, and moves the
 * message. Parameters stay in the user frame of the thread that is in the
 * kernel: a sender finds the receiver's buffer address there, and leaves its
 * uid and the first 8 bytes there.
 */
#include <send.h>
#include <pager_answer.h>
#include <ports.h>
#include <rendezvous.h>
#include <senders.h>
#include <thread_lookup.h>
#include <transfer.h>
#include <virtual_registers.h>

/* Waits until to receives from the running thread; LOOK_AGAIN when it does. */
static uint32_t wait_for_receiver(
    struct tcb *me, struct tcb *to, uint32_t *timeout)
{
	uint32_t result = check_timeout(*timeout);

	if (to == me)
		return IPC_SELF;
	if (result != IPC_OK)
		return result;
	sender_waits(me, to);
	if (*timeout == TIMEOUT_NEVER)
		wait_and_start(me, THREAD_SENDING, to, NULL);
	else
		wait_for_a_time(me, THREAD_SENDING, to, NULL, timeout);
	return me->received;
}

/* A message that is not short. */
static uint32_t transfer_locked(
    struct tcb *me, struct tcb *to, const struct outgoing *out)
{
	uint32_t result;

	to->state = THREAD_LOCKED;
	to->transfer.copied_by = me;
	me->transfer.copies_to = to;
	result = transfer_long(me, to, out);
	if (!me->transfer.copies_to)
		return IPC_NO_PARTNER;
	me->transfer.copies_to = NULL;
	to->transfer.copied_by = NULL;
	/* It looks how long it may still wait, and perhaps for another one. */
	if (result != IPC_OK)
		wake(to, LOOK_AGAIN);
	return result;
}

/* Moves the message to a thread that waits for it: the sender's code. */
static uint32_t transfer(
    struct tcb *me, struct tcb *to, const struct outgoing *out)
{
	struct trap_frame *destination;

	if (is_short(out->dope)) {
		to->received = IPC_OK;
	} else if (!CONFIG_VIRTUAL_REGISTERS || !block_transfer(me, to, out)) {
		uint32_t result = transfer_locked(me, to, out);

		if (result != IPC_OK)
			return result;
	}
	destination = user_frame(to);
	if (CONFIG_REGISTER_MESSAGES) {
		destination->ebx = out->words[0];
		destination->ecx = out->words[1];
	}
	frame_put_uid(destination, me->uid);
	if (CONFIG_PORTS && out->port)
		port_deliver(out->port, me, to, destination);
	return IPC_OK;
}

/* What would be found later, if the partner does not wait for it (5.5.5). */
static uint32_t check_partner(const struct tcb *me, uid_t partner)
{
	if (partner == me->uid)
		return IPC_SELF;
	if (partner == NOBODY || UID_STATION(partner) != 0)
		return IPC_NO_PARTNER;
	return IPC_OK;
}

uint32_t send_message(struct tcb *me, struct trap_frame *frame,
    const struct outgoing *out, struct tcb **receiver)
{
	uint32_t result;

	if (!CONFIG_LATE_CHECKS) {
		result = check_partner(me, frame_uid(frame));
		if (result != IPC_OK)
			return result;
	}
	do {
		struct tcb *to = thread_lookup(frame_uid(frame));

		if (!to)
			return IPC_NO_PARTNER;
		if (waits_for(to, me)) {
			settle(to);
			*receiver = to;
			result = transfer(me, to, out);
		} else if (awaits_answer(to, me)) {
			result = answer_fault(me, frame, out, receiver);
		} else {
			result = wait_for_receiver(me, to, &frame->ebx);
		}
	} while (result == LOOK_AGAIN);
	return result;
}
