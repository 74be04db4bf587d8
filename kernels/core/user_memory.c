/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies to and from user memory, in pieces, so that a clock tick is never
 * late; a page fault in one of them leads to its recovery.
 */
#include <user_memory.h>
#include <dispatch.h>

extern const struct user_access user_access_start[], user_access_end[];

bool user_fault_of_receiver;

uint32_t user_access_recovery(uint32_t eip)
{
	const struct user_access *a;

	for (a = user_access_start; a < user_access_end; a++)
		if (eip >= a->first && eip < a->end)
			return a->recovery;
	return 0;
}

bool copy_string(void *to, const void *from, uint32_t bytes)
{
	while (bytes > STRING_PIECE) {
		if (!copy_dwords(to, from, STRING_PIECE / 4))
			return false;
		to = (char *)to + STRING_PIECE;
		from = (const char *)from + STRING_PIECE;
		bytes -= STRING_PIECE;
		preemption_point();
	}
	if (!copy_dwords(to, from, bytes / 4))
		return false;
	if (bytes % 4 == 0)
		return true;
	return copy_bytes((char *)to + (bytes & ~3u),
	    (const char *)from + (bytes & ~3u), bytes % 4);
}
