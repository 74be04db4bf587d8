/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The IPC state machine (5.2.1, 5.3.4, 5.3.5). Synchronous and unbuffered: a
 * transfer needs both partners, and always runs as the sender. A receiver
 * that finds a sender waiting for it gives that one the processor.
 *
 * Parameters stay in the user frame of whoever is in the kernel: a sender
 * finds the receiver's buffer address there and leaves its uid and the first
 * 8 bytes there.
 */
#include <clock.h>
#include <dispatch.h>
#include <entry.h>
#include <interrupt.h>
#include <ipc_internal.h>
#include <page_fault.h>
#include <parameters.h>
#include <ports.h>
#include <tcb_table.h>
#include <thread.h>
#include <thread_lookup.h>
#include <transfer.h>

static bool waits_for(const struct tcb *to, const struct tcb *from)
{
	if (is_bare(to))
		return to->state == THREAD_BARE || to->state == (uint32_t)from;
	return to->state == THREAD_RECEIVING &&
	       (!to->partner || to->partner == from);
}

/* The uid of whom a thread receives from; one that nobody has if it has
 * died. */
static uid_t awaited_uid(const struct tcb *partner)
{
	uid_t uid;

	if (!partner)
		return NOBODY;
	if (is_interrupt(partner))
		return interrupt_uid(partner);
	uid = tcb_uid(partner);
	return uid != NOBODY ? uid : ~NOBODY;
}

void ipc_settle(struct tcb *t)
{
	struct trap_frame *frame = user_frame(t);
	uid_t from;

	if (!CONFIG_HAND_CODED_PATH || !is_bare(t))
		return;
	t->partner = t->state == THREAD_BARE ? NULL : (struct tcb *)t->state;
	from = awaited_uid(t->partner);
	frame->edx = (uint32_t)from;
	frame->esi = (uint32_t)(from >> 32);
	frame->edi = TIMEOUT_NEVER;
	dispatch_prepare(t, frame, bare_goes_on);
	t->state = THREAD_RECEIVING;
}

void start_receiver(struct tcb *me, struct tcb *to)
{
	make_ready(to);
	if (CONFIG_DIRECT_SWITCH && CONFIG_RPC_SYSCALLS &&
	    to->priority >= me->priority) {
		queue_preempted(me);
		queue_starts(to);
		switch_to(to);
	} else {
		queue_ready(to);
		if (ready_highest > me->priority)
			thread_preempt();
	}
}

void wait_and_start(struct tcb *me, enum thread_state state,
    struct tcb *partner, struct tcb *start)
{
	me->partner = partner;
	me->state = state == THREAD_BARE && partner ? (uint32_t)partner : state;
	queue_waits(me);
	if (start) {
		make_ready(start);
		if (CONFIG_DIRECT_SWITCH) {
			queue_starts(start);
			switch_to(start);
			return;
		}
		queue_ready(start);
	}
	schedule();
}

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

uint32_t check_timeout(uint32_t timeout)
{
	if (timeout == TIMEOUT_NONE)
		return IPC_TIMEOUT;
	if (timeout > TIMEOUT_MAX && timeout != TIMEOUT_NEVER)
		return IPC_BAD_TIMEOUT;
	return IPC_OK;
}

void wait_for_a_time(struct tcb *me, enum thread_state state,
    struct tcb *partner, struct tcb *start, uint32_t *timeout)
{
	uint64_t since = wakeup_now(), waited;

	wakeup_set(me, *timeout);
	wait_and_start(me, state, partner, start);
	waited = wakeup_now() - since;
	*timeout =
	    waited < *timeout ? *timeout - (uint32_t)waited : TIMEOUT_NONE;
}

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
	} else {
		uint32_t result = transfer_locked(me, to, out);

		if (result != IPC_OK)
			return result;
	}
	destination = user_frame(to);
	if (CONFIG_REGISTER_MESSAGES) {
		destination->ebx = out->words[0];
		destination->ecx = out->words[1];
	}
	destination->edx = (uint32_t)me->uid;
	destination->esi = (uint32_t)(me->uid >> 32);
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
		result = check_partner(me, partner_uid(frame));
		if (result != IPC_OK)
			return result;
	}
	do {
		struct tcb *to = thread_lookup(partner_uid(frame));

		if (!to)
			return IPC_NO_PARTNER;
		if (waits_for(to, me)) {
			ipc_settle(to);
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

/* The same with the message in the user's memory. */
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

/* The longest waiting sender, interrupts first, or the given one if it waits;
 * NULL if none. */
static struct tcb *find_sender(struct tcb *me, struct tcb *from)
{
	struct tcb *interrupt;

	if (from)
		return from->state == THREAD_SENDING && from->partner == me
			   ? from
			   : NULL;
	if (queue_empty(&me->senders))
		return NULL;
	interrupt = interrupt_pending(me);
	return interrupt ? interrupt : first_sender(me);
}

/* The thread with the uid, or the interrupt if me has attached it; or NULL. */
static struct tcb *find_source(const struct tcb *me, uid_t uid)
{
	struct tcb *from = thread_lookup(uid);

	return from ? from : interrupt_source(me, uid);
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
 * NOBODY for anybody. start: the receiver of the send part, or NULL; timeout:
 * in the caller's registers. Returns the dope of the message and the result
 * code.
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
			if (is_interrupt(sender))
				return interrupt_receive(me, sender);
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
	uid = partner_uid(frame);
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
	uid_t uid = partner_uid(frame);
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
		result = receive_message(
		    me, to, partner_uid(frame), &frame->edi, to);
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

void ipc_interrupt(struct tcb *handler, struct tcb *sender)
{
	if (!waits_for(handler, sender))
		return;
	ipc_settle(handler);
	wake(handler, LOOK_AGAIN);
}
