/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hardware interrupts as senders (section 3).
 *
 * To IPC an interrupt that a thread has attached is a sender like any other:
 * a tcb of its own, which never runs. While interrupts of its line are pending
 * it waits among the handler's senders, so that a receive without pending
 * interrupts does nothing for them.
 */
#ifndef INTERRUPT_SENDER_H
#define INTERRUPT_SENDER_H

#include <cpu.h>
#include <tcb.h>

/* The compiler keeps it out of the way of IPC without interrupts. */
#define RARE __attribute__((cold))

extern struct tcb interrupt_senders[INTERRUPTS];
extern uint32_t interrupts_pending; /* a bit for each line */

static inline bool is_interrupt(const struct tcb *t)
{
	return t >= interrupt_senders && t < interrupt_senders + INTERRUPTS;
}

static inline uid_t interrupt_uid(const struct tcb *t)
{
	return INTERRUPT(t - interrupt_senders);
}

/* The sender with the uid INTERRUPT(irq), if me has attached that; or NULL. */
RARE struct tcb *interrupt_source(const struct tcb *me, uid_t uid);

/* The first of those that wait to send to me, or NULL. */
RARE struct tcb *interrupt_find_pending(const struct tcb *me);

static inline struct tcb *interrupt_pending(const struct tcb *me)
{
	return interrupts_pending ? interrupt_find_pending(me) : NULL;
}

/* One more interrupt of an attached line. True if the sender begins to wait. */
bool interrupt_waits(struct tcb *sender);

/* The message of one that waits: how many interrupts have come, and of which
 * line. Then none is pending any more. */
RARE void interrupt_take(struct tcb *sender, uint32_t words[2]);

/* Nothing is pending any more. */
void interrupt_forget(struct tcb *sender);

#endif
