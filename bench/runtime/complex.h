/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPC with messages of all kinds (5.2.2). To callers it is the same in every
 * configuration: where the kernel takes one string or one object a message,
 * without CONFIG_COMPLEX_MESSAGES, several are sent here, and put together
 * by the receiver, which must use these functions too. Buffers must be good:
 * it is the program itself that writes to them.
 */
#ifndef RUNTIME_COMPLEX_H
#define RUNTIME_COMPLEX_H

#include "ipc.h"

/* Does it take several messages? */
static inline bool in_pieces(uint32_t dope)
{
	return !CONFIG_COMPLEX_MESSAGES && dope >> 16;
}

uint32_t send_in_pieces(
    uid_t to, const struct message *message, uint32_t timeout);

/* The first message has come: gets the others. */
struct received receive_pieces(struct received first, struct message *buffer);

static inline uint32_t complex_send(
    uid_t to, const struct message *send, uint32_t timeout)
{
	return in_pieces(send->dope) ? send_in_pieces(to, send, timeout)
				     : ipc_send(to, send, timeout);
}

static inline struct received complex_received(
    struct received r, struct message *buffer)
{
	return in_pieces(r.result) && has_message(r) ? receive_pieces(r, buffer)
						     : r;
}

static inline struct received complex_receive(
    uid_t from, struct message *receive, uint32_t timeout)
{
	return complex_received(ipc_receive(from, receive, timeout), receive);
}

static inline struct received complex_call(uid_t to, const struct message *send,
    uint32_t send_timeout, struct message *receive, uint32_t receive_timeout)
{
	uint32_t result;

	if (!in_pieces(send->dope))
		return complex_received(
		    ipc_call(to, send, send_timeout, receive, receive_timeout),
		    receive);
	result = send_in_pieces(to, send, send_timeout);
	if (result != IPC_OK)
		return ipc_failed(result);
	return complex_receive(to, receive, receive_timeout);
}

static inline struct received complex_reply_and_receive_next(uid_t to,
    const struct message *send, uint32_t send_timeout, struct message *receive,
    uint32_t receive_timeout)
{
	uint32_t result;

	if (!in_pieces(send->dope))
		return complex_received(
		    ipc_reply_and_receive_next(
			to, send, send_timeout, receive, receive_timeout),
		    receive);
	result = send_in_pieces(to, send, send_timeout);
	if (result != IPC_OK)
		return ipc_failed(result);
	return complex_receive(NOBODY, receive, receive_timeout);
}

#endif
