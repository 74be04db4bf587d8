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
#include <ipc.h>
#include <clock.h>
#include <dispatch.h>
#include <ready_queue.h>
#include <swapping.h>
#include <tcb_table.h>
#include <thread.h>
#include <thread_lookup.h>
#include <transfer.h>
#include <wakeup.h>

/* Internal code: nothing was transferred, look at the partner again. */
#define LOOK_AGAIN IPC_CODE

static uid_t partner_uid(const struct trap_frame *frame)
{
	return (uid_t)frame->esi << 32 | frame->edx;
}

static bool waits_for(const struct tcb *to, const struct tcb *from)
{
	return to->state == THREAD_RECEIVING &&
	       (!to->partner || to->partner == from);
}

static void make_ready(struct tcb *t)
{
	t->state = THREAD_READY;
	wakeup_clear(t);
}

/* A waiting thread becomes ready while the running one goes on. */
static void wake(struct tcb *t, uint32_t received)
{
	t->received = received;
	make_ready(t);
	queue_ready(t);
}

/* A receiver has its message, and the running thread, its sender, goes on. */
static void start_receiver(struct tcb *me, struct tcb *to)
{
	make_ready(to);
	if (CONFIG_DIRECT_SWITCH) {
		queue_preempted(me);
		queue_starts(to);
		switch_to(to);
	} else {
		queue_ready(to);
	}
}

/* The running thread begins to wait; start, if any, becomes ready. */
static void wait_and_start(struct tcb *me, enum thread_state state,
    struct tcb *partner, struct tcb *start)
{
	me->state = state;
	me->partner = partner;
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

/* Can one wait for so long? IPC_OK, or why not. */
static uint32_t check_timeout(uint32_t timeout)
{
	if (timeout == TIMEOUT_NONE)
		return IPC_TIMEOUT;
	if (timeout > TIMEOUT_MAX && timeout != TIMEOUT_NEVER)
		return IPC_BAD_TIMEOUT;
	return IPC_OK;
}

/*
 * Waits, but not for ever. The timeout is in the caller's registers: so is
 * afterwards what is left of it, in case it has to wait once more.
 */
static void wait_for_a_time(struct tcb *me, enum thread_state state,
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

/* Moves the message to a thread that waits for it: the sender's code. */
static uint32_t transfer(struct tcb *me, struct tcb *to)
{
	struct trap_frame *destination = user_frame(to);
	struct outgoing out;
	uint32_t result = message_open((void *)user_frame(me)->ecx, &out);

	if (result != IPC_OK)
		return result;
	if (is_short(out.dope)) {
		to->received = IPC_OK;
	} else {
		/* Long copies let clock ticks in, but never switch threads. */
		if (out.string_length > STRING_PIECE && timeslice_over()) {
			thread_yield();
			return LOOK_AGAIN;
		}
		to->state = THREAD_LOCKED;
		result = transfer_long(me, to, &out);
		if (result != IPC_OK) {
			to->state = THREAD_RECEIVING;
			return result;
		}
	}
	if (CONFIG_REGISTER_MESSAGES) {
		destination->ebx = out.words[0];
		destination->ecx = out.words[1];
	}
	destination->edx = (uint32_t)me->uid;
	destination->esi = (uint32_t)(me->uid >> 32);
	return IPC_OK;
}

/*
 * The send part of all calls. IPC_OK: *receiver has the message and is still
 * to be made ready. Other codes: nothing was sent.
 */
static uint32_t send_message(
    struct tcb *me, struct trap_frame *frame, struct tcb **receiver)
{
	uint32_t result;

	do {
		struct tcb *to = thread_lookup(partner_uid(frame));

		if (!to)
			return IPC_NO_PARTNER;
		if (waits_for(to, me)) {
			*receiver = to;
			result = transfer(me, to);
			/* If it chose this sender, it may choose another. */
			if (result != IPC_OK && result != LOOK_AGAIN &&
			    to->partner == me)
				wake(to, LOOK_AGAIN);
		} else {
			result = wait_for_receiver(me, to, &frame->ebx);
		}
	} while (result == LOOK_AGAIN);
	return result;
}

/* The longest waiting sender, or the given one if it waits; NULL if none. */
static struct tcb *find_sender(struct tcb *me, struct tcb *from)
{
	if (from)
		return from->state == THREAD_SENDING && from->partner == me
			   ? from
			   : NULL;
	return first_sender(me);
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
			sender_leaves(sender);
			sender->received = LOOK_AGAIN;
			/* No timeout: the transfer as good as starts. */
			wakeup_remove(me);
			wait_and_start(me, THREAD_RECEIVING, sender, sender);
		} else if (*timeout == TIMEOUT_NEVER) {
			wait_and_start(me, THREAD_RECEIVING, from, start);
		} else if (check_timeout(*timeout) == IPC_OK) {
			wait_for_a_time(
			    me, THREAD_RECEIVING, from, start, timeout);
		} else {
			if (start)
				start_receiver(me, start);
			return IPC_IN_RECEIVE | check_timeout(*timeout);
		}
		received = transfer_finish(me);
		if ((received & IPC_CODE) == IPC_OK)
			return received;
		if ((received & IPC_CODE) != LOOK_AGAIN)
			return received | IPC_IN_RECEIVE;
		/* No message after all, or the partner has died. */
		start = NULL;
		from = thread_lookup(uid);
		if (!from && uid != NOBODY)
			return IPC_NO_PARTNER | IPC_IN_RECEIVE;
	}
}

void ipc_send(struct trap_frame *frame)
{
	struct tcb *me = current_thread(), *to;
	uint32_t result = send_message(me, frame, &to);

	frame->eax = result;
	if (result == IPC_OK)
		start_receiver(me, to);
}

void ipc_receive(struct trap_frame *frame)
{
	struct tcb *me = current_thread(), *from = NULL;
	uid_t uid = partner_uid(frame);

	if (uid != NOBODY) {
		from = thread_lookup(uid);
		if (!from || from == me) {
			frame->eax =
			    IPC_IN_RECEIVE | (from ? IPC_SELF : IPC_NO_PARTNER);
			return;
		}
	}
	frame->eax = receive_message(me, from, uid, &frame->edi, NULL);
}

void ipc_call(struct trap_frame *frame)
{
	struct tcb *me = current_thread(), *to;
	uid_t uid = partner_uid(frame);
	uint32_t result = send_message(me, frame, &to);

	if (result == IPC_OK)
		result = receive_message(me, to, uid, &frame->edi, to);
	frame->eax = result;
}

void ipc_reply_and_receive_next(struct trap_frame *frame)
{
	struct tcb *me = current_thread(), *to;
	uint32_t result = send_message(me, frame, &to);

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

/* Does it wait for one that has died? */
static bool waits_for_dead(const struct tcb *t)
{
	return (t->state == THREAD_RECEIVING || t->state == THREAD_SENDING) &&
	       t->partner && !tcb_exists(t->partner);
}

static void tell(struct tcb *t)
{
	wake(t, t->state == THREAD_SENDING ? IPC_NO_PARTNER : LOOK_AGAIN);
}

static void tell_if_waiting(struct tcb *t, void *unused)
{
	(void)unused;
	if (waits_for_dead(t))
		tell(t);
}

void ipc_tell_deaths(void)
{
	queue_each_waiting(tell_if_waiting, NULL);
	tcb_each_swapped(tell, waits_for_dead);
}

void ipc_thread_deleted(struct tcb *dead)
{
	struct tcb *sender;

	senders_forget(dead);
	while ((sender = queue_first(&dead->senders, sender_link))) {
		sender_leaves(sender);
		wake(sender, IPC_NO_PARTNER);
	}
	if (dead->state == THREAD_SENDING)
		sender_leaves(dead);
	wakeup_remove(dead);
	transfer_forget(dead);
}
