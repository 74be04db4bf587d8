/* SPDX-License-Identifier: BSD-2-Clause */
#include <memory.h>
#include <heap.h>
#include <config.h>
#include <multiboot.h>
#include <panic.h>
#include <stdbool.h>
#include <swapping.h>

#define MAX_FRAMES (PHYSICAL_MAP_SIZE / PAGE_SIZE)
#define FIRST_FRAME (0x100000 / PAGE_SIZE) /* below 1 MB is the BIOS's */

extern char kernel_end[];

uint32_t frames_free;

static uint16_t users[MAX_FRAMES]; /* of each frame; 0: free */
static uint32_t frames_end;
static uint32_t search_from = FIRST_FRAME;

/* Marks the frames that lie in address .. address + bytes - 1. */
static void reserve(uint32_t address, uint32_t bytes)
{
	uint32_t frame = address / PAGE_SIZE;
	uint32_t end = pages(address % PAGE_SIZE + bytes) + frame;

	for (; frame < end && frame < MAX_FRAMES; frame++)
		users[frame] = 1;
}

static void add_memory(uint64_t address, uint64_t bytes)
{
	uint64_t frame = (address + PAGE_SIZE - 1) / PAGE_SIZE;
	uint64_t end = (address + bytes) / PAGE_SIZE;

	for (; frame < end && frame < MAX_FRAMES; frame++)
		if (frame >= FIRST_FRAME)
			users[frame] = 0;
	if (end > MAX_FRAMES)
		end = MAX_FRAMES;
	if (end > frames_end)
		frames_end = (uint32_t)end;
}

static void add_memory_map(const struct multiboot_info *info)
{
	uint32_t entry = info->mmap_address;

	while (entry < info->mmap_address + info->mmap_length) {
		const struct multiboot_region *r = from_physical(entry);

		if (r->type == MULTIBOOT_REGION_FREE)
			add_memory(r->address, r->length);
		entry += r->size + sizeof(r->size);
	}
}

static void reserve_modules(const struct multiboot_info *info)
{
	const struct multiboot_module *module =
	    from_physical(info->modules_address);
	uint32_t n;

	reserve(info->modules_address, info->modules * sizeof(*module));
	for (n = 0; n < info->modules; n++)
		reserve(module[n].start, module[n].end - module[n].start);
}

void memory_init(const struct multiboot_info *info)
{
	uint32_t frame;

	for (frame = 0; frame < MAX_FRAMES; frame++)
		users[frame] = 1;
	if (info->flags & MULTIBOOT_HAS_MMAP)
		add_memory_map(info);
	else if (info->flags & MULTIBOOT_HAS_MEMORY)
		add_memory(0x100000, (uint64_t)info->upper_kb << 10);
	else
		panic("the boot loader tells nothing about memory");
	reserve(
	    KERNEL_LOAD_ADDRESS, physical(kernel_end) - KERNEL_LOAD_ADDRESS);
	reserve(physical(info), sizeof(*info));
	if (info->flags & MULTIBOOT_HAS_MMAP)
		reserve(info->mmap_address, info->mmap_length);
	if (info->flags & MULTIBOOT_HAS_COMMAND_LINE)
		reserve(info->command_line, COMMAND_LINE_BYTES);
	if (info->flags & MULTIBOOT_HAS_MODULES)
		reserve_modules(info);
	for (frame = 0; frame < frames_end; frame++)
		if (!users[frame])
			frames_free++;
}

static uint32_t take(uint32_t frame, uint32_t count)
{
	uint32_t n;

	for (n = 0; n < count; n++)
		users[frame + n] = 1;
	frames_free -= count;
	return frame * PAGE_SIZE;
}

/* 0 if there are not so many in a row. */
static uint32_t find_frames(uint32_t count)
{
	uint32_t frame, run = 0;

	if (frames_free < count)
		return 0;
	/* Nothing before search_from is free. */
	while (search_from < frames_end && users[search_from])
		search_from++;
	for (frame = search_from; frame < frames_end; frame++) {
		run = users[frame] ? 0 : run + 1;
		if (run == count)
			return take(frame + 1 - count, count);
	}
	return 0;
}

uint32_t frames_allocate(uint32_t count)
{
	uint32_t frame = find_frames(count);

	if (!frame && heap_trim()) {
		tcb_refill_reserve();
		frame = find_frames(count);
	}
	if (!frame && count == 1 && tcb_reclaim())
		frame = find_frames(count);
	return frame;
}

uint32_t frame_allocate_last(void)
{
	uint32_t frame = frames_end;

	while (frame-- > search_from)
		if (!users[frame])
			return take(frame, 1);
	return 0;
}

bool frame_share(uint32_t address)
{
	uint16_t *count = users + address / PAGE_SIZE;

	if (*count == UINT16_MAX)
		return false;
	++*count;
	return true;
}

void frames_release(uint32_t address, uint32_t count)
{
	uint32_t frame = address / PAGE_SIZE, end = frame + count;

	for (; frame < end; frame++) {
		if (--users[frame])
			continue;
		frames_free++;
		if (frame < search_from)
			search_from = frame;
	}
}

#if CONFIG_ASSERTIONS
bool frames_add_up(void)
{
	uint32_t frame, free = 0;

	for (frame = 0; frame < frames_end; frame++)
		if (!users[frame])
			free++;
	return free == frames_free;
}
#endif

void *memset(void *to, int value, size_t bytes)
{
	void *start = to;

	asm volatile("rep stosb"
		     : "+D"(to), "+c"(bytes)
		     : "a"(value)
		     : "memory");
	return start;
}

void *memcpy(void *to, const void *from, size_t bytes)
{
	void *start = to;

	asm volatile("rep movsb"
		     : "+D"(to), "+S"(from), "+c"(bytes)
		     :
		     : "memory");
	return start;
}
