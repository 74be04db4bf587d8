/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a Multiboot 1 loader (GRUB, QEMU -kernel) tells the kernel. All
 * addresses are physical.
 */
#ifndef MULTIBOOT_H
#define MULTIBOOT_H

#define MULTIBOOT_HEADER_MAGIC 0x1BADB002
/* Align modules, tell about memory, set a video mode. */
#define MULTIBOOT_HEADER_FLAGS 0x7
#define MULTIBOOT_TEXT_MODE 1 /* what we would like best */
#define MULTIBOOT_LOADER_MAGIC 0x2BADB002

#define COMMAND_LINE_BYTES 1024 /* the kernel looks no further */

#ifndef __ASSEMBLER__

#include <stdint.h>

#define MULTIBOOT_HAS_MEMORY 0x1
#define MULTIBOOT_HAS_COMMAND_LINE 0x4
#define MULTIBOOT_HAS_MODULES 0x8
#define MULTIBOOT_HAS_MMAP 0x40
#define MULTIBOOT_HAS_FRAMEBUFFER 0x1000

#define MULTIBOOT_FRAMEBUFFER_RGB 1

#define MULTIBOOT_REGION_FREE 1

struct multiboot_info {
	uint32_t flags;
	uint32_t lower_kb, upper_kb;
	uint32_t boot_device;
	uint32_t command_line;
	uint32_t modules, modules_address;
	uint32_t symbols[4];
	uint32_t mmap_length, mmap_address;
	uint32_t drives[2];
	uint32_t configuration;
	uint32_t loader_name;
	uint32_t power_management;
	uint32_t vbe[4];
	uint64_t framebuffer;
	uint32_t pitch, width, height; /* bytes a line, pixels, pixels */
	uint8_t bits_per_pixel, framebuffer_type;
	/* Of type RGB: where each colour's bits begin, and how many they are.
	 */
	struct {
		uint8_t position, bits;
	} colours[3];
} __attribute__((packed));

struct multiboot_module {
	uint32_t start, end;
	uint32_t name;
	uint32_t reserved;
};

struct multiboot_region {
	uint32_t size; /* of what follows */
	uint64_t address, length;
	uint32_t type;
} __attribute__((packed));

#endif /* __ASSEMBLER__ */
#endif
