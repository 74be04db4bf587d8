/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every user program gets from the runtime.
 */
#ifndef RUNTIME_H
#define RUNTIME_H

#include "complex.h"
#include "ipc.h"
#include "records.h"
#include "services.h"

/*
 * The program, to be defined by each. Every module runs it, the first one
 * with root NOBODY, the others with the uid of the first one's thread. Must
 * not return.
 */
void program(const char *command_line, uid_t root);

/* The root task's: what the kernel does not keep for itself. */
struct given_memory {
	uint32_t address, bytes;
};
extern struct given_memory given_memory;

/*
 * A message variable with room for so many dwords of direct string behind the
 * first 8 bytes and so many indirect strings. Its size dope is still to set.
 */
#define MESSAGE_VARIABLE(max_dwords, max_strings)                              \
	struct {                                                               \
		struct message head;                                           \
		uint32_t direct[max_dwords];                                   \
		struct indirect_string strings[max_strings];                   \
	}

/*
 * The number after "name=" in the command line; missing if it is not there.
 * Ends the machine with a complaint if it is no number.
 */
uint32_t argument(const char *command_line, const char *name, uint32_t missing);

void *memset(void *to, int value, size_t bytes);
void *memcpy(void *to, const void *from, size_t bytes);

#endif
