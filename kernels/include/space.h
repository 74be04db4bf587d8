/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address spaces: 486 page tables, 4 KB pages.
 */
#ifndef SPACE_H
#define SPACE_H

#include <memory.h>
#include <task.h>

#define PTE_PRESENT 0x1
#define PTE_WRITABLE 0x2
#define PTE_USER 0x4
#define PTE_ACCESSED 0x20
#define PTE_FRAME 0xFFFFF000

/* Page directory of the idle thread; its kernel part is in all others. */
extern uint32_t kernel_directory[];

/* Completes the kernel's part of all address spaces. Before any other here. */
void space_init(void);

/*
 * Maps one page of the tcb array. Flags: PTE_WRITABLE or 0. Unmapping returns
 * the physical address of what was mapped.
 */
void kernel_map_page(uint32_t address, uint32_t frame, uint32_t flags);
uint32_t kernel_unmap_page(uint32_t address);

/* Has the page been used since this was last asked? */
bool kernel_page_used(uint32_t address);

/* Gives the task a page directory without a user part. False if there is no
 * memory. */
bool space_create(struct task *task);

/* Gives it back, and all memory mapped in the user part. */
void space_destroy(struct task *task);

/*
 * The kernel's address of the page at the user address, which it maps first,
 * cleared, if it is not there. writable: for the user; a page stays writable
 * once it was. NULL if there is no memory.
 */
void *task_page(struct task *task, uint32_t address, bool writable);

/* The page-table entry of the user address; 0 if there is no page table. */
uint32_t page_entry(const struct task *task, uint32_t address);

/* The same for writing, with a page table; NULL if there is no memory. */
uint32_t *make_entry(struct task *task, uint32_t address);

/* May the user do it? The address may be any. */
bool page_allows(const struct task *task, uint32_t address, bool write);

/*
 * Maps a frame that another task has too, instead of what is there. False if
 * there is no memory, it has too many users, or nothing may be mapped there.
 */
bool task_share(
    struct task *task, uint32_t address, uint32_t frame, bool writable);

/* Releases all pages that begin in this part of user space. */
void task_unmap(struct task *task, uint32_t address, uint32_t bytes);

#endif
