/* SPDX-License-Identifier: BSD-2-Clause */
#include "clock.h"
#include "cpuid.h"
#include "runtime.h"

/* As the kernel has programmed channel 0: a tick every 4 ms. */
#define PIT_DIVISOR (PIT_HZ * 4 / 1000)
#define PIT_CONTROL 0x43
#define PIT_COUNTER(channel) (0x40 + (channel))
#define LATCH_0 0x00

/* Channel 2, and the port with its gate and its output. */
#define ONE_SHOT_2 0xB0
#define SPEAKER 0x61
#define GATE 0x01
#define SOUND 0x02
#define OUTPUT 0x20

#define READINGS 5
#define READING_COUNTS 23864 /* 20 ms of the PIT */
#define ACPI_HZ 3579545
#define ACPI_READING 71591 /* 20 ms */
/* Polls of a clock that may stand still: each takes more than 0.2 us. */
#define PATIENCE 200000
#define AGREEMENT 10000 /* millionths */

#define MSR_SMI_COUNT 0x34
#define MSR_MPERF 0xE7
#define MSR_APERF 0xE8

struct clock the_clock;

uint64_t divide(uint64_t value, uint32_t divisor)
{
	uint32_t high = (uint32_t)(value >> 32), low = (uint32_t)value;
	uint32_t remainder = high % divisor;

	high /= divisor;
	asm("divl %2" : "+a"(low), "+d"(remainder) : "r"(divisor));
	return (uint64_t)high << 32 | low;
}

/* Nothing of what is timed moves over it: cpuid waits for all that is before.
 */
static uint64_t read_serialised(void)
{
	cpuid(0);
	return read_tsc();
}

static uint32_t pit_counter(void)
{
	uint32_t low;

	port_out(PIT_CONTROL, LATCH_0);
	low = port_in(PIT_COUNTER(0));
	return (uint32_t)port_in(PIT_COUNTER(0)) << 8 | low;
}

/* PIT counts since boot. The tick that belongs to the counter has been taken
 * when it is the same before and after: programs run with interrupts on. */
static uint64_t pit_now(void)
{
	uint32_t ticks, counter;

	do {
		ticks = clock_ticks();
		counter = pit_counter();
	} while (ticks != clock_ticks());
	return (uint64_t)ticks * PIT_DIVISOR + (PIT_DIVISOR - counter);
}

static bool pit_runs(void)
{
	uint32_t first = pit_counter(), polls;

	for (polls = 0; polls < 1000; polls++)
		if (pit_counter() != first)
			return true;
	return false;
}

static bool ticks_come(void)
{
	uint32_t before = clock_ticks(), polls;

	for (polls = 0; polls < PATIENCE; polls++)
		if (clock_ticks() != before)
			return true;
	return false;
}

static uint64_t now(void)
{
	return the_clock.is_tsc ? read_serialised() : pit_now();
}

/* --- how fast the time-stamp counter is ------------------------------------
 */

/* Time stamps for 20 ms of the PIT's channel 2; 0 if it does not end. */
static uint64_t stamps_by_pit(void)
{
	uint8_t speaker = port_in(SPEAKER) & ~(SOUND | GATE);
	uint32_t polls = 0;
	uint64_t start, end;

	port_out(SPEAKER, speaker);
	port_out(PIT_CONTROL, ONE_SHOT_2);
	port_out(PIT_COUNTER(2), READING_COUNTS & 0xFF);
	port_out(PIT_COUNTER(2), READING_COUNTS >> 8);
	port_out(SPEAKER, speaker | GATE);
	start = read_serialised();
	while (!(port_in(SPEAKER) & OUTPUT) && ++polls < PATIENCE)
		;
	end = read_serialised();
	port_out(SPEAKER, speaker);
	/* One that is there at once was not started. */
	return polls && polls < PATIENCE ? end - start : 0;
}

static uint64_t stamps_by_acpi(void)
{
	uint32_t mask = machine().flags & MACHINE_LONG_TIMER ? ~0u : 0xFFFFFF;
	uint32_t first = acpi_timer(), passed, polls = 0;
	uint64_t start = read_serialised(), end;

	do
		passed = (acpi_timer() - first) & mask;
	while (passed < ACPI_READING && ++polls < PATIENCE);
	end = read_serialised();
	if (passed < ACPI_READING)
		return 0;
	return divide((end - start) * ACPI_READING, passed);
}

void sort(uint64_t *values, uint32_t count)
{
	uint32_t n, m;

	for (n = 1; n < count; n++)
		for (m = n; m && values[m - 1] > values[m]; m--) {
			uint64_t value = values[m];

			values[m] = values[m - 1];
			values[m - 1] = value;
		}
}

/* counts: how many of hz a reading lasts. */
static struct reading take_readings(
    uint64_t (*stamps)(void), uint32_t counts, uint32_t hz)
{
	uint64_t khz[READINGS];
	uint32_t n;
	struct reading r = {0, 0};

	for (n = 0; n < READINGS; n++) {
		uint64_t passed = stamps();

		if (!passed)
			return r;
		khz[n] = divide(divide(passed * hz, counts), 1000);
	}
	sort(khz, READINGS);
	r.khz = (uint32_t)khz[READINGS / 2];
	if (r.khz)
		r.spread = (uint32_t)divide(
		    (khz[READINGS - 1] - khz[0]) * 1000000, r.khz);
	return r;
}

static bool differ(uint32_t a, uint32_t b)
{
	uint32_t distance = a > b ? a - b : b - a;

	return a && b && divide((uint64_t)distance * 1000000, a) > AGREEMENT;
}

static void calibrate(struct clock *c)
{
	c->pit = take_readings(stamps_by_pit, READING_COUNTS, PIT_HZ);
	if (machine().flags & MACHINE_TIMER)
		c->acpi = take_readings(stamps_by_acpi, ACPI_READING, ACPI_HZ);
	c->cpuid_khz = cpuid_tsc_khz();
	c->invariant = cpuid_tsc_is_invariant();
	c->disagree = differ(c->pit.khz, c->acpi.khz) ||
		      differ(c->pit.khz, c->cpuid_khz) ||
		      differ(c->acpi.khz, c->cpuid_khz);
	c->source = c->acpi.khz ? "acpi" : c->pit.khz ? "pit" : "cpuid";
	c->khz = c->acpi.khz  ? c->acpi.khz
		 : c->pit.khz ? c->pit.khz
			      : c->cpuid_khz;
	if (!c->khz)
		c->source = "none";
}

void clock_find(void)
{
	struct clock *c = &the_clock;

	c->is_tsc = cpuid_has_tsc();
	if (c->is_tsc) {
		calibrate(c);
		return;
	}
	if (!pit_runs() || !ticks_come())
		fail("no clock: neither rdtsc nor the PIT's ticks");
	c->khz = (PIT_HZ + 500) / 1000;
	c->source = "nominal";
}

static bool read_register(uint32_t number, uint32_t *low)
{
	struct service_result r =
	    service(SERVICE_MODEL_REGISTER, number, 0, NOBODY);

	*low = r.ebx;
	return r.code == SERVICE_OK;
}

void interval_begin(struct interval *i)
{
	i->has_smi =
	    cpuid_counts_smis() && read_register(MSR_SMI_COUNT, &i->smi);
	i->has_speed = cpuid_counts_speed() &&
		       read_register(MSR_APERF, &i->aperf) &&
		       read_register(MSR_MPERF, &i->mperf);
	i->ticks = clock_ticks();
	i->pit = pit_now();
	i->start = now();
}

void interval_end(struct interval *i)
{
	uint32_t low;

	i->end = now();
	i->pit = pit_now() - i->pit;
	i->ticks = clock_ticks() - i->ticks;
	if (i->has_smi && read_register(MSR_SMI_COUNT, &low))
		i->smi = low - i->smi;
	if (i->has_speed && read_register(MSR_APERF, &low))
		i->aperf = low - i->aperf;
	if (i->has_speed && read_register(MSR_MPERF, &low))
		i->mperf = low - i->mperf;
}

void clock_wait(uint32_t ms)
{
	uint32_t start = clock_ticks(), polls = ms * 10000;

	while ((clock_ticks() - start) * 4 < ms && polls--)
		;
}
