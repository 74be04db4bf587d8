/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parties as pagers: they receive faults and answer as they are told.
 */
#ifndef IPC_TESTS_PAGING_H
#define IPC_TESTS_PAGING_H

#include "checks.h"

#define PAGE 4096u
#define PLACE 0x40000000u /* where nothing is, unless it has been mapped */

/* A page of the area to give away. */
uint32_t page_at(uint32_t n);

struct order order_memory(enum operation operation, uint32_t address);

/* A party in a space whose pager is the given one. */
uid_t client_create(uint32_t space, uid_t pager);

void write_word(uid_t party, uint32_t address, uint32_t value);
uint32_t read_word(uid_t party, uint32_t address);

/* The order's parameter block, in the party's memory. */
void put_block(uid_t party, uint32_t at, const struct order *o);

/* Does the pager get this fault of the client's? */
bool gets_fault(uid_t pager, uid_t client, uint32_t address, bool write);

/* It answers with so many bytes from a page on, | MEMORY_WRITABLE. */
uint32_t answer(uid_t pager, uid_t client, uint32_t page, uint32_t bytes);

/* A fault of the client: the pager gives it the page. */
bool serve(uid_t pager, uid_t client, uint32_t address, uint32_t page);

/* So many pages at PLACE. All parties are deleted, too. */
void unmap_in(uint32_t space, uint32_t pages);

#endif
