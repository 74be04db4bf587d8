/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trace: a line for each instruction executed between two stamps.
 *
 *	i <pc> <privilege level> <cycles by cause, in the order of enum cause>
 *	  [c<line> | r<line> | w<line> | t<line> ...]
 *
 * Cycles are decimal, all else hexadecimal. c, r, w: physical addresses of
 * lines fetched, read, written; t: of page-table entries read. An interrupt or
 * exception is a line "e" with its vector in place of the pc. The last line is
 * "# end", behind a line "# cut" if the trace has become too long.
 */
#ifndef TRACE_H
#define TRACE_H

#include "model.h"

extern bool trace_on;

/* Opens the file; traces from stamp number first to stamp number last, but not
 * more than so many lines, if that is not 0. */
bool trace_open(
    const char *path, uint64_t first, uint64_t last, uint64_t limit);
void trace_stamp(uint64_t number);

/* errno if something could not be written, or 0. */
int trace_close(void);

/* To be supplied: the last line has been made. */
void trace_ended(void);

void trace_instruction(uint32_t pc, unsigned cpl);
void trace_event(unsigned vector, unsigned cpl);
void trace_charge(enum cause cause, int cycles);
void trace_line(char kind, uint32_t physical);

#endif
