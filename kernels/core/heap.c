/* SPDX-License-Identifier: BSD-2-Clause */
#include <heap.h>
#include <memory.h>

#define SMALLEST_LOG2 4
#define LARGEST_LOG2 11 /* half a page; above, whole frames */
#define LISTS (LARGEST_LOG2 - SMALLEST_LOG2 + 1)

struct free_block {
	struct free_block *next;
};

static struct free_block *free_blocks[LISTS];

static uint32_t list_of(uint32_t bytes)
{
	uint32_t n = 0;

	while (bytes > 1u << (n + SMALLEST_LOG2))
		n++;
	return n;
}

/* Cuts a new frame into blocks for the list. */
static void refill(uint32_t n)
{
	uint32_t size = 1u << (n + SMALLEST_LOG2);
	uint32_t frame = frames_allocate(1);
	uint32_t offset;

	if (!frame)
		return;
	for (offset = PAGE_SIZE; offset; offset -= size)
		heap_release(from_physical(frame + offset - size), size);
}

void *heap_allocate(uint32_t bytes)
{
	struct free_block *block;
	uint32_t n, frame;

	if (bytes > 1u << LARGEST_LOG2) {
		frame = frames_allocate(pages(bytes));
		return frame ? from_physical(frame) : NULL;
	}
	n = list_of(bytes);
	if (!free_blocks[n])
		refill(n);
	block = free_blocks[n];
	if (block)
		free_blocks[n] = block->next;
	return block;
}

void heap_release(void *address, uint32_t bytes)
{
	struct free_block *block = address;
	uint32_t n;

	if (bytes > 1u << LARGEST_LOG2) {
		frames_release(physical(address), pages(bytes));
		return;
	}
	n = list_of(bytes);
	block->next = free_blocks[n];
	free_blocks[n] = block;
}
