/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The made spaces: tasks by SERVICE_CREATE_TASK that run this same program at
 * the same addresses. Each has a pager, a thread of the root task, that gives
 * it its pages as it touches them: the program's own, read-only, copies of its
 * variables, all else empty.
 */
#ifndef IPC_TESTS_TASKS_H
#define IPC_TESTS_TASKS_H

#include "party.h"

/* Their first threads' stacks; the page above is not there. */
#define STACK_END 0x30000000u

/* Here the pager gives one and the same page, read-only. */
#define EVERYWHERE 0x50000000u
#define EVERYWHERE_BYTES 0x80000000u

/* A thread that receives for ever and needs no stack. */
void wait_without_stack(void);

/* The same when it has touched a page in each 4 MB of EVERYWHERE. */
void touch_all_regions(void);

/* Its first thread says hello to whoever calls this. NOBODY: no memory. */
uid_t made_task_create(uint32_t n);

/* The pager and the pages it has given. */
void made_task_forget(uint32_t n);

/* Faults that the pager has refused. */
uint32_t made_task_refused(uint32_t n);

#endif
