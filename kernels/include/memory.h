/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Physical memory, in frames of PAGE_SIZE. All of it (up to
 * PHYSICAL_MAP_SIZE) is mapped at PHYSICAL_MAP.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <memory_layout.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many frames are free. */
extern uint32_t frames_free;

/*
 * At boot: no frame is free; those wholly in address .. end - 1, from
 * FRAMES_START on, are; those touched by it are not; what is free now is
 * counted. All below PHYSICAL_MAP_SIZE.
 */
void frames_begin(void);
void frames_add(uint32_t address, uint32_t end);
void frames_reserve(uint32_t address, uint32_t end);
void frames_count(void);

/*
 * From now on, when an allocation finds no count frames, it calls give, which
 * releases some if it can: then it tries once more. give returns whether it
 * has.
 */
void frames_when_short(bool (*give)(uint32_t count));

/* Physical address of count consecutive frames, not cleared; 0 if none. */
uint32_t frames_allocate(uint32_t count);
void frames_release(uint32_t address, uint32_t count);

/* The last free frame, likewise; 0 if none. */
uint32_t frame_allocate_last(void);

/*
 * One more user of a frame: it is free when as many have released it. False
 * if it has too many already.
 */
bool frame_share(uint32_t address);
/* For the assertion walk: are as many frames free as are counted? */
bool frames_add_up(void);

static inline void *from_physical(uint32_t address)
{
	return (void *)(address + PHYSICAL_MAP);
}

static inline uint32_t physical(const void *address)
{
	return (uint32_t)address - PHYSICAL_MAP;
}

static inline uint32_t pages(uint32_t bytes)
{
	return (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
}

void *memset(void *to, int value, size_t bytes);
void *memcpy(void *to, const void *from, size_t bytes);

#endif
