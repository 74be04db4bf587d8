/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames of physical memory: how many users each one has, and which are free.
 * What is free at boot machine/memory_map.c tells.
 */
#include <memory.h>
#include <config.h>
#include <stdbool.h>

#define MAX_FRAMES (PHYSICAL_MAP_SIZE / PAGE_SIZE)

uint32_t frames_free;

static uint16_t users[MAX_FRAMES]; /* of each frame; 0: free */
static uint32_t frames_end;
static uint32_t search_from = FRAMES_START / PAGE_SIZE;
static bool (*give_frames)(uint32_t count);

void frames_begin(void)
{
	uint32_t frame;

	for (frame = 0; frame < MAX_FRAMES; frame++)
		users[frame] = 1;
}

void frames_add(uint32_t address, uint32_t end)
{
	uint32_t frame = pages(address), last = end / PAGE_SIZE;

	if (frame < FRAMES_START / PAGE_SIZE)
		frame = FRAMES_START / PAGE_SIZE;
	for (; frame < last; frame++)
		users[frame] = 0;
	if (last > frames_end)
		frames_end = last;
}

void frames_reserve(uint32_t address, uint32_t end)
{
	uint32_t frame;

	for (frame = address / PAGE_SIZE; frame < pages(end); frame++)
		users[frame] = 1;
}

void frames_count(void)
{
	uint32_t frame;

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

void frames_when_short(bool (*give)(uint32_t count))
{
	give_frames = give;
}

uint32_t frames_allocate(uint32_t count)
{
	uint32_t frame = find_frames(count);

	if (!frame && give_frames && give_frames(count))
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
