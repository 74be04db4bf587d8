/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The IPC system calls, and their receive part (5.2.1, 5.3.4, 5.3.5). A
 * receiver that finds a sender waiting for it gives that one the processor.
 */
#include <ipc.h>
#include <dispatch.h>
#include <interrupt_sender.h>
#include <notification.h>
#include <page_fault.h>
#include <parameters.h>
#include <ports.h>
#include <rendezvous.h>
#include <send.h>
#include <senders.h>
#include <tcb_table.h>
#include <thread_lookup.h>
#include <transfer.h>
#include <virtual_registers.h>

/*
 * The running thread waits for the message of a sender that waits for it. The
 * sender gets the processor with or without DIRECT_SWITCH, and whatever its
 * priority: it is for the receiver that it copies.
 */
static void wait_and_fetch(struct tcb *me, struct tcb *sender)
{
	sender_leaves(sender);
	sender->received = LOOK_AGAIN;
	me->state = THREAD_RECEIVING;
	me->partner = sender;
	queue_waits(me);
	make_ready(sender);
	queue_starts(sender);
	switch_to(sender);
}

/* The send part of all calls: the message is in the caller's memory. */
static uint32_t send_part(
    struct tcb *me, struct trap_frame *frame, struct tcb **receiver)
{
	struct outgoing out;
	uint32_t result;

	if (CONFIG_PORTS && !port_resolve(me->task, frame, &out.port))
		return IPC_NO_PARTNER;
	result = message_open((const void *)frame->ecx, &out);
	if (result != IPC_OK)
		return result;
	return send_message(me, frame, &out, receiver);
}

/* The longest waiting sender, interrupts first, then notifications; or the given one if
 * it waits; NULL if none. */
static struct tcb *find_sender(struct tcb *me, struct tcb *from)
{
	struct tcb *notification = notification_pending(me), *interrupt;

	if (is_notification(from))
		return notification;
	if (from)
		return from->state == THREAD_SENDING && from->partner == me
			   ? from
			   : NULL;
	if (queue_empty(&me->senders))
		return notification;
	interrupt = interrupt_pending(me);
	if (interrupt)
		return interrupt;
	return notification ? notification : first_sender(me);
}

/* The thread with the uid, or the interrupt if me has attached it, or that of all
 * notifications; or NULL. */
static struct tcb *find_source(const struct tcb *me, uid_t uid)
{
	struct tcb *from = thread_lookup(uid);

	if (CONFIG_NOTIFICATIONS && uid == NOTIFICATION)
		return &notification_sender;
	return from ? from : interrupt_source(me, uid);
}

/* Delivers to me, the running thread, the message of a sender that is no thread: of an
 * interrupt, or the bits that have been set. Dope and result code. */
RARE static uint32_t receive_from_none(struct tcb *me, struct tcb *sender)
{
	struct trap_frame *frame = user_frame(me);
	struct message *buffer = (void *)frame->eax;
	uint32_t words[2];

	if (is_notification(sender)) {
		notification_take(me, words);
		frame_put_uid(frame, NOTIFICATION);
	} else {
		interrupt_take(sender, words);
		frame_put_uid(frame, interrupt_uid(sender));
	}
	if (CONFIG_REGISTER_MESSAGES) {
		frame->ebx = words[0];
		frame->ecx = words[1];
	} else if ((!is_block(me, (uint32_t)buffer) &&
		       !in_user_space((uint32_t)buffer, sizeof(*buffer))) ||
		   !copy_dwords(buffer->words, words, 2)) {
		return IPC_FAULT | IPC_IN_RECEIVE;
	}
	return IPC_OK;
}

/*
 * The sender of a message to me has found a page of the buffer missing: asks
 * me's pager, for as long as the sender would wait, and gives it back the
 * processor. Returns what has become of the message.
 */
static uint32_t serve_sender(struct tcb *me)
{
	struct tcb *sender = me->transfer.copied_by;
	uint32_t fault = me->fault, timeout = user_frame(sender)->ebx;
	bool served = own_fault(me, fault & ~1u, fault & 1, timeout);

	sender = me->transfer.copied_by;
	if (!sender)
		return LOOK_AGAIN;
	sender->received = served ? IPC_OK : IPC_FAULT;
	wait_and_start(me, THREAD_LOCKED, me->partner, sender);
	return transfer_finish(me);
}

/* After waiting: dope and result code; or LOOK_AGAIN. */
static uint32_t received_message(struct tcb *me)
{
	uint32_t received = transfer_finish(me);

	while (received == ASK_PAGER)
		received = serve_sender(me);
	if ((received & IPC_CODE) == IPC_OK)
		return received;
	return (received & IPC_CODE) == LOOK_AGAIN ? LOOK_AGAIN
						   : received | IPC_IN_RECEIVE;
}

/*
 * The receive part of all calls: from the thread with the uid, or NULL and
 * NOBODY for any thread. start: the receiver of the send part, or NULL;
 * timeout: in the caller's registers. Returns the dope of the message and the
 * result code.
 */
static uint32_t receive_message(struct tcb *me, struct tcb *from, uid_t uid,
    uint32_t *timeout, struct tcb *start)
{
	for (;;) {
		struct tcb *sender = find_sender(me, from);
		uint32_t received;

		if (sender) {
			/* Its message is started before start goes on. */
			if (start)
				wake(start, start->received);
			if (is_interrupt(sender) || is_notification(sender))
				return receive_from_none(me, sender);
			/* No timeout: the transfer as good as starts. */
			wakeup_remove(me);
			wait_and_fetch(me, sender);
		} else if (*timeout == TIMEOUT_NEVER) {
			wait_and_start(me,
			    CONFIG_HAND_CODED_PATH ? THREAD_BARE
						   : THREAD_RECEIVING,
			    from, start);
		} else if (check_timeout(*timeout) == IPC_OK) {
			wait_for_a_time(
			    me, THREAD_RECEIVING, from, start, timeout);
		} else {
			if (start)
				start_receiver(me, start);
			return IPC_IN_RECEIVE | check_timeout(*timeout);
		}
		received = received_message(me);
		if (received != LOOK_AGAIN)
			return received;
		/* No message after all, or the partner has died. */
		start = NULL;
		from = find_source(me, uid);
		if (!from && uid != NOBODY)
			return IPC_NO_PARTNER | IPC_IN_RECEIVE;
	}
}

void ipc_send(struct trap_frame *frame)
{
	struct tcb *me = current_thread(), *to;
	uint32_t result;

	if (!CONFIG_REGISTER_PARAMETERS && !fetch_parameters(frame, IPC_FAULT))
		return;
	result = send_part(me, frame, &to);
	frame->eax = result;
	if (result == IPC_OK)
		start_receiver(me, to);
}

void ipc_receive(struct trap_frame *frame)
{
	struct tcb *me = current_thread(), *from = NULL;
	struct port *port;
	uid_t uid;

	if (!CONFIG_REGISTER_PARAMETERS &&
	    !fetch_parameters(frame, IPC_FAULT | IPC_IN_RECEIVE))
		return;
	if (CONFIG_PORTS && !port_resolve(me->task, frame, &port)) {
		frame->eax = IPC_NO_PARTNER | IPC_IN_RECEIVE;
		return;
	}
	uid = frame_uid(frame);
	if (uid != NOBODY) {
		from = find_source(me, uid);
		if (!from || from == me) {
			frame->eax =
			    IPC_IN_RECEIVE | (from ? IPC_SELF : IPC_NO_PARTNER);
			return;
		}
	}
	frame->eax = receive_message(me, from, uid, &frame->edi, NULL);
}

void ipc_bare_goes_on(struct trap_frame *frame)
{
	struct tcb *me = current_thread(), *from;
	uid_t uid = frame_uid(frame);
	uint32_t received = received_message(me);

	if (received == LOOK_AGAIN) {
		from = find_source(me, uid);
		received =
		    from || uid == NOBODY
			? receive_message(me, from, uid, &frame->edi, NULL)
			: IPC_NO_PARTNER | IPC_IN_RECEIVE;
	}
	frame->eax = received;
}

void ipc_call(struct trap_frame *frame)
{
	struct tcb *me = current_thread(), *to;
	uint32_t result;

	if (!CONFIG_REGISTER_PARAMETERS && !fetch_parameters(frame, IPC_FAULT))
		return;
	result = send_part(me, frame, &to);
	if (result == IPC_OK)
		result =
		    receive_message(me, to, frame_uid(frame), &frame->edi, to);
	frame->eax = result;
}

void ipc_reply_and_receive_next(struct trap_frame *frame)
{
	struct tcb *me = current_thread(), *to;
	uint32_t result;

	if (!CONFIG_REGISTER_PARAMETERS && !fetch_parameters(frame, IPC_FAULT))
		return;
	result = send_part(me, frame, &to);
	if (result == IPC_OK)
		result = receive_message(me, NULL, NOBODY, &frame->edi, to);
	frame->eax = result;
}

void ipc_timeout(struct tcb *t)
{
	if (t->state == THREAD_SENDING)
		sender_leaves(t);
	wakeup_remove(t);
	wake(t, IPC_TIMEOUT);
}
