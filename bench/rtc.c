/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A user-level driver, the smallest that is of use: the real-time clock of the
 * PC (MC146818), which interrupts periodically on IRQ 8. Each interrupt comes
 * as a message (section 3), or as bits with the extension NOTIFICATIONS. Counts
 * them beside the ticks of the kernel's own clock; or tells what they cost a
 * thread of lower priority, that works meanwhile.
 *
 * Module: this program once, because drivers are threads of the root task.
 * Command line: rate=N, interrupts a second: 2, 4, 8, ... 8192; bits=1: as bits;
 * interrupts=N, how many to wait for; or work=N, loops of the other thread.
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
#define BIT 0x80000000u

#define FEW_LOOPS 1000u
#define MORE_LOOPS 5000u

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

/* What the driver has been told. */
static struct {
	volatile uint32_t interrupts, messages;
} told;

static bool as_bits;
static uint8_t rate, modes; /* of the clock, as it was found */

static void have_interrupts(void)
{
	uint32_t code =
	    as_bits ? interrupt_attach_bits(IRQ, BIT) : interrupt_attach(IRQ);

	if (code == SERVICE_UNKNOWN)
		fail("bits=1: this kernel has no notifications");
	if (code != SERVICE_OK)
		fail("the interrupt cannot be attached");
	modes = rtc_read(REGISTER_B);
	rtc_write(REGISTER_A, DIVIDER | rate);
	rtc_write(REGISTER_B, modes | PERIODIC_ENABLE);
	rtc_read(REGISTER_C);
}

/* Bits do not tell of how many; the clock waits after each one. */
static uint32_t interrupts_in(const struct received *r)
{
	if (as_bits)
		return r->from == NOTIFICATION && r->words[0] == BIT;
	if (r->from != INTERRUPT(IRQ) || r->words[1] != IRQ)
		return 0;
	return r->words[0];
}

static void await_interrupt(void)
{
	MESSAGE_VARIABLE(0, 0) message = {.head = {0}};
	struct received r = ipc_receive(
	    as_bits ? NOTIFICATION : INTERRUPT(IRQ), &message.head, PATIENCE);
	uint32_t interrupts = interrupts_in(&r);

	if (code(r) != IPC_OK)
		fail("no interrupt: result %x", code(r));
	if (!interrupts)
		fail("a message that is no interrupt's");
	if (!(rtc_read(REGISTER_C) & PERIODIC))
		fail("the clock has not interrupted");
	told.interrupts += interrupts;
	told.messages++;
}

static void count(uint32_t interrupts)
{
	uint32_t ticks;

	have_interrupts();
	await_interrupt(); /* the first may come early */
	told.interrupts = told.messages = 0;
	ticks = clock_ticks();
	while (told.interrupts < interrupts)
		await_interrupt();
	ticks = clock_ticks() - ticks;
	record_sample("rate=%u interrupts=%u messages=%u ticks=%u",
	    65536u >> rate, told.interrupts, told.messages, ticks);
}

/* ---- beside work ---------------------------------------------------------- */

static void drive(void *unused)
{
	(void)unused;
	have_interrupts();
	for (;;)
		await_interrupt();
}

static void __attribute__((noinline)) work(uint32_t loops)
{
	uint32_t before = told.interrupts;
	uint64_t start = read_tsc(), end;

	compute(loops);
	end = read_tsc();
	record_sample("loops=%u told=%u start=%U end=%U", loops,
	    told.interrupts - before, start, end);
}

/* Without a tick in it. */
static void work_a_little(uint32_t loops)
{
	uint32_t now = clock_ticks();

	while (clock_ticks() == now)
		;
	work(loops);
}

static void work_beside(uint32_t loops)
{
	static char stack[4096] __attribute__((aligned(16)));
	uid_t driver;

	work_a_little(FEW_LOOPS);
	work_a_little(MORE_LOOPS);
	work(loops);
	driver = thread_create(drive, NULL, stack, sizeof(stack));
	if (driver == NOBODY)
		fail("no thread for the driver");
	thread_schedule(driver, PRIORITY_DEFAULT + 1, SCHEDULE_KEEP);
	work(loops);
}

void program(const char *command_line, uid_t root)
{
	uint32_t a_second = argument(command_line, "rate", 64);
	uint32_t interrupts =
	    argument(command_line, "interrupts", 2 * a_second);
	uint32_t loops = argument(command_line, "work", 0);

	(void)root;
	as_bits = argument(command_line, "bits", 0);
	rate = rate_select(a_second);
	record_begin("rtc");
	if (loops)
		work_beside(loops);
	else
		count(interrupts);
	rtc_write(REGISTER_B, modes);
	record_end();
	machine_stop(0);
}
