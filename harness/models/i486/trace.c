/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace.h"

#include <stdio.h>
#include <string.h>

#define MAX_LINES 4096 /* touched by one instruction; more are not told */

bool trace_on;

static FILE *file;
static uint64_t first_stamp, last_stamp, lines_left;

/* The line that is being made. */
static struct {
	char kind; /* 0: none */
	uint32_t pc;
	unsigned cpl;
	int clocks[CAUSES];
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

static void put_entry(void)
{
	unsigned n;

	if (!entry.kind)
		return;
	fprintf(file, "%c %x %u", entry.kind, entry.pc, entry.cpl);
	for (n = 0; n < CAUSES; n++)
		fprintf(file, " %d", entry.clocks[n]);
	for (n = 0; n < entry.touched; n++)
		fprintf(
		    file, " %c%x", entry.lines[n].kind, entry.lines[n].line);
	fputc('\n', file);
	entry.kind = 0;
	if (--lines_left == 0) {
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
	if (number == last_stamp) {
		put_entry();
		trace_on = false;
		trace_ended();
	}
	if (number == first_stamp) {
		trace_on = true;
		memset(&entry, 0, sizeof(entry));
	}
}

void trace_close(void)
{
	if (!file)
		return;
	put_entry();
	fputs("# end\n", file);
	fclose(file);
	file = NULL;
}

void trace_instruction(uint32_t pc, unsigned cpl)
{
	begin('i', pc, cpl);
}

void trace_event(unsigned vector, unsigned cpl)
{
	begin('e', vector, cpl);
}

void trace_charge(enum cause cause, int clocks)
{
	entry.clocks[cause] += clocks;
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
