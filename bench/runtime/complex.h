/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPC with messages of all kinds (5.2.2). To callers it is the same in every
 * configuration. Without CONFIG_COMPLEX_MESSAGES direct and indirect strings
 * are marshalled: copied one behind the other into one flat message, as by the
 * stubs of Mach's MIG, and copied out of it by the receiver, which must use
 * these functions too. Buffers must be good: it is the program itself that
 * writes to them.
 */
#ifndef RUNTIME_COMPLEX_H
#define RUNTIME_COMPLEX_H

#include "ipc.h"

/* Longer ones take several. The kernel's limit is 256 KB; each thread needs
 * this room. */
#define FLAT_DWORDS (CONFIG_COMPLEX_MESSAGES ? 0 : 16384)

/* Where a thread marshals, and receives. Each has its own; it is undefined
 * before and after a call. */
struct flat_message {
	struct message head;
	uint32_t direct[FLAT_DWORDS];
	struct memory_object object;
};

uint32_t flat_send(uid_t to, const struct message *message, uint32_t timeout,
    struct flat_message *flat);
struct received flat_receive(uid_t from, struct message *buffer,
    uint32_t timeout, struct flat_message *flat);
struct received flat_call(uid_t to, const struct message *send,
    uint32_t send_timeout, struct message *receive, uint32_t receive_timeout,
    struct flat_message *flat);
struct received flat_reply_and_receive_next(uid_t to,
    const struct message *send, uint32_t send_timeout, struct message *receive,
    uint32_t receive_timeout, struct flat_message *flat);

static inline uint32_t complex_send(uid_t to, const struct message *send,
    uint32_t timeout, struct flat_message *flat)
{
	return CONFIG_COMPLEX_MESSAGES ? ipc_send(to, send, timeout)
				       : flat_send(to, send, timeout, flat);
}

static inline struct received complex_receive(uid_t from,
    struct message *receive, uint32_t timeout, struct flat_message *flat)
{
	return CONFIG_COMPLEX_MESSAGES
		   ? ipc_receive(from, receive, timeout)
		   : flat_receive(from, receive, timeout, flat);
}

static inline struct received complex_call(uid_t to, const struct message *send,
    uint32_t send_timeout, struct message *receive, uint32_t receive_timeout,
    struct flat_message *flat)
{
	return CONFIG_COMPLEX_MESSAGES
		   ? ipc_call(to, send, send_timeout, receive, receive_timeout)
		   : flat_call(to, send, send_timeout, receive, receive_timeout,
			 flat);
}

static inline struct received complex_reply_and_receive_next(uid_t to,
    const struct message *send, uint32_t send_timeout, struct message *receive,
    uint32_t receive_timeout, struct flat_message *flat)
{
	return CONFIG_COMPLEX_MESSAGES
		   ? ipc_reply_and_receive_next(
			 to, send, send_timeout, receive, receive_timeout)
		   : flat_reply_and_receive_next(to, send, send_timeout,
			 receive, receive_timeout, flat);
}

#endif
