/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's beginning: everything is set up once, in this order, then the
 * first user thread runs.
 */
#include <clock.h>
#include <console.h>
#include <coprocessor.h>
#include <dispatch.h>
#include <entry.h>
#include <identity.h>
#include <loader.h>
#include <memory.h>
#include <multiboot.h>
#include <panic.h>
#include <space.h>

void kernel_main(uint32_t magic, uint32_t info_address)
{
	const struct multiboot_info *info;

	space_init();
	console_init();
	print("%s\n", kernel_identity);
	if (magic != MULTIBOOT_LOADER_MAGIC)
		panic("not started by a Multiboot 1 loader");
	if (info_address > PHYSICAL_MAP_SIZE - sizeof(*info))
		panic("boot information too high in memory");
	info = from_physical(info_address);
	cpu_init();
	coprocessor_init();
	memory_init(info);
	print("# %u KB of memory free\n", frames_free * (PAGE_SIZE / 1024));
	dispatch_init();
	load_modules(info);
	clock_init();
	dispatch_start();
}
