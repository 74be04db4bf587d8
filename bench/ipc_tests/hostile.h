/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a hostile program may try. Each of the first group must cost it its
 * thread, each of the second must do nothing but return a value.
 */
#ifndef IPC_TESTS_HOSTILE_H
#define IPC_TESTS_HOSTILE_H

#include "party.h"

enum hostile {
	READ_KERNEL,
	WRITE_KERNEL,
	CALL_KERNEL,
	READ_TCBS,
	READ_WINDOW,
	READ_WINDOW_AFTER_SENDING, /* the order's message */
	READ_WINDOW_AFTER_FAILING, /* to send it: the window is still open */
	READ_NOTHING,
	WRITE_OWN_CODE,
	STACK_GONE,
	DISABLE_INTERRUPTS,
	HALT,
	IO_PORT,
	LOAD_CR3,
	LOAD_GDT,
	FLUSH_CACHE,
	WRITE_CACHE_BACK,
	KERNEL_SEGMENT,
	RETURN_TO_RING_0,
	CLOCK_VECTOR,
	PAGE_FAULT_VECTOR,
	UNUSED_VECTOR,
	DIVIDE_BY_0,
	INVALID_OPCODE,
	BREAKPOINT,
	SINGLE_STEP,
	COPROCESSOR,
	FATAL, /* how many of these */

	/* Value: the service's result code. */
	WRITE_TO_CONSOLE = FATAL,
	STOP_MACHINE,
	DELETE_FOREIGN_THREAD, /* the order's partner */
	ATTACH_INTERRUPT,
	READ_PORT,
	READ_ABOUT_MACHINE,
	READ_MODEL_REGISTER,
	READ_ACPI_TIMER,
	WRITE_PORT,
	SWAP_OUT_THREAD, /* the same */
	UNKNOWN_SERVICE,
	/* Value: 0, or what was damaged. */
	DIRECTION_FLAG, /* sends the order's message */
	NULL_SEGMENTS,
	NESTED_TASK_FLAG,
	KERNEL_STACK_POINTER,
	KERNEL_ENTRY_POINT, /* of a new thread */
	ALL_THREADS,
	HOSTILITIES
};

extern const char *const hostile_names[HOSTILITIES];

/* The order's detail says how. */
uint32_t be_hostile(const struct order *order);

#endif
