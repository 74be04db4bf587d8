/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the parties' memory is. Every party has an arena, at the same address
 * in every space; the arenas lie around an address at which the second of the
 * regions of 4 MB begins that the communication window can show (5.2.3).
 */
#ifndef FUZZ_PLACES_H
#define FUZZ_PLACES_H

#include "calls.h"

#define REGION_BYTES 0x400000

/* An arena. Between the parts nobody writes. */
#define ARENA_BYTES 0xB000
#define VARIABLE_ROOM 0x2500 /* 255 of everything */
#define OWN_LONG_DWORDS 1000 /* and 255 objects */
#define SEND_VARIABLE 0x100
#define RECEIVE_VARIABLE 0x2700
#define SEND_STRING 0x5000
#define RECEIVE_STRING 0x7400
#define OWN_STRING_MAX 0x2000
#define SMALL_STRING 32 /* of many */
#define SMALL_BUFFER 48
#define PLANNED_STRIDE 0x800 /* of some */
#define BUFFERS_END (RECEIVE_STRING + 255 * SMALL_BUFFER)

/* Arenas are around the boundary, the big strings behind. */
#define FIRST_ARENA 6 /* lies at the boundary */
#define ARENAS_BELOW (FIRST_ARENA * ARENA_BYTES + RECEIVE_VARIABLE + 0x100)
#define ARENAS_END (ARENAS * ARENA_BYTES - ARENAS_BELOW)
#define BIG_STRING_MAX 0x10000
#define BIG_DWORDS ((BIG_STRING_MAX - 64) / 4)
#define BIG_SEND_STRING (ARENAS_END + 0x1000)
#define BIG_RECEIVE_STRING (BIG_SEND_STRING + BIG_STRING_MAX + 0x1000)
#define AREA_ABOVE (BIG_RECEIVE_STRING + BIG_STRING_MAX + 0x1000)
#define AREA_BELOW (ARENAS_BELOW + 0x1000)

/* The last bytes of the stack, with nothing behind. */
#define EDGE_BYTES 1024
#define EDGE_END (USER_END - 4096)

/* A message and a string that are only to be read. */
#define CONSTANT_DWORDS 4
#define CONSTANT_STRING_BYTES 4096
struct constants {
	uint32_t size, dope, words[2], direct[CONSTANT_DWORDS];
	uint32_t string[CONSTANT_STRING_BYTES / 4];
};
#define CONSTANTS                                                              \
	{                                                                      \
		DOPE(CONSTANT_DWORDS, 0), DOPE(CONSTANT_DWORDS, 0), {1, 2},    \
		    {3, 4, 5, 6},                                              \
		{                                                              \
			7, 8, 9                                                \
		}                                                              \
	}

/* Pages of each arena that are always there, to be sent as memory objects. */
#define PAGE_BYTES 4096
#define GIVEN_PAGES 4
#define GIVEN_BYTES (GIVEN_PAGES * PAGE_BYTES)

/*
 * Where nothing is at first, in one region: what the pagers supply, and the
 * windows in which objects appear. The pagers have a pool with a page for each
 * page of each space, which always comes there.
 */
#define ZONE 0x40000000
#define PAGED_PAGES 8
#define PAGED_BYTES (PAGED_PAGES * PAGE_BYTES)
#define PAGED_END (ZONE + ARENAS * PAGED_BYTES)
#define WINDOWS PAGED_END
#define WINDOW_PAGES 8
#define WINDOW_BYTES (WINDOW_PAGES * PAGE_BYTES)
#define ZONE_BYTES (ARENAS * (PAGED_BYTES + WINDOW_BYTES))
#define ZONE_END (ZONE + ZONE_BYTES)
/* In the same region: where brawlers' objects appear. */
#define BRAWL_WINDOWS (ZONE + 0x200000)
#define POOL_BYTES (SPACES * ARENAS * PAGED_BYTES)

/* In the pages of the pool are, across ends of pages, a message of so many
 * dwords, and a buffer for so many and for a string. */
#define PAGED_MESSAGE (PAGE_BYTES - 24)
#define PAGED_MESSAGE_DOPE DOPE(10, 0)
#define PAGED_VARIABLE (3 * PAGE_BYTES - 32)
#define PAGED_VARIABLE_SIZE DOPE(20, 1)
#define PAGED_BUFFER (5 * PAGE_BYTES - 16)
#define PAGED_BUFFER_BYTES 0x1800
/* Strings are received behind them only. */
#define PAGED_BUFFERS (4 * PAGE_BYTES)

/* Set in the beginning: the boundary, and where things are. */
extern uint32_t boundary, constants_at, given_at, pool_at;
/* There are indirect strings; else direct ones may be long. */
extern bool complex_messages;
/* Memory objects may move. */
extern bool page_remapping;
/* Parties notify each other. */
extern bool notifications;
/* Partners can be named by links, too. */
extern bool ports;
/* Messages can be in blocks. */
extern bool virtual_registers;

/*
 * In a call this stands for the party's own block, which only the guest knows; the first one
 * for that of the root thread.
 */
static inline uint32_t party_block(uint32_t party)
{
	return BLOCKS + (1 + party) * BLOCK_BYTES;
}

static inline bool is_own_block(uint32_t address)
{
	return address % BLOCK_BYTES == 0 && address >= party_block(0) &&
	       address < party_block(PARTIES);
}

static inline uint32_t arena(uint32_t n)
{
	return boundary - ARENAS_BELOW + n * ARENA_BYTES;
}

static inline uint32_t given(uint32_t n)
{
	return given_at + n * GIVEN_BYTES;
}

static inline uint32_t paged(uint32_t n)
{
	return ZONE + n * PAGED_BYTES;
}

static inline uint32_t window(uint32_t n)
{
	return WINDOWS + n * WINDOW_BYTES;
}

/* Where in the pagers' space the page is that comes there. */
static inline uint32_t pool_page(uint32_t space, uint32_t address)
{
	return pool_at + space * ARENAS * PAGED_BYTES + (address - ZONE);
}

static inline bool is_paged(uint32_t address)
{
	return address >= ZONE && address < PAGED_END;
}

/* If pages move, the pagers supply windows too: with what they have to give. */
static inline bool is_supplied(uint32_t address)
{
	return is_paged(address) ||
	       (page_remapping && address >= PAGED_END && address < ZONE_END);
}

static inline uint32_t supplied_page(uint32_t space, uint32_t address)
{
	return is_paged(address)
		   ? pool_page(space, address)
		   : given_at + (address - WINDOWS) % (ARENAS * GIVEN_BYTES);
}

/* With the pages behind it that come along if the pager gives much. */
static inline uint32_t supplied_bytes(uint32_t address)
{
	uint32_t part = is_paged(address) ? PAGED_BYTES : GIVEN_BYTES;

	return part - (address - ZONE) % part;
}

static inline uint32_t dwords_in(uint32_t dope)
{
	return complex_messages ? DOPE_DWORDS(dope) : FLAT_DOPE_DWORDS(dope);
}

static inline uint32_t strings_in(uint32_t dope)
{
	return complex_messages ? DOPE_STRINGS(dope) : 0;
}

/* Behind the start of a variable. */
static inline uint32_t strings_offset(uint32_t size)
{
	return sizeof(struct message) + dwords_in(size) * 4;
}

static inline uint32_t objects_offset(uint32_t size)
{
	return strings_offset(size) + 16 * strings_in(size);
}

static inline uint32_t variable_end(uint32_t size)
{
	return objects_offset(size) + 16 * DOPE_OBJECTS(size);
}

#endif
