/* SPDX-License-Identifier: BSD-2-Clause */
#include "runtime.h"

struct given_memory given_memory;

/* What follows "name=" in the command line, NULL if there is none. */
static const char *find_argument(const char *command_line, const char *name)
{
	const char *p = command_line;

	while (*p) {
		const char *n = name;

		while (*n && *p == *n) {
			p++;
			n++;
		}
		if (!*n && *p == '=')
			return p + 1;
		while (*p && *p != ' ')
			p++;
		while (*p == ' ')
			p++;
	}
	return NULL;
}

uint32_t argument(const char *command_line, const char *name, uint32_t missing)
{
	const char *text = find_argument(command_line, name);
	uint32_t value = 0;

	if (!text)
		return missing;
	do {
		if (*text < '0' || *text > '9' || value > UINT32_MAX / 10 - 1)
			fail("command line: %s= needs a number", name);
		value = value * 10 + (uint32_t)(*text++ - '0');
	} while (*text && *text != ' ');
	return value;
}

void *memset(void *to, int value, size_t bytes)
{
	char *p = to;

	while (bytes--)
		*p++ = (char)value;
	return to;
}

void *memcpy(void *to, const void *from, size_t bytes)
{
	uint32_t dwords = bytes / 4, rest = bytes % 4;
	void *p = to;

	asm volatile("rep movsl; movl %3, %0; rep movsb"
		     : "+c"(dwords), "+D"(p), "+S"(from)
		     : "r"(rest)
		     : "memory");
	return to;
}
