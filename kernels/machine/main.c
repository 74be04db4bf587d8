/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's beginning: everything is set up once, in this order, then the
 * first user thread runs.
 */
#include <clock.h>
#include <command_line.h>
#include <console.h>
#include <coprocessor.h>
#include <dispatch.h>
#include <entry.h>
#include <identity.h>
#include <loader.h>
#include <machine.h>
#include <memory.h>
#include <memory_map.h>
#include <multiboot.h>
#include <panic.h>
#include <space.h>
#include <swapping.h>
#include <thread.h>

static const struct multiboot_info *find_info(uint32_t address)
{
	if (address > PHYSICAL_MAP_SIZE - sizeof(struct multiboot_info))
		return NULL;
	return from_physical(address);
}

/* NULL if there is none, or none that can be reached. */
static const char *command_line_of(const struct multiboot_info *info)
{
	if (!(info->flags & MULTIBOOT_HAS_COMMAND_LINE) ||
	    info->command_line > PHYSICAL_MAP_SIZE - COMMAND_LINE_BYTES)
		return NULL;
	return from_physical(info->command_line);
}

void kernel_main(uint32_t magic, uint32_t info_address)
{
	const struct multiboot_info *info;

	space_init();
	info = magic == MULTIBOOT_LOADER_MAGIC ? find_info(info_address) : NULL;
	command_line_init(info ? command_line_of(info) : NULL);
	console_init(info);
	print("%s\n", kernel_identity);
	if (magic != MULTIBOOT_LOADER_MAGIC)
		panic("not started by a Multiboot 1 loader");
	if (!info)
		panic("boot information too high in memory");
	if (info->flags & MULTIBOOT_HAS_COMMAND_LINE && !command_line_of(info))
		panic("the boot loader's command line lies above the 240 MB "
		      "that the kernel reaches: %x",
		    info->command_line);
	cpu_init();
	machine_init();
	coprocessor_init();
	memory_init(info);
	print("# %u KB of memory free\n", memory_at_boot);
	frames_when_short(tcb_give_frames);
	dispatch_init(thread_tidy);
	load_modules(info);
	machine_check_clock();
	machine_start_watchdog();
	clock_init();
	dispatch_start();
}
