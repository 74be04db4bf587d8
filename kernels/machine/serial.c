/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One serial port, polled. One that is not there, or never takes a character,
 * is given up.
 */
#include <cpu.h>
#include <serial.h>

/* Registers, from the port's base. */
#define DATA 0
#define INTERRUPTS_ENABLED 1
#define FIFO_CONTROL 2
#define LINE_CONTROL 3
#define MODEM_CONTROL 4
#define LINE_STATUS 5

#define DIVISOR_LATCH 0x80
#define EIGHT_BITS 3
#define TRANSMITTER_EMPTY 0x20
#define FASTEST 115200
/* Polls before a port is given up for good: some 100 ms, 9 characters at 1200.
 */
#define PATIENCE 100000

static uint16_t port; /* 0: none */

/* Of the register that enables interrupts only four bits can be set, and they
 * can: so it is in the oldest of these chips, too. */
static bool is_there(uint16_t base)
{
	uint8_t none, all;

	outb(base + INTERRUPTS_ENABLED, 0);
	none = inb(base + INTERRUPTS_ENABLED);
	outb(base + INTERRUPTS_ENABLED, 0x0F);
	all = inb(base + INTERRUPTS_ENABLED);
	outb(base + INTERRUPTS_ENABLED, 0);
	return none == 0 && all == 0x0F;
}

bool serial_init(uint16_t base, uint32_t speed)
{
	uint32_t divisor = FASTEST / speed;

	port = 0;
	if (!base)
		return false;
	outb(base + LINE_CONTROL, EIGHT_BITS);
	if (!is_there(base))
		return false;
	outb(base + LINE_CONTROL, DIVISOR_LATCH);
	outb(base + DATA, (uint8_t)divisor);
	outb(base + INTERRUPTS_ENABLED, (uint8_t)(divisor >> 8));
	outb(base + LINE_CONTROL, EIGHT_BITS);
	outb(base + FIFO_CONTROL, 0x07); /* on, empty */
	outb(base + MODEM_CONTROL, 3);	 /* DTR, RTS */
	port = base;
	return true;
}

void serial_put(char c)
{
	uint32_t polls = 0;

	if (!port)
		return;
	while (!(inb(port + LINE_STATUS) & TRANSMITTER_EMPTY))
		if (++polls == PATIENCE) {
			port = 0;
			return;
		}
	outb(port + DATA, (uint8_t)c);
}
