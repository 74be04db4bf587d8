/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"
#include "../../../bench/fuzz/contents.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Addresses of the host's choice; the guest's are others. */
#define BOUNDARY (2 * REGION_BYTES)
#define CONSTANTS_AT 0x1000

static const struct constants constants = CONSTANTS;

static struct {
	uint8_t area[AREA_BELOW + AREA_ABOVE];
	uint8_t edge[EDGE_BYTES];
} spaces[SPACES];

static uint32_t chosen;

void memory_start(void)
{
	boundary = BOUNDARY;
	constants_at = CONSTANTS_AT;
}

void memory_choose(uint32_t space)
{
	chosen = space;
}

bool are_user_addresses(uint32_t address, uint32_t bytes)
{
	return address < USER_END && bytes <= USER_END - address;
}

static bool inside(
    uint32_t address, uint32_t bytes, uint32_t start, uint32_t size)
{
	return address >= start && address - start <= size &&
	       bytes <= size - (address - start);
}

uint8_t *memory_at(uint32_t space, uint32_t address, uint32_t bytes, bool write)
{
	uint32_t area = boundary - AREA_BELOW, edge = EDGE_END - EDGE_BYTES;

	if (inside(address, bytes, area, sizeof(spaces[0].area)))
		return spaces[space].area + (address - area);
	if (inside(address, bytes, edge, EDGE_BYTES))
		return spaces[space].edge + (address - edge);
	if (!write && inside(address, bytes, constants_at, sizeof(constants)))
		return (uint8_t *)&constants + (address - constants_at);
	return NULL;
}

/* A party's own access: it never fails, or the fuzzer is wrong. */
static uint8_t *own(uint32_t address, uint32_t bytes, bool write)
{
	uint8_t *found = memory_at(chosen, address, bytes, write);

	if (!found) {
		fprintf(stderr, "ipc model: a party would fault at %08x\n",
		    address);
		exit(2);
	}
	return found;
}

uint32_t memory_get(uint32_t address)
{
	uint32_t value;

	memcpy(&value, own(address, 4, false), 4);
	return value;
}

void memory_put(uint32_t address, uint32_t value)
{
	memcpy(own(address, 4, true), &value, 4);
}

uint8_t memory_get_byte(uint32_t address)
{
	return *own(address, 1, false);
}

void memory_put_byte(uint32_t address, uint8_t value)
{
	*own(address, 1, true) = value;
}
