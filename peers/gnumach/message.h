/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages of the ping-pong. No kernel calls: tests compile this on the
 * host.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "mach.h"

#include <stdbool.h>

#define MAX_BYTES 4096

/* n bytes inline: an array of 32-bit integers. */
struct ping {
	struct message_header header;
	uint32_t descriptor;
	uint32_t data[MAX_BYTES / 4];
};

enum id {
	ORDER = 1, /* data: bytes, round trips, traps for each side's half */
	PING,	   /* the contents do not matter */
	REQUEST,   /* contents that the partner expects, and so on */
	ANSWER,
	WRONG, /* the server got others than it expected */
};

/* A message with so many bytes, a multiple of 4. */
void message_prepare(struct ping *m, uint32_t bytes, enum id id);

/* From client to server, with a right to reply once; and the reply to what has
 * been received in m. Only what the kernel has changed is set. */
static inline void message_address(struct ping *m, port_t server, port_t reply)
{
	m->header.bits = BITS(COPY_SEND, MAKE_SEND_ONCE);
	m->header.remote = server;
	m->header.local = reply;
}

static inline void message_return(struct ping *m)
{
	m->header.bits = BITS(MOVE_SEND_ONCE, 0);
	m->header.local = 0;
}

void message_fill(struct ping *m, uint32_t bytes, enum id contents);
bool message_holds(const struct ping *m, uint32_t bytes, enum id contents);

#endif
