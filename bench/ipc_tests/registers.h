/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a party does with its coprocessor registers. Between two orders they
 * stay as they are.
 */
#ifndef IPC_TESTS_REGISTERS_H
#define IPC_TESTS_REGISTERS_H

#include "party.h"

/* The order's detail. The seed says what should be in the registers. */
enum coprocessor_use {
	LOAD_ALL,	   /* all registers and the control word */
	CHECK_ALL,	   /* value: how much is not as loaded */
	CHECK_NEW,	   /* value: how much is not as in a new thread */
	KEEP_BUSY,	   /* for some timeslices; value: as CHECK_ALL */
	DIVIDE_BY_0_LATER, /* leaves an exception pending, */
	WAIT,		   /* which this instruction brings about */
};

uint32_t use_coprocessor(const struct order *order);

/* The exception comes with the next instruction for the coprocessor. */
void coprocessor_divide_by_0(void);

#endif
