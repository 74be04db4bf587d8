/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's beginning: everything is set up once, in this order, then the
 * first user thread runs.
 */
#include <clock.h>
#include <console.h>
#include <dispatch.h>
#include <entry.h>
#include <identity.h>
#include <loader.h>
#include <memory.h>
#include <multiboot.h>
#include <panic.h>
#include <space.h>

/* In traps, a coprocessor that nobody switches must not be used: CR0.EM. */
static void disable_coprocessor(void)
{
	uint32_t cr0;

	asm volatile("movl %%cr0, %0" : "=r"(cr0));
	asm volatile("movl %0, %%cr0" : : "r"(cr0 | 4));
}

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
	disable_coprocessor();
	memory_init(info);
	print("# %u KB of memory free\n", frames_free * (PAGE_SIZE / 1024));
	dispatch_init();
	load_modules(info);
	clock_init();
	dispatch_start();
}
