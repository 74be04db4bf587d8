/* SPDX-License-Identifier: BSD-2-Clause */
#include "runtime.h"

/* The kernel's console takes strings that end with a zero. */
void console_write(const char *text, size_t bytes)
{
	char piece[2] = {0};

	while (bytes--) {
		piece[0] = *text++;
		mach_print(piece);
	}
}

void machine_stop(int status)
{
	mach_print(status ? "# stopped: failed\n" : "# stopped: done\n");
}

void *memset(void *to, int value, size_t bytes)
{
	char *p = to;

	while (bytes--)
		*p++ = (char)value;
	return to;
}
