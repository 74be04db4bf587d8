/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As much of GNU Mach's interface as the ping-pong needs: Mach 3 for i386, as
 * in Debian's package gnumach-dev (mach/message.h, mach/port.h,
 * mach/syscall_sw.h). Written down here so that building needs no package.
 */
#ifndef MACH_H
#define MACH_H

#include <stdint.h>

typedef uint32_t port_t; /* a task's name for a right; 0: none */

/* Every message begins so; behind it are descriptors, each with its data. */
struct message_header {
	uint32_t bits; /* what happens to the rights to remote and local */
	uint32_t size; /* of the whole message */
	port_t remote; /* sent: whereto; received: where to reply to */
	port_t local;  /* sent: where to reply to; received: where it came */
	uint32_t sequence;
	uint32_t id; /* the kernel does not look at it */
};

#define BITS(remote, local) ((remote) | (local) << 8)

/* Dispositions of rights. */
#define MOVE_RECEIVE 16u
#define MOVE_SEND_ONCE 18u
#define COPY_SEND 19u
#define MAKE_SEND 20u
#define MAKE_SEND_ONCE 21u

/* A descriptor: type of the elements, bits of each, how many, flags. */
#define DESCRIPTOR(type, bits, number, flags)                                  \
	((type) | (bits) << 8 | (number) << 16 | (flags))
#define TYPE_INTEGER_32 2u
#define INLINE (1u << 28)
#define MAX_NUMBER 4095

#define OPTION_SEND 1u
#define OPTION_RECEIVE 2u

#define MACH_SUCCESS 0u
#define RECEIVE_INVALID_NAME 0x10004002u

#define RIGHT_RECEIVE 1u

/* Kernel calls (traps.S). */
uint32_t mach_msg_trap(struct message_header *message, uint32_t option,
    uint32_t send_size, uint32_t receive_size, port_t receive_name,
    uint32_t timeout, port_t notify);
port_t mach_reply_port(void);
port_t mach_thread_self(void);
port_t mach_task_self(void);
void mach_print(const char *text);
uint32_t swtch_pri(uint32_t priority);
uint32_t mach_port_allocate(port_t task, uint32_t right, port_t *name);
uint32_t mach_port_insert_right(
    port_t task, port_t name, port_t right, uint32_t disposition);

#endif
