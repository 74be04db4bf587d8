/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory objects (5.2.2): pages of one task that appear in another's space,
 * each when it is first touched there. What has appeared stays, whatever
 * becomes of the source.
 */
#ifndef MAPPING_H
#define MAPPING_H

#include <task.h>

struct mapping {
	struct list in_task;   /* in task's mappings, latest first */
	struct list in_source; /* in source's lent */
	struct task *task;     /* NULL: not placed yet */
	struct task *source;   /* NULL: not placed, and it has gone */
	uint32_t address, source_address;
	uint32_t bytes;
	bool writable;
	bool moves; /* see remapping.h */
};

/*
 * Pages of the source, on their way to another task. NULL if there is no
 * memory. All addresses are multiples of a page and in user space.
 */
struct mapping *mapping_create(
    struct task *source, uint32_t address, uint32_t bytes, bool writable);

/*
 * Gives the first bytes of it to the task, instead of what it had at the
 * address. The oldest of very many is forgotten.
 */
void mapping_place(
    struct mapping *m, struct task *task, uint32_t address, uint32_t bytes);

/* It does not arrive. */
void mapping_drop(struct mapping *m);

/*
 * If the page at the address is of a memory object, and its source has it:
 * makes it appear. True if the task may access it now.
 */
bool mapping_resolve(struct task *task, uint32_t address, bool write);

/* The task has nothing in this part of its space any more. */
void mapping_unmap(struct task *task, uint32_t address, uint32_t bytes);

/* It has no objects there: only the pages that have appeared. */
void mapping_forget(struct task *task, uint32_t address, uint32_t bytes);

/* The task is being destroyed. */
void mappings_release(struct task *task);

#endif
