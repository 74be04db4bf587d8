/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot loader's memory map: only what is free, and nothing that the loader
 * has put there, becomes frames.
 */
#include <memory_map.h>
#include <memory.h>
#include <panic.h>

#define ENTRY_BYTES (sizeof(struct multiboot_region) - sizeof(uint32_t))

extern char kernel_start[], kernel_end[];

uint32_t memory_at_boot;

/* The part of it that the kernel can reach, from and to an address; or none. */
static bool cut(const struct multiboot_region *r, uint32_t *from, uint32_t *to)
{
	uint64_t room;

	if (r->address >= PHYSICAL_MAP_SIZE)
		return false;
	room = PHYSICAL_MAP_SIZE - r->address;
	*from = (uint32_t)r->address;
	*to = *from + (uint32_t)(r->length < room ? r->length : room);
	return true;
}

/* All regions that are free, or all that are not: where two overlap, the memory
 * is not free. */
static void for_regions(const struct multiboot_info *info, bool are_free,
    void (*take)(uint32_t from, uint32_t to))
{
	uint32_t done = 0, from, to;

	while (done < info->mmap_length) {
		const struct multiboot_region *r =
		    from_physical(info->mmap_address + done);
		uint32_t left = info->mmap_length - done;

		if (left < sizeof(*r) || r->size < ENTRY_BYTES ||
		    r->size > left - sizeof(r->size))
			panic("the boot loader's memory map is damaged at "
			      "byte %u of %u",
			    done, info->mmap_length);
		if ((r->type == MULTIBOOT_REGION_FREE) == are_free &&
		    cut(r, &from, &to))
			take(from, to);
		done += r->size + sizeof(r->size);
	}
}

/* Keeps what the loader has put there. n: which module, or -1. */
static void keep(const char *what, uint32_t n, uint32_t address, uint32_t bytes)
{
	const char *trouble = NULL;

	if (address >= PHYSICAL_MAP_SIZE || bytes > PHYSICAL_MAP_SIZE - address)
		trouble = "lies above the 240 MB that the kernel reaches";
	else if (bytes && address < physical(kernel_end) &&
		 address + bytes > physical(kernel_start))
		trouble = "lies where the kernel is";
	if (trouble && n != UINT32_MAX)
		panic("the boot loader's %s %u %s: %x, %u bytes", what, n,
		    trouble, address, bytes);
	if (trouble)
		panic("the boot loader's %s %s: %x, %u bytes", what, trouble,
		    address, bytes);
	frames_reserve(address, address + bytes);
}

static void keep_modules(const struct multiboot_info *info)
{
	const struct multiboot_module *module =
	    from_physical(info->modules_address);
	uint32_t n;

	if (info->modules > PAGE_SIZE)
		panic("the boot loader has %u modules", info->modules);
	keep("list of modules", UINT32_MAX, info->modules_address,
	    info->modules * sizeof(*module));
	for (n = 0; n < info->modules; n++) {
		if (module[n].end < module[n].start)
			panic("module %u ends before it begins", n);
		keep("module", n, module[n].start,
		    module[n].end - module[n].start);
	}
}

void memory_init(const struct multiboot_info *info)
{
	frames_begin();
	if (info->flags & MULTIBOOT_HAS_MMAP) {
		keep("memory map", UINT32_MAX, info->mmap_address,
		    info->mmap_length);
		for_regions(info, true, frames_add);
		for_regions(info, false, frames_reserve);
		keep("memory map", UINT32_MAX, info->mmap_address,
		    info->mmap_length);
	} else if (info->flags & MULTIBOOT_HAS_MEMORY) {
		struct multiboot_region r = {0, 0x100000,
		    (uint64_t)info->upper_kb << 10, MULTIBOOT_REGION_FREE};
		uint32_t from, to;

		if (cut(&r, &from, &to))
			frames_add(from, to);
	} else {
		panic("the boot loader tells nothing about memory");
	}
	keep("information", UINT32_MAX, physical(info), sizeof(*info));
	if (info->flags & MULTIBOOT_HAS_MODULES)
		keep_modules(info);
	frames_count();
	memory_at_boot = frames_free * (PAGE_SIZE / 1024);
}
