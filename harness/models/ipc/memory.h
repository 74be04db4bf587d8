/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parties' memory, byte by byte, of each space; in the zone only pages
 * that have come there, and the memory objects from which they may come.
 */
#ifndef IPC_MODEL_MEMORY_H
#define IPC_MODEL_MEMORY_H

#include "../../../bench/fuzz/places.h"

void memory_start(void);
/* Whose memory contents.h means. */
void memory_choose(uint32_t space);

/* Are all these bytes user addresses, whether there is memory or not? */
bool are_user_addresses(uint32_t address, uint32_t bytes);

/* Where the byte is, or NULL if it is not there (and writable). */
uint8_t *memory_at(uint32_t space, uint32_t address, bool write);

/* If the page is one of a memory object, and its source is there. */
bool memory_resolve(uint32_t space, uint32_t address, bool write);

/*
 * Pages of one space appear in another when they are touched, instead of what
 * was there.
 */
void memory_place(uint32_t from_space, uint32_t source, uint32_t to_space,
    uint32_t address, uint32_t bytes, bool writable);

/*
 * The pages that are there are the other space's, at the same address; neither
 * has anything else there. How many have moved: inside one space none.
 */
uint32_t memory_move(uint32_t from_space, uint32_t to_space, uint32_t address,
    uint32_t bytes, bool writable);

/* A page of one space in another, at once. */
void memory_share(uint32_t from_space, uint32_t source, uint32_t to_space,
    uint32_t address, bool writable);

void memory_unmap(uint32_t space, uint32_t address, uint32_t bytes);

#endif
