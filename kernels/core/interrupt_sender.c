/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Of each interrupt line a pseudo-thread is the sender.
 */
#include <interrupt_sender.h>

/* partner: the handler; NULL while no thread has attached it. SENDING: pending.
 */
struct tcb interrupt_senders[INTERRUPTS];

uint32_t interrupts_pending;
static uint32_t counts[INTERRUPTS]; /* since the last message */

static uint32_t line_of(const struct tcb *sender)
{
	return (uint32_t)(sender - interrupt_senders);
}

bool interrupt_waits(struct tcb *sender)
{
	counts[line_of(sender)]++;
	if (sender->state == THREAD_SENDING)
		return false;
	sender->state = THREAD_SENDING;
	interrupts_pending |= 1u << line_of(sender);
	enqueue(&sender->partner->senders, sender, sender_link);
	return true;
}

void interrupt_forget(struct tcb *sender)
{
	if (sender->state == THREAD_SENDING)
		dequeue(sender, sender_link);
	sender->state = THREAD_READY;
	interrupts_pending &= ~(1u << line_of(sender));
	counts[line_of(sender)] = 0;
}

struct tcb *interrupt_source(const struct tcb *me, uid_t uid)
{
	uint64_t irq = uid - INTERRUPT(0);

	if (irq >= INTERRUPTS || interrupt_senders[irq].partner != me)
		return NULL;
	return interrupt_senders + irq;
}

struct tcb *interrupt_find_pending(const struct tcb *me)
{
	uint32_t irq;

	for (irq = 0; irq < INTERRUPTS; irq++)
		if (interrupts_pending & 1u << irq &&
		    interrupt_senders[irq].partner == me)
			return interrupt_senders + irq;
	return NULL;
}

void interrupt_take(struct tcb *sender, uint32_t words[2])
{
	words[0] = counts[line_of(sender)];
	words[1] = line_of(sender);
	interrupt_forget(sender);
}
