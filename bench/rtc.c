/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A user-level driver, the smallest that is of use: the real-time clock of the
 * PC (MC146818), which interrupts periodically on IRQ 8. Each interrupt comes
 * as a message (section 3). Counts them beside the ticks of the kernel's own
 * clock.
 *
 * Module: this program once, because drivers are threads of the root task.
 * Command line: rate=N, interrupts a second: 2, 4, 8, ... 8192;
 * interrupts=N, how many to wait for.
 */
#include "runtime/runtime.h"

#define IRQ 8
#define INDEX 0x70 /* port: which register */
#define DATA 0x71  /* port: its value */

#define REGISTER_A 10
#define DIVIDER 0x20 /* for its crystal of 32768 Hz */
#define REGISTER_B 11
#define PERIODIC_ENABLE 0x40
#define REGISTER_C 12 /* why it has interrupted; reading it lets it go on */
#define PERIODIC 0x40

#define PATIENCE 2000 /* ms */

static uint8_t rtc_read(uint8_t index)
{
	port_out(INDEX, index);
	return port_in(DATA);
}

static void rtc_write(uint8_t index, uint8_t value)
{
	port_out(INDEX, index);
	port_out(DATA, value);
}

/* Its rates are 65536 >> n. */
static uint8_t rate_select(uint32_t rate)
{
	uint8_t n;

	for (n = 3; n < 16; n++)
		if (rate == 65536u >> n)
			return n;
	fail("command line: no rate=%u: 2, 4, 8, ... 8192", rate);
}

/* The next message: how many interrupts it tells of. */
static uint32_t next_interrupt(void)
{
	MESSAGE_VARIABLE(0, 0) message = {.head = {0}};
	struct received r =
	    ipc_receive(INTERRUPT(IRQ), &message.head, PATIENCE);

	if (code(r) != IPC_OK)
		fail("no interrupt: result %x", code(r));
	if (r.from != INTERRUPT(IRQ) || r.words[1] != IRQ)
		fail("a message that is no interrupt's");
	if (!(rtc_read(REGISTER_C) & PERIODIC))
		fail("the clock has not interrupted");
	return r.words[0];
}

void program(const char *command_line, uid_t root)
{
	uint32_t rate = argument(command_line, "rate", 64);
	uint32_t wanted = argument(command_line, "interrupts", 2 * rate);
	uint8_t select = rate_select(rate), modes = rtc_read(REGISTER_B);
	uint32_t interrupts = 0, messages = 0, ticks;

	(void)root;
	record_begin("rtc");
	if (interrupt_attach(IRQ) != SERVICE_OK)
		fail("the interrupt cannot be attached");
	rtc_write(REGISTER_A, DIVIDER | select);
	rtc_write(REGISTER_B, modes | PERIODIC_ENABLE);
	rtc_read(REGISTER_C);
	next_interrupt(); /* the first may come early */
	ticks = clock_ticks();
	for (; interrupts < wanted; messages++)
		interrupts += next_interrupt();
	ticks = clock_ticks() - ticks;
	rtc_write(REGISTER_B, modes);
	interrupt_detach(IRQ);
	record_sample("rate=%u interrupts=%u messages=%u ticks=%u", rate,
	    interrupts, messages, ticks);
	record_end();
	machine_stop(0);
}
