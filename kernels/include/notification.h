/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notifications: bits that are set in another thread's word, and come to it as a message.
 * Extension NOTIFICATIONS (seL4).
 *
 * To IPC there is one sender of all notifications, a tcb that never runs. It never waits
 * in a queue: a thread's word tells.
 */
#ifndef NOTIFICATION_H
#define NOTIFICATION_H

#include <tcb.h>

extern struct tcb notification_sender;

static inline bool is_notification(const struct tcb *t)
{
	return CONFIG_NOTIFICATIONS && t == &notification_sender;
}

/* The sender, if there are bits for me; or NULL. */
static inline struct tcb *notification_pending(const struct tcb *me)
{
#if CONFIG_NOTIFICATIONS
	return me->notifications ? &notification_sender : NULL;
#else
	(void)me;
	return NULL;
#endif
}

/* Sets bits. If to waits for them, or for any thread, it has its message and is ready: true
 * then. */
bool notify(struct tcb *to, uint32_t bits);

/* The message for me: the bits, of which then none is set any more. */
void notification_take(struct tcb *me, uint32_t words[2]);

#endif
