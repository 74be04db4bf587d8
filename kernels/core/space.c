/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address spaces: page directories and tables of tasks, and the kernel's part,
 * which is the same in all of them.
 */
#include <space.h>
#include <entry.h>

#define ENTRIES (PAGE_SIZE / 4)
#define USER_REGIONS REGION_OF(USER_END)
#define PHYSICAL_TABLES (PHYSICAL_MAP_SIZE / REGION_SIZE)
#define BLOCKS_END (BLOCKS + MAX_THREADS * BLOCK_BYTES)
#define TCB_TABLES (MAX_THREADS * PAGE_SIZE / REGION_SIZE)

#define PAGE_ALIGNED __attribute__((aligned(PAGE_SIZE)))

uint32_t kernel_directory[ENTRIES] PAGE_ALIGNED;

static uint32_t physical_tables[PHYSICAL_TABLES * ENTRIES] PAGE_ALIGNED;
static uint32_t tcb_tables[TCB_TABLES * ENTRIES] PAGE_ALIGNED;

static void set_tables(uint32_t base, const uint32_t *tables, uint32_t count)
{
	uint32_t n;

	for (n = 0; n < count; n++)
		kernel_directory[REGION_OF(base) + n] =
		    physical(tables + n * ENTRIES) | PTE_PRESENT | PTE_WRITABLE;
}

void space_init(void)
{
	uint32_t frame;

	for (frame = 0; frame < PHYSICAL_TABLES * ENTRIES; frame++)
		physical_tables[frame] =
		    frame * PAGE_SIZE | PTE_PRESENT | PTE_WRITABLE;
	/* The page below the processor's stack: too much on it must fault. */
	physical_tables[physical(processor_stack_guard) / PAGE_SIZE] = 0;
	set_tables(PHYSICAL_MAP, physical_tables, PHYSICAL_TABLES);
	if (CONFIG_VIRTUAL_TCBS)
		set_tables(TCB_ARRAY, tcb_tables, TCB_TABLES);
	load_cr3(physical(kernel_directory));
}

void kernel_map_page(uint32_t address, uint32_t frame, uint32_t flags)
{
	tcb_tables[(address - TCB_ARRAY) / PAGE_SIZE] =
	    frame | flags | PTE_PRESENT;
	flush_tlb_page(address);
}

uint32_t kernel_unmap_page(uint32_t address)
{
	uint32_t *entry = tcb_tables + (address - TCB_ARRAY) / PAGE_SIZE;
	uint32_t frame = *entry & PTE_FRAME;

	*entry = 0;
	flush_tlb_page(address);
	return frame;
}

bool kernel_page_used(uint32_t address)
{
	uint32_t *entry = tcb_tables + (address - TCB_ARRAY) / PAGE_SIZE;
	bool used = *entry & PTE_ACCESSED;

	*entry &= ~PTE_ACCESSED;
	flush_tlb_page(address);
	return used;
}

bool space_create(struct task *task)
{
	uint32_t directory = frames_allocate(1);

	if (!directory)
		return false;
	task->directory_address = directory;
	task->directory = from_physical(directory);
	memcpy(task->directory, kernel_directory, PAGE_SIZE);
	return true;
}

static void table_release(uint32_t directory_entry)
{
	uint32_t *table = from_physical(directory_entry & PTE_FRAME);
	uint32_t n;

	for (n = 0; n < ENTRIES; n++)
		if (table[n] & PTE_PRESENT)
			frames_release(table[n] & PTE_FRAME, 1);
	frames_release(directory_entry & PTE_FRAME, 1);
}

void space_destroy(struct task *task)
{
	uint32_t region;

	for (region = 0; region < USER_REGIONS; region++)
		if (task->directory[region] & PTE_PRESENT)
			table_release(task->directory[region]);
	for (region = REGION_OF(BLOCKS); region <= REGION_OF(BLOCKS_END - 1);
	     region++)
		if (CONFIG_VIRTUAL_REGISTERS &&
		    (task->directory[region] & PTE_PRESENT))
			table_release(task->directory[region]);
	frames_release(task->directory_address, 1);
	/* The window may have shown the page tables of the task. */
	flush_tlb();
}

static uint32_t cleared_frame(void)
{
	uint32_t frame = frames_allocate(1);

	if (frame)
		memset(from_physical(frame), 0, PAGE_SIZE);
	return frame;
}

uint32_t *make_entry(struct task *task, uint32_t address)
{
	uint32_t *region = task->directory + REGION_OF(address);

	if (!(*region & PTE_PRESENT)) {
		*region = cleared_frame();
		if (!*region)
			return NULL;
		*region |= PTE_PRESENT | PTE_WRITABLE | PTE_USER;
	}
	return (uint32_t *)from_physical(*region & PTE_FRAME) +
	       address / PAGE_SIZE % ENTRIES;
}

void *task_page(struct task *task, uint32_t address, bool writable)
{
	uint32_t *entry = make_entry(task, address);

	if (!entry)
		return NULL;
	if (!(*entry & PTE_PRESENT)) {
		*entry = cleared_frame();
		if (!*entry)
			return NULL;
		*entry |= PTE_PRESENT | PTE_USER;
	}
	if (writable)
		*entry |= PTE_WRITABLE;
	return from_physical(*entry & PTE_FRAME);
}

uint32_t page_entry(const struct task *task, uint32_t address)
{
	uint32_t region = task->directory[REGION_OF(address)];
	const uint32_t *table = from_physical(region & PTE_FRAME);

	if (address >= USER_END || !(region & PTE_PRESENT))
		return 0;
	return table[address / PAGE_SIZE % ENTRIES];
}

bool page_allows(const struct task *task, uint32_t address, bool write)
{
	uint32_t entry = page_entry(task, address);

	return (entry & PTE_PRESENT) && (!write || (entry & PTE_WRITABLE));
}

bool task_share(
    struct task *task, uint32_t address, uint32_t frame, bool writable)
{
	uint32_t *entry;

	if (address >= FIREWALL)
		return false;
	entry = make_entry(task, address);
	if (!entry || !frame_share(frame))
		return false;
	if (*entry & PTE_PRESENT)
		frames_release(*entry & PTE_FRAME, 1);
	*entry = frame | PTE_PRESENT | PTE_USER | (writable ? PTE_WRITABLE : 0);
	/* All: the page may be seen in the window too. */
	flush_tlb();
	return true;
}

void task_unmap(struct task *task, uint32_t address, uint32_t bytes)
{
	uint32_t end = address + bytes;

	while (address < end) {
		uint32_t *region = task->directory + REGION_OF(address);
		uint32_t *entry;

		if (!(*region & PTE_PRESENT)) {
			address = (address | (REGION_SIZE - 1)) + 1;
			continue;
		}
		entry = make_entry(task, address);
		if (*entry & PTE_PRESENT)
			frames_release(*entry & PTE_FRAME, 1);
		*entry = 0;
		address += PAGE_SIZE;
	}
	flush_tlb();
}
