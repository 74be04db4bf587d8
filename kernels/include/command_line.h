/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's command line: words with blanks between. Those that are not the
 * kernel's are for the programs.
 *
 *	console=com1 .. com4, a base as 0x3f8, pci, or none	com1
 *	speed=BITS		a second, of the serial port	115200
 *	end=exit|reboot|halt	what follows the last line	exit
 *	pause=SECONDS		before it, to read		10, or 0 for exit
 *	watchdog=SECONDS	without a line: a panic		none
 *	mark=1			how it ended, for the next boot of a campaign
 *	rdtsc=off		user programs fault, as without rdtsc
 */
#ifndef COMMAND_LINE_H
#define COMMAND_LINE_H

#include <stdbool.h>
#include <stdint.h>

#define VALUE_BYTES 16 /* with the zero behind it */

/* The whole, and how many bytes it has without the zero behind it. */
extern char command_line[];
uint32_t command_line_bytes(void);

/* Keeps a copy; of NULL an empty one. */
void command_line_init(const char *text);

/* What follows name= in the first such word, cut to VALUE_BYTES - 1; false if
 * there is none. */
bool command_line_value(const char *name, char value[VALUE_BYTES]);

/* The number behind name=, decimal or 0x..., or missing. Panics if it is none
 * or above most. */
uint32_t command_line_number(const char *name, uint32_t missing, uint32_t most);

bool same_text(const char *a, const char *b);

/* Panics if text is no number up to most. */
uint32_t number_of(const char *name, const char *text, uint32_t most);

#endif
