/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What bench/runtime/records.c needs, on GNU Mach: records are those of our own
 * programs.
 */
#ifndef RUNTIME_H
#define RUNTIME_H

#include "message.h"

#include <records.h>
#include <stddef.h>

#define CONFIGURATION "gnumach"

/* In place of bench/runtime/start.S's: argc and argv from the kernel. */
void program(uint32_t argc, char **argv);

void console_write(const char *text, size_t bytes);

/* Nothing here stops the machine: the harness waits for these last words. */
void machine_stop(int status);

static inline void thread_yield(void)
{
	swtch_pri(0);
}

static inline uint64_t read_tsc(void)
{
	uint64_t value;

	asm volatile("rdtsc" : "=A"(value));
	return value;
}

void *memset(void *to, int value, size_t bytes);

#endif
