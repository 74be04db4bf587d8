/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page faults of user programs, and of the kernel when it accesses what they
 * have named (5.2.3). A page of a memory object appears; all others are asked
 * for at the pager of the thread that has the memory, by IPC.
 */
#ifndef PAGE_FAULT_H
#define PAGE_FAULT_H

#include <tcb.h>

/*
 * A fault at an address, of me in user mode or, in an instruction that
 * accesses user memory, in the kernel. May wait. True if the access can be
 * tried again. If false, user_fault_of_receiver tells which partner's memory it
 * was.
 */
bool page_fault(struct tcb *me, uint32_t address, bool write);

/*
 * A fault at an address of its own space: asks me's pager, no longer than
 * timeout. True if the page can be accessed now.
 */
bool own_fault(struct tcb *me, uint32_t address, bool write, uint32_t timeout);

#endif
