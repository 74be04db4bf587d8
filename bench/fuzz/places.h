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
#define ARENA_BYTES 0x6000
#define SEND_VARIABLE 0x100
#define RECEIVE_VARIABLE 0x800
#define SEND_STRING 0x1000
#define RECEIVE_STRING 0x3800
#define OWN_STRING_MAX 0x2000

/* Arenas are around the boundary, the big strings behind. */
#define ARENAS_BELOW (6 * ARENA_BYTES + RECEIVE_VARIABLE + 0x100)
#define ARENAS_END (12 * ARENA_BYTES - ARENAS_BELOW)
#define BIG_STRING_MAX 0x10000
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

/* Set in the beginning: the boundary, and where struct constants is. */
extern uint32_t boundary, constants_at;

static inline uint32_t arena(uint32_t n)
{
	return boundary - ARENAS_BELOW + n * ARENA_BYTES;
}

#endif
