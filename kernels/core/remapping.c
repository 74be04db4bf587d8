/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages that move from the sender's space to the receiver's, an extension
 * (7.2).
 */
#include <remapping.h>
#include <cpu.h>
#include <mapping.h>
#include <space.h>

#define ENTRIES (PAGE_SIZE / 4)

static uint32_t table_of(const struct task *task, uint32_t address)
{
	return task->directory[REGION_OF(address)];
}

static bool has_table(const struct task *task, uint32_t address)
{
	return table_of(task, address) & PTE_PRESENT;
}

/* If there is a table. */
static uint32_t *entry_of(const struct task *task, uint32_t address)
{
	uint32_t *table = from_physical(table_of(task, address) & PTE_FRAME);

	return table + address / PAGE_SIZE % ENTRIES;
}

static uint32_t next_region(uint32_t address, uint32_t end)
{
	uint32_t next = (address | (REGION_SIZE - 1)) + 1;

	return next < end ? next : end;
}

bool pages_make_tables(
    const struct task *from, struct task *to, uint32_t address, uint32_t bytes)
{
	uint32_t end = address + bytes;

	for (; address < end; address = next_region(address, end))
		if (has_table(from, address) && !make_entry(to, address))
			return false;
	return true;
}

bool pages_have_tables(const struct task *from, const struct task *to,
    uint32_t address, uint32_t bytes)
{
	uint32_t end = address + bytes;

	for (; address < end; address = next_region(address, end))
		if (has_table(from, address) && !has_table(to, address))
			return false;
	return true;
}

/* The users of a frame are as many as before. */
static void move_entries(
    uint32_t *from, uint32_t *to, uint32_t pages, uint32_t rights)
{
	for (; pages; pages--, from++, to++) {
		if (*to & PTE_PRESENT)
			frames_release(*to & PTE_FRAME, 1);
		*to = *from & rights;
		*from = 0;
	}
}

static void forget(struct task *task, uint32_t address, uint32_t bytes)
{
	if (!list_empty(&task->mappings))
		mapping_forget(task, address, bytes);
}

bool pages_move_simply(const struct task *from, const struct task *to,
    uint32_t address, uint32_t bytes, bool writable)
{
	if (from == to || !list_empty(&from->mappings) ||
	    !list_empty(&to->mappings) ||
	    address % REGION_SIZE + bytes > REGION_SIZE ||
	    !(table_of(from, address) & table_of(to, address) & PTE_PRESENT))
		return false;
	move_entries(entry_of(from, address), entry_of(to, address),
	    bytes / PAGE_SIZE, writable ? ~0u : ~(uint32_t)PTE_WRITABLE);
	return true;
}

void pages_move(struct task *from, struct task *to, uint32_t address,
    uint32_t bytes, bool writable)
{
	uint32_t rights = writable ? ~0u : ~(uint32_t)PTE_WRITABLE;
	uint32_t end = address + bytes, next;

	if (from == to || bytes == 0)
		return;
	forget(from, address, bytes);
	forget(to, address, bytes);
	for (; address < end; address = next) {
		next = next_region(address, end);
		if (has_table(from, address))
			move_entries(entry_of(from, address),
			    entry_of(to, address), (next - address) / PAGE_SIZE,
			    rights);
		else
			task_unmap(to, address, next - address);
	}
	/* All: the pages may be seen in the window too. */
	flush_tlb();
}
