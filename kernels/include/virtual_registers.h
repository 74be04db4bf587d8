/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual registers: a message of up to 64 words without a page fault in the middle.
 * Extension VIRTUAL_REGISTERS (L4 Pistachio, seL4).
 *
 * Each thread has a block, at an address of its own in its task's part of the kernel's
 * space, that the user can read and write. No pager, object or unmapping reaches it; the
 * kernel finds it in the physical map, whichever address space is current.
 */
#ifndef VIRTUAL_REGISTERS_H
#define VIRTUAL_REGISTERS_H

#include <message.h>
#include <tcb.h>

/* A cleared block for the thread with this number. False if there is no memory. */
bool block_create(struct tcb *t, struct task *task, uint32_t number);

/* The thread, whose uid is none any more, has left its task. */
void block_release(struct task *task, uint32_t number);

/* Is this address of a message, or of a buffer, t's block? */
static inline bool is_block(const struct tcb *t, uint32_t address)
{
#if CONFIG_VIRTUAL_REGISTERS
	return address == t->block;
#else
	(void)t;
	(void)address;
	return false;
#endif
}

/* t's block, in any address space. */
static inline struct message *block_of(const struct tcb *t)
{
#if CONFIG_VIRTUAL_REGISTERS
	return t->block_here;
#else
	(void)t;
	return NULL;
#endif
}

/* Before buffer_open: tells it whether the buffer is to's block. */
static inline void expect_block(
    struct incoming *in, const struct tcb *to, uint32_t address)
{
#if CONFIG_VIRTUAL_REGISTERS
	in->block = is_block(to, address);
#else
	(void)in;
	(void)to;
	(void)address;
#endif
}

static inline bool to_block(const struct incoming *in)
{
#if CONFIG_VIRTUAL_REGISTERS
	return in->block;
#else
	(void)in;
	return false;
#endif
}

/* Can a message with this dope be in a block? */
static inline bool fits_block(uint32_t dope)
{
	return direct_dwords(dope) <= BLOCK_DWORDS && !strings_of(dope) &&
	       !DOPE_OBJECTS(dope);
}

/*
 * A message from block to block, if it is one: to has it then. It takes no buffer and no
 * window, and cannot wait for anything.
 */
bool block_transfer(
    const struct tcb *me, struct tcb *to, const struct outgoing *out);

#endif
