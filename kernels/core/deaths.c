/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that end: a thread that waits for one of them, or is in the middle of
 * a transfer with it, is told.
 */
#include <deaths.h>
#include <interrupt.h>
#include <interrupt_sender.h>
#include <notification.h>
#include <rendezvous.h>
#include <senders.h>
#include <swapping.h>
#include <tcb_table.h>
#include <transfer.h>

static const struct tcb *waits_on(const struct tcb *t)
{
	if (is_bare(t))
		return t->state != (uint32_t)t ? (const struct tcb *)t->state
					       : NULL;
	return t->state == THREAD_RECEIVING || t->state == THREAD_SENDING ||
		       t->state == THREAD_FAULTING
		   ? t->partner
		   : NULL;
}

/* Does it wait for one that has died? */
static bool waits_for_dead(const struct tcb *t)
{
	const struct tcb *partner = waits_on(t);

	return partner && !is_interrupt(partner) && !is_notification(partner) &&
	       !tcb_exists(partner);
}

static void tell(struct tcb *t)
{
	settle(t);
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

static void sender_is_lost(struct tcb *to, const struct tcb *dead)
{
	if (to->outer.copied_by == dead)
		to->outer.copied_by = NULL;
	if (to->transfer.copied_by != dead)
		return;
	to->transfer.copied_by = NULL;
	if (to->state == THREAD_LOCKED)
		wake(to, LOOK_AGAIN);
}

static void receiver_is_lost(struct tcb *from, const struct tcb *dead)
{
	if (from->outer.copies_to == dead)
		from->outer.copies_to = NULL;
	if (from->transfer.copies_to != dead)
		return;
	from->transfer.copies_to = NULL;
	if (from->state == THREAD_COPYING)
		wake(from, IPC_NO_PARTNER);
}

static void end_transfer(const struct tcb *dead, const struct transfer *t)
{
	if (t->copies_to)
		sender_is_lost(t->copies_to, dead);
	if (t->copied_by)
		receiver_is_lost(t->copied_by, dead);
}

void ipc_thread_deleted(struct tcb *dead)
{
	struct tcb *sender;

	interrupt_thread_deleted(dead);
	senders_forget(dead);
	while ((sender = queue_first(&dead->senders, sender_link))) {
		sender_leaves(sender);
		wake(sender, IPC_NO_PARTNER);
	}
	if (dead->state == THREAD_SENDING)
		sender_leaves(dead);
	wakeup_remove(dead);
	end_transfer(dead, &dead->transfer);
	end_transfer(dead, &dead->outer);
	transfer_forget(dead);
}
