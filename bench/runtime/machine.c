/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"
#include "clock.h"
#include "cpuid.h"
#include "runtime.h"

#define OPTION_BYTES 200 /* of a word; a record has no room for more */

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc-" __VERSION__
#endif

static void record_processor(void)
{
	uint32_t version = cpuid(1).eax, family = version >> 8 & 15;
	char vendor[13], brand[49];

	cpuid_vendor(vendor);
	cpuid_brand(brand);
	if (family == 15)
		family += version >> 20 & 0xFF;
	record("machine",
	    "cpuid=%u vendor=%s family=%u model=%u stepping=%u features=%x "
	    "features2=%x brand=%s",
	    has_cpuid(), vendor, family,
	    (version >> 4 & 15) | (version >> 12 & 0xF0), version & 15,
	    cpuid(1).edx, cpuid(1).ecx, brand);
}

static void record_caches(void)
{
	struct caches c = cpuid_caches();

	record("caches", "code_kb=%u data_kb=%u l2_kb=%u l3_kb=%u", c.code_kb,
	    c.data_kb, c.l2_kb, c.l3_kb);
}

static void record_clock(void)
{
	const struct clock *c = &the_clock;

	record("clock",
	    "clock=%s khz=%u source=%s pit_khz=%u pit_spread=%u acpi_khz=%u "
	    "acpi_spread=%u cpuid_khz=%u invariant=%u disagree=%u",
	    c->is_tsc ? "tsc" : "pit", c->khz, c->source, c->pit.khz,
	    c->pit.spread, c->acpi.khz, c->acpi.spread, c->cpuid_khz,
	    c->invariant, c->disagree);
	if (c->disagree)
		print("# the clocks disagree: PIT %u kHz, ACPI %u, cpuid %u\n",
		    c->pit.khz, c->acpi.khz, c->cpuid_khz);
}

/* Blanks are _, as in all values. */
static void record_compiler(void)
{
	char text[] = COMPILER;
	uint32_t n;

	for (n = 0; text[n]; n++)
		if (text[n] == ' ')
			text[n] = '_';
	record("built", "compiler=%s", text);
}

static void record_options(const char *command_line)
{
	const char *p = command_line;

	while (*p) {
		char word[OPTION_BYTES + 1];
		uint32_t n = 0;

		for (; *p && *p != ' '; p++)
			if (n < OPTION_BYTES)
				word[n++] = *p;
		word[n] = 0;
		while (*p == ' ')
			p++;
		if (n)
			record("option", "word=%s", word);
	}
}

void record_machine(const char *command_line)
{
	struct machine m = machine();

	record_processor();
	record_caches();
	record("memory",
	    "free_kb=%u cr0=%x cr4=%x writes_through=%u acpi=%u serial=%u",
	    m.free_kb, m.cr0, m.cr4, !!(m.flags & MACHINE_WRITE_THROUGH),
	    !!(m.flags & MACHINE_ACPI), !!(m.flags & MACHINE_SERIAL));
	record_clock();
	record_compiler();
	record_options(command_line);
}
