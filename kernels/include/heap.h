/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel heap: a free list for each power of two up to a page, whole frames
 * above. As Mach's kalloc and kfree: the caller of release knows the size.
 */
#ifndef HEAP_H
#define HEAP_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes in use, as allocated: rounded up to blocks. */
extern uint32_t heap_used;

/* How many frames are cut into blocks, used and free ones. */
extern uint32_t heap_frames;

/* Not cleared; NULL if there is no memory. */
void *heap_allocate(uint32_t bytes);
void heap_release(void *address, uint32_t bytes);

/* Gives back the frames of which all blocks are free; false if there is none.
 */
bool heap_trim(void);

/* For the assertion walk: are the free blocks whole, and not too many? */
bool heap_adds_up(void);

#endif
