/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which thread numbers and uids there are (5.3.1). A uid is its thread's number
 * with a generation: no two threads ever have the same.
 */
#ifndef THREAD_TABLE_H
#define THREAD_TABLE_H

#include <tcb.h>

/* All threads, by number. Number 0, the idle thread, stays free. */
struct thread_slot {
	uid_t uid;	     /* NOBODY: free */
	uint32_t generation; /* of the last thread with this number */
};

extern struct thread_slot thread_table[MAX_THREADS];
extern uint32_t thread_table_end; /* the slots from here on are free */

/* A number that is free and has uids left; 0 if none. */
uint32_t number_find(void);

/* The number is a new thread's. Returns its uid. */
uid_t number_take(uint32_t number);

/* The thread has died. Others may wait for it: its number is not free yet. */
void number_end(uint32_t number);

/* Now it is. */
void number_release(uint32_t number);

#endif
