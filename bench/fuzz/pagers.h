/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pagers: threads of the root task that answer page faults at once, each in
 * its own way (calls.h).
 */
#ifndef FUZZ_PAGERS_H
#define FUZZ_PAGERS_H

#include "../runtime/runtime.h"
#include "places.h"

/* In the root task's space, before others come. */
void start_pagers(void);

uid_t pager_uid(enum pager pager);

/*
 * The pager of new tasks that run this program: their brawlers' memory is of a
 * pool of its own, all of it free again; the rest is the root task's,
 * read-only.
 */
uid_t pager_of_children(void);

/* In whose space the thread is; by the root thread. */
uint32_t space_of(uid_t uid);

#endif
