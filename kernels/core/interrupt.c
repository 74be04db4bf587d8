/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hardware interrupts come from the controllers, and wake the threads that have
 * attached them.
 */
#include <interrupt.h>
#include <interrupt_sender.h>
#include <notification.h>
#include <rendezvous.h>

/* The interrupt controllers: command and mask ports, and commands. */
#define MASTER 0x20
#define SLAVE 0xA0
#define MASK 1
#define END_OF_INTERRUPT 0x20
#define READ_IN_SERVICE 0x0B
#define LINES 8		/* of each */
#define SPURIOUS_LINE 7 /* what a controller reports when there was nothing */

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
 * The lines are edge-triggered: acknowledged at once, they lose nothing that
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

/* Of those that come as bits; 0: as messages. */
static uint32_t bits_of[CONFIG_NOTIFICATIONS ? INTERRUPTS : 1];

void interrupt_arrived(uint32_t irq)
{
	struct tcb *sender = interrupt_senders + irq,
		   *handler = sender->partner;

	if (!acknowledge(irq) || !handler)
		return;
	if (CONFIG_NOTIFICATIONS && bits_of[irq]) {
		notify(handler, bits_of[irq]);
		return;
	}
	if (!interrupt_waits(sender) || !waits_for(handler, sender))
		return;
	settle(handler);
	wake(handler, LOOK_AGAIN);
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

#if CONFIG_NOTIFICATIONS
uint32_t interrupt_attach_bits(struct tcb *me, uint32_t irq, uint32_t bits)
{
	uint32_t result =
	    bits ? interrupt_attach(me, irq) : SERVICE_BAD_ARGUMENT;

	if (result == SERVICE_OK)
		bits_of[irq] = bits;
	return result;
}
#endif

uint32_t interrupt_detach(const struct tcb *me, uint32_t irq)
{
	if (!can_be_attached(irq))
		return SERVICE_BAD_ARGUMENT;
	if (interrupt_senders[irq].partner != me)
		return SERVICE_DENIED;
	set_masked(irq, true);
	interrupt_forget(interrupt_senders + irq);
	if (CONFIG_NOTIFICATIONS)
		bits_of[irq] = 0;
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
