/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An ordinary program, a sieve and a sort: how fast a machine (an emulator, a
 * timing model) executes what most programs consist of. Nothing to do with IPC.
 *
 * Module: this program once. Command line: passes=N.
 */
#include "runtime/runtime.h"

#define NUMBERS 20000

static uint8_t composite[NUMBERS];
static uint32_t numbers[NUMBERS];

static uint32_t count_primes(void)
{
	uint32_t n, multiple, primes = 0;

	for (n = 0; n < NUMBERS; n++)
		composite[n] = 0;
	for (n = 2; n < NUMBERS; n++) {
		if (composite[n])
			continue;
		primes++;
		for (multiple = 2 * n; multiple < NUMBERS; multiple += n)
			composite[multiple] = 1;
	}
	return primes;
}

static void shell_sort(void)
{
	uint32_t gap, n, hole;

	for (gap = NUMBERS / 2; gap; gap /= 2)
		for (n = gap; n < NUMBERS; n++) {
			uint32_t x = numbers[n];

			for (hole = n; hole >= gap && numbers[hole - gap] > x;
			     hole -= gap)
				numbers[hole] = numbers[hole - gap];
			numbers[hole] = x;
		}
}

static void check_sorted(uint32_t primes)
{
	uint32_t n;

	if (primes != 2262)
		fail("%u primes below %u", primes, NUMBERS);
	for (n = 1; n < NUMBERS; n++)
		if (numbers[n - 1] > numbers[n])
			fail("not sorted at %u", n);
}

void program(const char *command_line, uid_t root)
{
	uint32_t passes = argument(command_line, "passes", 10), pass, n;
	uint32_t primes = 0, random = 1;
	uint64_t start, end;

	(void)root;
	record_begin("workload");
	start = read_tsc();
	for (pass = 0; pass < passes; pass++) {
		primes = count_primes();
		for (n = 0; n < NUMBERS; n++) {
			random = random * 1664525 + 1013904223;
			numbers[n] = random >> 4;
		}
		shell_sort();
	}
	end = read_tsc();
	check_sorted(primes);
	record_sample("passes=%u start=%U end=%U", passes, start, end);
	record_end();
	machine_stop(0);
}
