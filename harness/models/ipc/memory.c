/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"
#include "../../../bench/fuzz/contents.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Addresses of the host's choice; the guest's are others. */
#define BOUNDARY (2 * REGION_BYTES)
#define CONSTANTS_AT 0x1000
#define GIVEN_AT (3 * REGION_BYTES)
#define POOL_AT (4 * REGION_BYTES)

#define ZONE_PAGES (ZONE_BYTES / PAGE_BYTES)
#define MOST_OBJECTS 1024
#define LONGEST_CHAIN 8

static const struct constants constants = CONSTANTS;

/* A page that has come from elsewhere. */
struct page {
	uint8_t *bytes; /* or NULL */
	bool writable;
};

/* Pages that can come. */
struct object {
	uint32_t from_space, source, address, bytes;
	bool writable;
};

static struct space {
	uint8_t area[AREA_BELOW + AREA_ABOVE];
	uint8_t edge[EDGE_BYTES];
	uint8_t given[ARENAS * GIVEN_BYTES];
	struct page zone[ZONE_PAGES];
	struct object objects[MOST_OBJECTS]; /* the latest last */
	uint32_t count;
} spaces[SPACES];

static uint8_t pool[POOL_BYTES];
static uint8_t blocks[PARTIES * BLOCK_BYTES];

static uint32_t chosen;

void memory_start(void)
{
	boundary = BOUNDARY;
	constants_at = CONSTANTS_AT;
	given_at = GIVEN_AT;
	pool_at = POOL_AT;
	memory_choose(0);
	fill_pool();
}

void memory_choose(uint32_t space)
{
	chosen = space;
}

bool are_user_addresses(uint32_t address, uint32_t bytes)
{
	return address < USER_END && bytes <= USER_END - address;
}

static struct page *zone_page(uint32_t space, uint32_t address)
{
	return address - ZONE < ZONE_BYTES
		   ? spaces[space].zone + (address - ZONE) / PAGE_BYTES
		   : NULL;
}

uint8_t *memory_at(uint32_t space, uint32_t address, bool write)
{
	struct space *s = spaces + space;
	uint32_t area = boundary - AREA_BELOW, edge = EDGE_END - EDGE_BYTES;
	const struct page *page = zone_page(space, address);

	if (page)
		return page->bytes && (page->writable || !write)
			   ? page->bytes + address % PAGE_BYTES
			   : NULL;
	if (address - area < sizeof(s->area))
		return s->area + (address - area);
	if (address - edge < EDGE_BYTES)
		return s->edge + (address - edge);
	if (address - given_at < sizeof(s->given))
		return s->given + (address - given_at);
	if (!write && address - constants_at < sizeof(constants))
		return (uint8_t *)&constants + (address - constants_at);
	if (address - party_block(0) < sizeof(blocks))
		return blocks + (address - party_block(0));
	if (space == 0 && address - pool_at < POOL_BYTES)
		return pool + (address - pool_at);
	return NULL;
}

static struct object *find_object(uint32_t space, uint32_t address)
{
	struct space *s = spaces + space;
	uint32_t n;

	for (n = s->count; n-- > 0;)
		if (address - s->objects[n].address < s->objects[n].bytes)
			return s->objects + n;
	return NULL;
}

static void appear(
    uint32_t space, uint32_t address, uint8_t *bytes, bool writable)
{
	struct page *page = zone_page(space, address);

	if (page)
		*page = (struct page){bytes, writable};
}

bool memory_resolve(uint32_t space, uint32_t address, bool write)
{
	uint32_t at = address & -PAGE_BYTES, owner = space, n;
	bool writable = true;

	for (n = 0; n < LONGEST_CHAIN; n++) {
		const struct object *o = find_object(owner, at);
		uint8_t *source;

		if (!o || (write && !o->writable))
			return false;
		writable &= o->writable;
		at = at - o->address + o->source;
		owner = o->from_space;
		source = memory_at(owner, at, false);
		if (source) {
			writable &= memory_at(owner, at, true) != NULL;
			if (write && !writable)
				return false;
			appear(space, address, source, writable);
			return zone_page(space, address);
		}
	}
	return false;
}

static void forget(struct space *s, uint32_t n)
{
	s->count--;
	memmove(s->objects + n, s->objects + n + 1,
	    (s->count - n) * sizeof(s->objects[0]));
}

/* What is left of the object: the part before, or if there is none behind. */
static void cut_out(
    struct space *s, uint32_t n, uint32_t address, uint32_t bytes)
{
	struct object *o = s->objects + n;
	uint32_t front;

	if (address >= o->address + o->bytes || o->address >= address + bytes)
		return;
	if (address > o->address) {
		o->bytes = address - o->address;
		return;
	}
	front = address + bytes - o->address;
	if (front >= o->bytes) {
		forget(s, n);
		return;
	}
	o->address += front;
	o->source += front;
	o->bytes -= front;
}

void memory_unmap(uint32_t space, uint32_t address, uint32_t bytes)
{
	struct space *s = spaces + space;
	uint32_t n;

	if (bytes == 0)
		return;
	for (n = s->count; n-- > 0;)
		cut_out(s, n, address, bytes);
	for (n = 0; n < bytes; n += PAGE_BYTES)
		appear(space, address + n, NULL, false);
}

/* The fuzzer clears these places in the end: elsewhere an object would stay. */
static void expect_clearing(uint32_t address, uint32_t bytes)
{
	if (address == EDGE_END && bytes == PAGE_BYTES)
		return;
	if (address >= ZONE && bytes <= ZONE_END - address)
		return;
	fprintf(stderr, "ipc model: an object would stay at %08x\n", address);
	exit(2);
}

void memory_place(uint32_t from_space, uint32_t source, uint32_t to_space,
    uint32_t address, uint32_t bytes, bool writable)
{
	struct space *s = spaces + to_space;

	if (bytes == 0)
		return;
	expect_clearing(address, bytes);
	memory_unmap(to_space, address, bytes);
	if (s->count == MOST_OBJECTS)
		forget(s, 0);
	s->objects[s->count++] =
	    (struct object){from_space, source, address, bytes, writable};
}

uint32_t memory_move(uint32_t from_space, uint32_t to_space, uint32_t address,
    uint32_t bytes, bool writable)
{
	uint32_t moved = 0, n;

	if (from_space == to_space)
		return 0;
	memory_unmap(to_space, address, bytes);
	for (n = 0; n < bytes; n += PAGE_BYTES) {
		const struct page *page = zone_page(from_space, address + n);

		if (!page || !page->bytes)
			continue;
		appear(to_space, address + n, page->bytes,
		    writable && page->writable);
		moved++;
	}
	memory_unmap(from_space, address, bytes);
	return moved;
}

void memory_share(uint32_t from_space, uint32_t source, uint32_t to_space,
    uint32_t address, bool writable)
{
	appear(
	    to_space, address, memory_at(from_space, source, false), writable);
}

bool memory_is_readable(uint32_t address)
{
	return memory_at(chosen, address, false) ||
	       memory_resolve(chosen, address, false);
}

/* A party's own access: it never fails, or the fuzzer is wrong. The page may be
 * one of an object that nobody has touched yet. */
static uint8_t *own(uint32_t address, bool write)
{
	uint8_t *found = memory_at(chosen, address, write);

	if (!found && memory_resolve(chosen, address, write))
		found = memory_at(chosen, address, write);
	if (!found) {
		fprintf(stderr, "ipc model: a party would fault at %08x\n",
		    address);
		exit(2);
	}
	return found;
}

uint32_t memory_get(uint32_t address)
{
	uint8_t bytes[4];
	uint32_t value, n;

	if (address % PAGE_BYTES <= PAGE_BYTES - 4) {
		memcpy(&value, own(address, false), 4);
		return value;
	}
	for (n = 0; n < 4; n++)
		bytes[n] = *own(address + n, false);
	memcpy(&value, bytes, 4);
	return value;
}

void memory_put(uint32_t address, uint32_t value)
{
	uint32_t n;

	if (address % PAGE_BYTES <= PAGE_BYTES - 4) {
		memcpy(own(address, true), &value, 4);
		return;
	}
	for (n = 0; n < 4; n++)
		*own(address + n, true) = (uint8_t)(value >> 8 * n);
}

uint8_t memory_get_byte(uint32_t address)
{
	return *own(address, false);
}

void memory_put_byte(uint32_t address, uint8_t value)
{
	*own(address, true) = value;
}
