/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is around the processor: memory that PHYSICAL_MAP does not show, the
 * clock as a stop watch, the watchdog, and how a machine ends.
 */
#include <machine.h>
#include <acpi.h>
#include <clock.h>
#include <command_line.h>
#include <console.h>
#include <memory.h>
#include <memory_map.h>
#include <panic.h>
#include <processor.h>
#include <screen.h>
#include <space.h>

/* QEMU's isa-debug-exit: its status is twice the value, plus 1. */
#define EXIT_PORT 0xF4
#define EXIT_SUCCESS 0x10
#define EXIT_FAILURE 0x11

#define PIT_CHANNEL_0 0x40
#define PIT_CONTROL 0x43
#define COUNTS_PER_MS 1193
#define POLLS_PER_MS 1000 /* each takes more than 1 us, on any bus */

#define KEYBOARD_STATUS 0x64
#define KEYBOARD_BUSY 2
#define PULSE_RESET 0xFE
#define CHIPSET_RESET 0xCF9

/* The seconds of the real-time clock's alarm: the next boot of a campaign reads
 * there how this one has ended (harness/templates/grub.cfg). */
#define RTC_REGISTER 0x70
#define RTC_DATA 0x71
#define ALARM_SECONDS 1
#define MARK_SUCCESS 0xC1
#define MARK_FAILURE 0xC3

#define LONGEST_PAUSE 3600 /* seconds */
#define PAUSE 10
#define RESET_PATIENCE 1000 /* ms, for each way */

static enum { EXIT, REBOOT, HALT } end = EXIT;
static uint32_t pause; /* seconds before it */
static bool leaves_mark;

static uint32_t watchdog_limit; /* clock ticks; 0: no watchdog */
uint32_t watchdog_ticks;	/* left; entries.S counts down */
extern char watchdog_entry[];	/* there */

/* --- memory that PHYSICAL_MAP does not show ------------------------------ */

/* The rest is free for good: see memory_layout.h. */
#define WINDOW_TABLES 4
#define WINDOW_PAGES (WINDOW_TABLES * 1024)
#define PTE_NOT_CACHED 0x18

static uint32_t window_tables[WINDOW_PAGES] __attribute__((aligned(PAGE_SIZE)));
static uint32_t window_used; /* pages */

static void show_window(void)
{
	uint32_t n;

	for (n = 0; n < WINDOW_TABLES; n++)
		kernel_directory[REGION_OF(DEVICE_WINDOW) + n] =
		    physical(window_tables + n * 1024) | PTE_PRESENT |
		    PTE_WRITABLE;
}

void *reach(uint32_t address, uint32_t bytes)
{
	uint32_t offset = address % PAGE_SIZE, n;
	uint32_t count = pages(offset + bytes), first = window_used;

	if (address < PHYSICAL_MAP_SIZE && bytes <= PHYSICAL_MAP_SIZE - address)
		return from_physical(address);
	if (bytes > WINDOW_PAGES * PAGE_SIZE ||
	    count > WINDOW_PAGES - window_used)
		return NULL;
	if (!window_used)
		show_window();
	for (n = 0; n < count; n++)
		window_tables[window_used++] =
		    ((address & -PAGE_SIZE) + n * PAGE_SIZE) | PTE_NOT_CACHED |
		    PTE_PRESENT | PTE_WRITABLE;
	return (void *)(DEVICE_WINDOW + first * PAGE_SIZE + offset);
}

/* --- the clock ----------------------------------------------------------- */

static uint32_t pit_count(void)
{
	uint32_t low;

	outb(PIT_CONTROL, 0); /* latch channel 0 */
	low = inb(PIT_CHANNEL_0);
	return (uint32_t)inb(PIT_CHANNEL_0) << 8 | low;
}

void machine_check_clock(void)
{
	uint32_t polls, first;

	outb(PIT_CONTROL, 0x34); /* channel 0, rate generator */
	outb(PIT_CHANNEL_0, 0);
	outb(PIT_CHANNEL_0, 0);
	first = pit_count();
	for (polls = 0; polls < POLLS_PER_MS; polls++)
		if (pit_count() != first)
			return;
	print("# the clock (PIT) stands still: no timeouts, no timeslices\n");
}

void machine_wait(uint32_t ms)
{
	uint32_t left = ms * COUNTS_PER_MS, polls = ms * POLLS_PER_MS;
	uint32_t before = pit_count();

	while (left && polls--) {
		uint32_t now = pit_count();
		/* It begins again at a number that is not known here. */
		uint32_t passed = now <= before ? before - now : before;

		left -= passed < left ? passed : left;
		before = now;
	}
}

/* Waits for one, if none has come. */
static void tell_missing_ticks(void)
{
	if (clock_ticks)
		return;
	asm volatile("sti");
	machine_wait(3 * MS_PER_TICK);
	asm volatile("cli");
	if (!clock_ticks)
		print("# no clock tick has come: the clock (PIT) or the "
		      "interrupt controller (PIC) is off\n");
}

void watchdog_calm(void)
{
	watchdog_ticks = watchdog_limit;
}

/* entries.S calls. */
void watchdog_bites(const struct trap_frame *frame);

void watchdog_bites(const struct trap_frame *frame)
{
	outb(0x20, 0x20); /* end of interrupt */
	panic_at(frame, "watchdog: nothing has been written");
}

/* --- the end ------------------------------------------------------------- */

void machine_init(void)
{
	char text[VALUE_BYTES] = "exit";

	command_line_value("end", text);
	if (same_text(text, "reboot"))
		end = REBOOT;
	else if (same_text(text, "halt"))
		end = HALT;
	else if (!same_text(text, "exit"))
		panic("command line: end=%s: it is exit, reboot or halt", text);
	pause = command_line_number(
	    "pause", end == EXIT ? 0 : PAUSE, LONGEST_PAUSE);
	watchdog_limit = command_line_number("watchdog", 0, LONGEST_PAUSE) *
			 1000 / MS_PER_TICK;
	leaves_mark = command_line_number("mark", 0, 1);
	if (command_line_value("rdtsc", text)) {
		if (!same_text(text, "off"))
			panic("command line: rdtsc=%s: it is off or not there",
			    text);
		processor_forbid_rdtsc();
	}
	acpi_find();
}

void machine_start_watchdog(void)
{
	if (watchdog_limit)
		cpu_set_gate(IRQ_BASE + IRQ_CLOCK, watchdog_entry);
	watchdog_calm();
}

static void reset_by_keyboard(void)
{
	uint32_t polls = 0;

	while (inb(KEYBOARD_STATUS) & KEYBOARD_BUSY)
		if (++polls == POLLS_PER_MS)
			break;
	outb(KEYBOARD_STATUS, PULSE_RESET);
}

static void reset_by_triple_fault(void)
{
	static const struct {
		uint16_t limit;
		uint32_t base;
	} __attribute__((packed)) nothing;

	asm volatile("lidt %0; int3" : : "m"(nothing));
}

static void reset(void)
{
	if (acpi.reset_port) {
		print("# reset by ACPI, port %x\n", acpi.reset_port);
		outb(acpi.reset_port, acpi.reset_value);
		machine_wait(RESET_PATIENCE);
	}
	print("# reset by the keyboard controller\n");
	reset_by_keyboard();
	machine_wait(RESET_PATIENCE);
	print("# reset by the chipset, port cf9\n");
	outb(CHIPSET_RESET, 2);
	machine_wait(1);
	outb(CHIPSET_RESET, 6);
	machine_wait(RESET_PATIENCE);
	print("# reset by a triple fault\n");
	reset_by_triple_fault();
}

static void pause_to_read(const char *what)
{
	if (!pause)
		return;
	print("# the machine %s in %u s\n", what, pause);
	machine_wait(pause * 1000);
}

void machine_stop(bool success)
{
	static bool stopping; /* a panic on the way */

	if (!stopping) {
		stopping = true;
		if (leaves_mark) {
			outb(RTC_REGISTER, ALARM_SECONDS);
			outb(RTC_DATA, success ? MARK_SUCCESS : MARK_FAILURE);
		}
		if (success)
			tell_missing_ticks();
		pause_to_read(end == REBOOT ? "is reset" : "halts");
		if (end == REBOOT)
			reset();
	}
	/* QEMU ends somewhat later: nothing may be written meanwhile. */
	if (end == EXIT)
		outb(EXIT_PORT, success ? EXIT_SUCCESS : EXIT_FAILURE);
	else
		print("# halted: it can be switched off\n");
	for (;;)
		asm volatile("cli; hlt");
}

/* --- what programs may know ---------------------------------------------- */

static uint32_t describe(struct trap_frame *frame)
{
	uint32_t cr0, cr4 = processor_has_cr4() ? read_cr4() : 0;

	asm volatile("movl %%cr0, %0" : "=r"(cr0));
	frame->ebx = cr0;
	frame->ecx = cr4;
	frame->edx = memory_at_boot;
	frame->esi = screen_rows << 16 | (acpi.timer_port ? MACHINE_TIMER : 0) |
		     (acpi.timer_32_bits ? MACHINE_LONG_TIMER : 0) |
		     (acpi.there ? MACHINE_ACPI : 0) |
		     (console_has_serial ? MACHINE_SERIAL : 0) |
		     (cache_writes_through() ? MACHINE_WRITE_THROUGH : 0);
	return SERVICE_OK;
}

uint32_t machine_service(
    uint32_t service, struct trap_frame *frame, bool is_root)
{
	switch (service) {
	case SERVICE_MACHINE:
		return is_root ? describe(frame) : SERVICE_DENIED;
	case SERVICE_MODEL_REGISTER:
		if (!is_root)
			return SERVICE_DENIED;
		return processor_read_msr(frame->ebx, &frame->ebx, &frame->ecx)
			   ? SERVICE_OK
			   : SERVICE_BAD_ARGUMENT;
	case SERVICE_ACPI_TIMER:
		if (!is_root)
			return SERVICE_DENIED;
		if (!acpi.timer_port)
			return SERVICE_BAD_ARGUMENT;
		frame->ebx = inl(acpi.timer_port);
		return SERVICE_OK;
	default:
		return SERVICE_UNKNOWN;
	}
}
