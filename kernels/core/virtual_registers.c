/* SPDX-License-Identifier: BSD-2-Clause */
#include <virtual_registers.h>
#include <memory.h>
#include <space.h>
#include <tcb_table.h>
#include <thread_table.h>

#define BLOCKS_PER_PAGE (PAGE_SIZE / BLOCK_BYTES)

_Static_assert(
    BLOCK_OF(UID_NUMBER_MASK) == BLOCKS + (MAX_THREADS - 1) * BLOCK_BYTES,
    "a block is found by the thread's number");

bool block_create(struct tcb *t, struct task *task, uint32_t number)
{
	uint32_t address = BLOCKS + number * BLOCK_BYTES;
	char *page = task_page(task, address, true);

	if (!page)
		return false;
	t->block = address;
	t->block_here = (struct message *)(page + address % PAGE_SIZE);
	memset(t->block_here, 0, BLOCK_BYTES);
	return true;
}

/* Has the task a thread whose block is in the same page? */
static bool page_is_used(const struct task *task, uint32_t number)
{
	uint32_t first = number & -BLOCKS_PER_PAGE, n;

	for (n = first; n < first + BLOCKS_PER_PAGE; n++)
		if (thread_table[n].uid && tcb_at(n)->task == task)
			return true;
	return false;
}

void block_release(struct task *task, uint32_t number)
{
	if (!page_is_used(task, number))
		task_unmap(task, (BLOCKS + number * BLOCK_BYTES) & -PAGE_SIZE,
		    PAGE_SIZE);
}

bool block_transfer(
    const struct tcb *me, struct tcb *to, const struct outgoing *out)
{
	struct message *buffer = block_of(to);
	struct incoming in;

	if ((uint32_t)out->direct != me->block + sizeof(*buffer) ||
	    !is_block(to, user_frame(to)->eax))
		return false;
	expect_block(&in, to, user_frame(to)->eax);
	buffer_open(to->block, buffer, out->dope, &in);
	if (!CONFIG_REGISTER_MESSAGES)
		memcpy(buffer->words, out->words, sizeof(out->words));
	memcpy(
	    buffer->direct, block_of(me)->direct, direct_dwords(in.dope) * 4);
	to->received = in.dope;
	return true;
}
