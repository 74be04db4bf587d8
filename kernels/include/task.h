/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tasks: an address space, with what its threads have been sent.
 */
#ifndef TASK_H
#define TASK_H

#include <abi.h>
#include <config.h>
#include <list.h>

struct task {
	uint32_t *directory; /* page directory, through the physical map */
	uint32_t directory_address; /* the same, physical: for cr3 */
	uint32_t threads;     /* how many; the last one takes the task along */
	uid_t creator;	      /* the thread that created it */
	struct list mappings; /* memory objects received, latest first */
	struct list lent;     /* those that others have from it */
	uint32_t mapping_count;
#if CONFIG_PORTS
	uid_t **links; /* PORT_LINKS of them (ports.h) */
#endif
#if CONFIG_ASSERTIONS
	uint32_t threads_seen; /* by the assertion walk */
#endif
};

/* A task with an empty user part; NULL if there is no memory. */
struct task *task_create(uid_t creator);

/* Gives back the task and all memory mapped in its user part. */
void task_destroy(struct task *task);

#endif
