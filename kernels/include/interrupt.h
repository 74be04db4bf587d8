/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hardware interrupts as messages to user-level drivers (section 3).
 *
 * To IPC an interrupt that somebody has attached is a sender like any other:
 * a tcb of its own, which never runs. While interrupts of its line are pending
 * it waits among the handler's senders, so that a receive without pending
 * interrupts does nothing for them.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <cpu.h>
#include <tcb.h>

/* The lines of the two controllers. */
#define INTERRUPTS 16
#define IRQ_CASCADE 2

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

/* Delivers the message of one that waits to send to me, the running thread.
 * Returns dope and result code. */
RARE uint32_t interrupt_receive(struct tcb *me, struct tcb *sender);

/* A hardware interrupt has come, from another line than the clock's. */
void interrupt_arrived(uint32_t irq);

/* SERVICE_...: from now on it is, or no longer is, me who gets them. */
uint32_t interrupt_attach(struct tcb *me, uint32_t irq);
uint32_t interrupt_detach(const struct tcb *me, uint32_t irq);

/* A thread is being deleted. */
void interrupt_thread_deleted(const struct tcb *dead);

#endif
