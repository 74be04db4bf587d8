/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address map, the same in every address space above USER_END:
 *
 *	00000000  user (USER_END bytes), the last page never mapped  5.2.3
 *	E0000000  tcb array (64 MB), with CONFIG_VIRTUAL_TCBS     section 5.2.5
 *	E4000000  what physical memory above 240 MB the kernel needs (16 MB)
 *	E5140000  blocks of the task's threads (8 MB), with CONFIG_VIRTUAL_REGISTERS
 *	F0000000  physical memory (up to 240 MB), kernel image in it
 *	FF800000  communication window (8 MB), private to each    section 5.2.3
 *	          address space, with CONFIG_DIRECT_TRANSFER
 */
#ifndef MEMORY_LAYOUT_H
#define MEMORY_LAYOUT_H

#include <config.h>

#define PAGE_SIZE 4096
#define REGION_SIZE 0x400000 /* what one page-directory entry maps: 4 MB */

/* The last page of user space: never mapped, so no copy runs into the kernel.
 */
#define FIREWALL 0xDFFFF000

#define TCB_ARRAY 0xE0000000
#define MAX_THREADS 16384 /* a page each */
#define DEVICE_WINDOW 0xE4000000
#define PHYSICAL_MAP 0xF0000000
#define PHYSICAL_MAP_SIZE 0x0F000000
#define WINDOW 0xFF800000

/*
 * Where a tcb begins in its page. Not at its start (5.5.1): the sets of the
 * cache to which that belongs are those of the first entries of all page
 * directories and page tables too, and of much that programs have aligned.
 */
#if CONFIG_CACHE_LAYOUT
#define TCB_PLACE 128
#else
#define TCB_PLACE 0
#endif

/* What a tcb may have of its page; the rest is for its kernel stack. */
#define TCB_BYTES 512
#define KERNEL_STACK_BYTES (PAGE_SIZE - TCB_BYTES)

#define KERNEL_LOAD_ADDRESS 0x100000 /* physical */

/*
 * Where the kernel's data begin, and the frames that are given away: not where
 * the code and the data end, so that their lengths decide for no page in which
 * set of an external cache it is. Physical.
 */
#define DATA_START 0x118000
#define FRAMES_START 0x216000

#define REGION_OF(address) ((uint32_t)(address) >> 22)

#endif
