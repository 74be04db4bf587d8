/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocks of a few sizes, out of frames: for tasks, mappings, and tcbs that are
 * swapped out.
 */
#include <heap.h>
#include <config.h>
#include <memory.h>

#define SMALLEST_LOG2 4
#define LARGEST_LOG2 11 /* half a page; above, whole frames */
#define LISTS (LARGEST_LOG2 - SMALLEST_LOG2 + 1)

struct free_block {
	struct free_block *next;
};

uint32_t heap_used, heap_frames;

static struct free_block *free_blocks[LISTS];

#if CONFIG_ASSERTIONS
static uint32_t blocks_made[LISTS];
#endif

static uint32_t list_of(uint32_t bytes)
{
	uint32_t n = 0;

	while (bytes > 1u << (n + SMALLEST_LOG2))
		n++;
	return n;
}

static void put(uint32_t n, struct free_block *block)
{
	block->next = free_blocks[n];
	free_blocks[n] = block;
}

/* Free blocks in each frame, while heap_trim counts; 0 otherwise. */
static uint16_t free_in_frame[PHYSICAL_MAP_SIZE / PAGE_SIZE];

static uint16_t *count_of(const struct free_block *block)
{
	return free_in_frame + physical(block) / PAGE_SIZE;
}

/* Is it in a frame of which all blocks are free? */
static bool is_spare(const struct free_block *block, uint32_t n)
{
	return *count_of(block) == PAGE_SIZE >> (n + SMALLEST_LOG2);
}

/* The first block of each spare frame gives back the frame. */
static void release_spare(struct free_block *block, uint32_t n)
{
	if ((uint32_t)block % PAGE_SIZE)
		return;
#if CONFIG_ASSERTIONS
	blocks_made[n] -= PAGE_SIZE >> (n + SMALLEST_LOG2);
#endif
	(void)n;
	heap_frames--;
	frames_release(physical(block), 1);
}

static void trim_list(uint32_t n)
{
	struct free_block *block, *next, **link = &free_blocks[n];
	struct free_block *spare = NULL;

	for (block = free_blocks[n]; block; block = block->next)
		++*count_of(block);
	for (block = free_blocks[n]; block; block = next) {
		next = block->next;
		if (is_spare(block, n)) {
			block->next = spare;
			spare = block;
		} else {
			*link = block;
			link = &block->next;
		}
	}
	*link = NULL;
	for (block = free_blocks[n]; block; block = block->next)
		*count_of(block) = 0;
	for (block = spare; block; block = next) {
		next = block->next;
		*count_of(block) = 0;
		release_spare(block, n);
	}
}

bool heap_trim(void)
{
	uint32_t before = frames_free, n;

	for (n = 0; n < LISTS; n++)
		trim_list(n);
	return frames_free > before;
}

/* Cuts a new frame into blocks for the list. */
static void refill(uint32_t n)
{
	uint32_t size = 1u << (n + SMALLEST_LOG2);
	uint32_t frame = frames_allocate(1);
	uint32_t offset;

	if (!frame)
		return;
	heap_frames++;
#if CONFIG_ASSERTIONS
	blocks_made[n] += PAGE_SIZE / size;
#endif
	for (offset = PAGE_SIZE; offset; offset -= size)
		put(n, from_physical(frame + offset - size));
}

void *heap_allocate(uint32_t bytes)
{
	struct free_block *block;
	uint32_t n, frame;

	if (bytes > 1u << LARGEST_LOG2) {
		frame = frames_allocate(pages(bytes));
		if (!frame)
			return NULL;
		heap_used += pages(bytes) * PAGE_SIZE;
		return from_physical(frame);
	}
	n = list_of(bytes);
	if (!free_blocks[n])
		refill(n);
	block = free_blocks[n];
	if (!block)
		return NULL;
	free_blocks[n] = block->next;
	heap_used += 1u << (n + SMALLEST_LOG2);
	return block;
}

void heap_release(void *address, uint32_t bytes)
{
	uint32_t n;

	if (bytes > 1u << LARGEST_LOG2) {
		heap_used -= pages(bytes) * PAGE_SIZE;
		frames_release(physical(address), pages(bytes));
		return;
	}
	n = list_of(bytes);
	heap_used -= 1u << (n + SMALLEST_LOG2);
	put(n, address);
}

#if CONFIG_ASSERTIONS
bool heap_adds_up(void)
{
	uint32_t n;

	for (n = 0; n < LISTS; n++) {
		uint32_t size = 1u << (n + SMALLEST_LOG2), blocks = 0;
		const struct free_block *block = free_blocks[n];

		for (; block; block = block->next)
			if ((uint32_t)block % size ||
			    (uint32_t)block < PHYSICAL_MAP ||
			    ++blocks > blocks_made[n])
				return false;
	}
	return true;
}
#endif
