/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address map, the same in every address space above USER_END:
 *
 *	00000000  user (USER_END bytes)
 *	E0000000  tcb array (64 MB), with CONFIG_VIRTUAL_TCBS     section 5.2.5
 *	F0000000  physical memory (up to 240 MB), kernel image in it
 *	FF800000  communication window (8 MB), private to each    section 5.2.3
 *	          address space, with CONFIG_DIRECT_TRANSFER
 */
#ifndef MEMORY_LAYOUT_H
#define MEMORY_LAYOUT_H

#define PAGE_SIZE 4096
#define REGION_SIZE 0x400000 /* what one page-directory entry maps: 4 MB */

#define TCB_ARRAY 0xE0000000
#define PHYSICAL_MAP 0xF0000000
#define PHYSICAL_MAP_SIZE 0x0F000000
#define WINDOW 0xFF800000

#define KERNEL_LOAD_ADDRESS 0x100000 /* physical */

#define REGION_OF(address) ((uint32_t)(address) >> 22)

#endif
