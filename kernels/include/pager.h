/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads ask their pagers for pages, by IPC (5.2.5).
 */
#ifndef PAGER_H
#define PAGER_H

#include <tcb.h>

/*
 * The running thread asks its pager for a page (abi.h), in the middle of
 * whatever it does in the kernel. True if the answer was not no.
 */
bool ask_pager(uint32_t address, bool write, uint32_t timeout);

/* The same is done by the thread to which me copies a message, of its own. */
bool receiver_asks_pager(struct tcb *me, uint32_t address, bool write);

#endif
