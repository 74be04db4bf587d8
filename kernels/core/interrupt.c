/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hardware interrupts become messages to the thread that has attached them; of
 * each line a pseudo-thread is the sender.
 */
#include <interrupt.h>
#include <ipc.h>
#include <user_memory.h>

/* The interrupt controllers: command and mask ports, and commands. */
#define MASTER 0x20
#define SLAVE 0xA0
#define MASK 1
#define END_OF_INTERRUPT 0x20
#define READ_IN_SERVICE 0x0B
#define LINES 8		/* of each */
#define SPURIOUS_LINE 7 /* what a controller reports when there was nothing */

/* partner: the handler; NULL while nobody has attached it. SENDING: pending. */
struct tcb interrupt_senders[INTERRUPTS];

uint32_t interrupts_pending;
static uint32_t counts[INTERRUPTS]; /* since the last message */

static uint16_t controller_of(uint32_t irq)
{
	return irq < LINES ? MASTER : SLAVE;
}

static void set_masked(uint32_t irq, bool masked)
{
	uint16_t port = controller_of(irq) + MASK;
	uint8_t bit = (uint8_t)(1 << irq % LINES);

	outb(port, masked ? inb(port) | bit : inb(port) & ~bit);
}

/*
 * The lines are edge-triggered: who acknowledges at once loses nothing that
 * comes before the driver has run. A line that was no longer active when the
 * processor asked is reported as a controller's last one, not in service.
 */
static bool acknowledge(uint32_t irq)
{
	uint16_t controller = controller_of(irq);
	bool spurious = false;

	if (irq % LINES == SPURIOUS_LINE) {
		outb(controller, READ_IN_SERVICE);
		spurious = !(inb(controller) & 1 << SPURIOUS_LINE);
	}
	if (!spurious)
		outb(controller, END_OF_INTERRUPT);
	if (controller == SLAVE)
		outb(MASTER, END_OF_INTERRUPT);
	return !spurious;
}

void interrupt_arrived(uint32_t irq)
{
	struct tcb *sender = interrupt_senders + irq;

	if (!acknowledge(irq) || !sender->partner)
		return;
	counts[irq]++;
	if (sender->state == THREAD_SENDING)
		return;
	sender->state = THREAD_SENDING;
	interrupts_pending |= 1u << irq;
	enqueue(&sender->partner->senders, sender, sender_link);
	ipc_interrupt(sender->partner, sender);
}

/* Nothing is pending any more. */
static void forget(uint32_t irq)
{
	struct tcb *sender = interrupt_senders + irq;

	if (sender->state == THREAD_SENDING)
		dequeue(sender, sender_link);
	sender->state = THREAD_READY;
	interrupts_pending &= ~(1u << irq);
	counts[irq] = 0;
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

uint32_t interrupt_receive(struct tcb *me, struct tcb *sender)
{
	uint32_t irq = (uint32_t)(sender - interrupt_senders);
	struct trap_frame *frame = user_frame(me);
	struct message *buffer = (void *)frame->eax;
	const uint32_t words[2] = {counts[irq], irq};

	forget(irq);
	frame->edx = (uint32_t)INTERRUPT(irq);
	frame->esi = 0;
	if (CONFIG_REGISTER_MESSAGES) {
		frame->ebx = words[0];
		frame->ecx = words[1];
	} else if (!in_user_space((uint32_t)buffer, sizeof(*buffer)) ||
		   !copy_dwords(buffer->words, words, 2)) {
		return IPC_FAULT | IPC_IN_RECEIVE;
	}
	return IPC_OK;
}

static bool can_be_attached(uint32_t irq)
{
	return irq < INTERRUPTS && irq != IRQ_CLOCK && irq != IRQ_CASCADE;
}

uint32_t interrupt_attach(struct tcb *me, uint32_t irq)
{
	struct tcb *sender = interrupt_senders + irq;

	if (!can_be_attached(irq))
		return SERVICE_BAD_ARGUMENT;
	if (sender->partner)
		return SERVICE_DENIED;
	if (!queue_reserve())
		return SERVICE_NO_MEMORY;
	sender->partner = me;
	set_masked(irq, false);
	return SERVICE_OK;
}

uint32_t interrupt_detach(const struct tcb *me, uint32_t irq)
{
	if (!can_be_attached(irq))
		return SERVICE_BAD_ARGUMENT;
	if (interrupt_senders[irq].partner != me)
		return SERVICE_DENIED;
	set_masked(irq, true);
	forget(irq);
	interrupt_senders[irq].partner = NULL;
	queue_unreserve();
	return SERVICE_OK;
}

void interrupt_thread_deleted(const struct tcb *dead)
{
	uint32_t irq;

	for (irq = 0; irq < INTERRUPTS; irq++)
		if (interrupt_senders[irq].partner == dead)
			interrupt_detach(dead, irq);
}
