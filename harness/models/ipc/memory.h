/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parties' memory, byte by byte, of each space.
 */
#ifndef IPC_MODEL_MEMORY_H
#define IPC_MODEL_MEMORY_H

#include "../../../bench/fuzz/places.h"

void memory_start(void);
/* Whose memory contents.h means. */
void memory_choose(uint32_t space);

/* Are all these bytes user addresses, whether there is memory or not? */
bool are_user_addresses(uint32_t address, uint32_t bytes);

/* Where the bytes are, or NULL if they are not all there (and writable). */
uint8_t *memory_at(
    uint32_t space, uint32_t address, uint32_t bytes, bool write);

#endif
