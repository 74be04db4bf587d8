/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Assertions of a debug build (CONFIGURATION.debug); in all others nothing.
 *
 *	assert_that(condition, what)
 *	                           panics unless the condition is true
 *	assertions_created(t)      a thread has been made
 *	assertions_tick()          at each clock tick: the assertion walk
 *	assertions_switch(next)    at each thread switch, before it: now and
 *	                           then the walk
 */
#ifndef ASSERTIONS_H
#define ASSERTIONS_H

#include <panic.h>
#include <tcb.h>

#define assert_that(condition, what)                                           \
	do {                                                                   \
		if (CONFIG_ASSERTIONS && !(condition))                         \
			panic("it does not hold that %s", what);               \
	} while (0)

void assertions_created(struct tcb *t);
void assertions_tick(void);
void assertions_switch(const struct tcb *next);

#endif
