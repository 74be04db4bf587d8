/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_LINES 4096 /* touched by one instruction; more are not told */
#define MAX_BYTES ((uint64_t)256 << 20) /* of a trace */

bool trace_on;

static FILE *file;
static uint64_t first_stamp, last_stamp, lines_left, bytes;
static int write_error; /* errno */

/* The line that is being made. */
static struct {
	char kind; /* 0: none */
	uint32_t pc;
	unsigned cpl;
	int cycles[CAUSES];
	unsigned touched;
	struct {
		char kind;
		uint32_t line;
	} lines[MAX_LINES];
} entry;

bool trace_open(const char *path, uint64_t first, uint64_t last, uint64_t limit)
{
	file = fopen(path, "w");
	first_stamp = first;
	last_stamp = last;
	lines_left = limit ? limit : UINT64_MAX;
	return file != NULL;
}

__attribute__((format(printf, 1, 2))) static void put(const char *format, ...)
{
	va_list values;
	int length;

	va_start(values, format);
	length = vfprintf(file, format, values);
	va_end(values);
	if (length >= 0)
		bytes += (uint64_t)length;
	else if (!write_error)
		write_error = errno;
}

static void put_entry(void)
{
	unsigned n;

	if (!entry.kind)
		return;
	put("%c %x %u", entry.kind, entry.pc, entry.cpl);
	for (n = 0; n < CAUSES; n++)
		put(" %d", entry.cycles[n]);
	for (n = 0; n < entry.touched; n++)
		put(" %c%x", entry.lines[n].kind, entry.lines[n].line);
	put("\n");
	entry.kind = 0;
	if (--lines_left == 0 || bytes > MAX_BYTES || write_error) {
		put("# cut\n");
		trace_on = false;
		trace_ended();
	}
}

static void begin(char kind, uint32_t pc, unsigned cpl)
{
	put_entry();
	memset(&entry, 0, sizeof(entry));
	entry.kind = kind;
	entry.pc = pc;
	entry.cpl = cpl;
}

void trace_stamp(uint64_t number)
{
	if (!file)
		return;
	if (number == last_stamp && trace_on) {
		put_entry();
		trace_on = false;
		trace_ended();
	}
	if (number == first_stamp) {
		trace_on = true;
		memset(&entry, 0, sizeof(entry));
	}
}

int trace_close(void)
{
	if (!file)
		return 0;
	if (trace_on)
		put_entry();
	put("# end\n");
	if (fclose(file) && !write_error)
		write_error = errno;
	file = NULL;
	return write_error;
}

void trace_instruction(uint32_t pc, unsigned cpl)
{
	begin('i', pc, cpl);
}

void trace_event(unsigned vector, unsigned cpl)
{
	begin('e', vector, cpl);
}

void trace_charge(enum cause cause, int cycles)
{
	entry.cycles[cause] += cycles;
}

void trace_line(char kind, uint32_t physical)
{
	uint32_t line = physical / LINE_BYTES * LINE_BYTES;
	unsigned n;

	for (n = 0; n < entry.touched; n++)
		if (entry.lines[n].line == line && entry.lines[n].kind == kind)
			return;
	if (entry.touched == MAX_LINES)
		return;
	entry.lines[entry.touched].kind = kind;
	entry.lines[entry.touched++].line = line;
}
