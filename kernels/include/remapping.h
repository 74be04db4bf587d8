/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages that move from one address space to another (7.2), as in DASH.
 * Extension PAGE_REMAPPING.
 */
#ifndef REMAPPING_H
#define REMAPPING_H

#include <task.h>

/*
 * The pages of one task in this part of its space become the other's, at the
 * same address, which has nothing else there then, and the first one nothing at
 * all. writable: if they were. There are page tables for them. In one and the
 * same task there is nothing to do.
 */
void pages_move(struct task *from, struct task *to, uint32_t address,
    uint32_t bytes, bool writable);

/*
 * The usual case: in one region of 4 MB, with page tables on both sides and nothing lent.
 * Then it is done, and true, except that the TLB still has the pages of from.
 */
bool pages_move_simply(const struct task *from, const struct task *to,
    uint32_t address, uint32_t bytes, bool writable);

/* Makes page tables wherever the first task has some. False if there is no
 * memory. */
bool pages_make_tables(
    const struct task *from, struct task *to, uint32_t address, uint32_t bytes);

/* Or are they there? */
bool pages_have_tables(const struct task *from, const struct task *to,
    uint32_t address, uint32_t bytes);

#endif
