/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access to memory that a user program has named, which may not be there. The
 * page fault handler asks the pager, then tries the instruction again. If it
 * gets no page it leaves the instruction for the end of its range, which it
 * finds in the table that USER_ACCESS fills.
 */
#ifndef USER_MEMORY_H
#define USER_MEMORY_H

#include <abi.h>

/* From the first label to the second: on a fault go on at the third. */
#define USER_ACCESS(first, end, recovery)                                      \
	".section .user_access, \"a\"\n\t.long " first ", " end ", " recovery  \
	"\n\t.previous\n"

struct user_access {
	uint32_t first, end, recovery;
};

/* Is all of it below USER_END? */
static inline bool in_user_space(uint32_t address, uint32_t bytes)
{
	return address < USER_END && bytes <= USER_END - address;
}

/* All return true if they could do it. */

static inline bool load_word(uint32_t *to, const uint32_t *from)
{
	uint32_t value = 0, failed = 1;

	asm volatile("1: movl (%2), %0\n"
		     "   xorl %1, %1\n"
		     "2:\n" USER_ACCESS("1b", "2b", "2b")
		     : "+&r"(value), "+&r"(failed)
		     : "r"(from)
		     : "memory");
	*to = value;
	return !failed;
}

static inline bool store_word(uint32_t *to, uint32_t value)
{
	uint32_t failed = 1;

	asm volatile("1: movl %2, (%1)\n"
		     "   xorl %0, %0\n"
		     "2:\n" USER_ACCESS("1b", "2b", "2b")
		     : "+&r"(failed)
		     : "r"(to), "r"(value)
		     : "memory");
	return !failed;
}

static inline bool copy_dwords(void *to, const void *from, uint32_t dwords)
{
	asm volatile("1: rep movsl\n"
		     "2:\n" USER_ACCESS("1b", "2b", "2b")
		     : "+c"(dwords), "+D"(to), "+S"(from)
		     :
		     : "memory");
	return dwords == 0;
}

static inline bool copy_bytes(void *to, const void *from, uint32_t bytes)
{
	asm volatile("1: rep movsb\n"
		     "2:\n" USER_ACCESS("1b", "2b", "2b")
		     : "+c"(bytes), "+D"(to), "+S"(from)
		     :
		     : "memory");
	return bytes == 0;
}

/*
 * For long strings: after each piece interrupts are let in, and another
 * thread if this one's timeslice is over. A piece takes about 0.25 ms on the
 * 486.
 */
#define STRING_PIECE (16u << 10)

bool copy_string(void *to, const void *from, uint32_t bytes);

/* The last fault that could not be served: was it in the receiver's memory? */
extern bool user_fault_of_receiver;

/* Where to go on after a fault at eip; 0 if it was no access to user memory. */
uint32_t user_access_recovery(uint32_t eip);

#endif
