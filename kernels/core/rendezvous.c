/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Synchronous and unbuffered: a transfer needs both partners, and always runs
 * as the sender. The partner that comes first waits (5.2.1, 5.3.4, 5.3.5).
 */
#include <rendezvous.h>
#include <dispatch.h>
#include <entry.h>
#include <interrupt_sender.h>
#include <notification.h>
#include <tcb_table.h>

bool waits_for(const struct tcb *to, const struct tcb *from)
{
	if (is_bare(to))
		return to->state == (uint32_t)to || to->state == (uint32_t)from;
	return to->state == THREAD_RECEIVING &&
	       (!to->partner || to->partner == from);
}

/* The uid of the thread from which another one receives; one that no thread has
 * if it has died. */
static uid_t awaited_uid(const struct tcb *partner)
{
	uid_t uid;

	if (!partner)
		return NOBODY;
	if (is_interrupt(partner))
		return interrupt_uid(partner);
	if (is_notification(partner))
		return NOTIFICATION;
	uid = tcb_uid(partner);
	return uid != NOBODY ? uid : ~NOBODY;
}

void settle(struct tcb *t)
{
	struct trap_frame *frame = user_frame(t);
	uid_t from;

	if (!CONFIG_HAND_CODED_PATH || !is_bare(t))
		return;
	t->partner = t->state == (uint32_t)t ? NULL : (struct tcb *)t->state;
	from = awaited_uid(t->partner);
	frame_put_uid(frame, from);
	frame->edi = TIMEOUT_NEVER;
	dispatch_prepare(t, frame, bare_goes_on);
	t->state = THREAD_RECEIVING;
}

void start_receiver(struct tcb *me, struct tcb *to)
{
	make_ready(to);
	queue_ready(to);
	successor_keep(to);
	if (ready_highest > me->priority)
		thread_preempt();
}

void wait_and_start(struct tcb *me, enum thread_state state,
    struct tcb *partner, struct tcb *start)
{
	me->partner = partner;
	me->state =
	    state == THREAD_BARE ? (uint32_t)(partner ? partner : me) : state;
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
	schedule_successor();
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
