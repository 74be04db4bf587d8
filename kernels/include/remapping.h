/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages that move from one address space to another (7.2), as in DASH.
 * Extension PAGE_REMAPPING.
 */
#ifndef REMAPPING_H
#define REMAPPING_H

#include <tcb.h>

/*
 * The pages of one task in this part of its space become the other's, at the
 * same address, which has nothing else there then, and the first one nothing at
 * all. writable: if they were. False, and nothing has been done, if there is no
 * memory for page tables. In one and the same task there is nothing to do.
 */
bool pages_move(struct task *from, struct task *to, uint32_t address,
    uint32_t bytes, bool writable);

/* Will it need no memory? */
bool pages_have_tables(const struct task *from, const struct task *to,
    uint32_t address, uint32_t bytes);

#endif
