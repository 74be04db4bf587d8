/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory test: is what is read what was written? For some time it writes and
 * reads the memory that the kernel gives the root task, a quarter of all, with
 * patterns that differ from dword to dword. Enough to see that a machine is not
 * worth measuring; a test that means to find every fault is memtest86+.
 *
 * Command line: seconds=N, 60.
 */
#include "runtime/runtime.h"

#define MS_PER_TICK 4
#define TICKS_PER_SECOND (1000 / MS_PER_TICK)
/* Where no clock tick comes, the end of the time is not seen. */
#define MOST_PASSES 100

static uint32_t pattern(uint32_t pass, uint32_t n)
{
	uint32_t value = (n + pass) * 0x9E3779B1u;

	return pass % 2 ? ~value : value;
}

static void check(uint32_t *memory, uint32_t dwords, uint32_t pass)
{
	uint32_t n;

	for (n = 0; n < dwords; n++)
		memory[n] = pattern(pass, n);
	for (n = 0; n < dwords; n++)
		if (memory[n] != pattern(pass, n))
			fail("memory: dword %u of %u is %x, written was %x", n,
			    dwords, memory[n], pattern(pass, n));
}

void program(const char *command_line, uid_t root)
{
	uint32_t seconds = argument(command_line, "seconds", 60);
	uint32_t *memory = (uint32_t *)given_memory.address;
	uint32_t pass = 0;

	(void)root;
	print(
	    "# memory test: %u KB, %u s\n", given_memory.bytes / 1024, seconds);
	do {
		check(memory, given_memory.bytes / 4, pass);
		print("# pass %u: no error\n", ++pass);
	} while (
	    pass < MOST_PASSES && clock_ticks() / TICKS_PER_SECOND < seconds);
	print("# memory test: no error in %u passes\n", pass);
	machine_stop(0);
}
