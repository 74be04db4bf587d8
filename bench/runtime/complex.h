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

/* The first word of a message that is marshalled. */
#define MARSHALLED 0x4D41524C

/* What is to be marshalled, or was; and memory objects. */
uint32_t flat_send(uid_t to, const struct message *message, uint32_t timeout,
    struct flat_message *flat);
struct received flat_call(uid_t to, const struct message *send,
    uint32_t send_timeout, struct message *receive, uint32_t receive_timeout,
    struct flat_message *flat);
struct received flat_reply_and_receive_next(uid_t to,
    const struct message *send, uint32_t send_timeout, struct message *receive,
    uint32_t receive_timeout, struct flat_message *flat);
struct received flat_unpack(
    struct received r, struct message *buffer, struct flat_message *flat);

/* To receive into, with the buffer's first place for an object. */
struct message *flat_open_for_object(
    struct flat_message *flat, const struct message *buffer);

static inline struct message *flat_open(
    struct flat_message *flat, const struct message *buffer)
{
	if (DOPE_OBJECTS(buffer->size))
		return flat_open_for_object(flat, buffer);
	flat->head.size = FLAT_DOPE(FLAT_DWORDS);
	return &flat->head;
}

/* A direct string, or nothing but the first 8 bytes. */
static inline bool goes_as_it_is(const struct message *message)
{
	return message->dope >> 16 == 0 && message->words[0] != MARSHALLED;
}

/* What has come is in the flat message. */
static inline struct received flat_received(
    struct received r, struct message *buffer, struct flat_message *flat)
{
	uint32_t dwords = r.result >> 8;

	if (code(r) != IPC_OK || r.words[0] == MARSHALLED ||
	    dwords > DOPE_DWORDS(buffer->size))
		return flat_unpack(r, buffer, flat);
	if (!CONFIG_REGISTER_MESSAGES) {
		buffer->words[0] = r.words[0];
		buffer->words[1] = r.words[1];
	}
	if (dwords)
		copy_words(buffer->direct, flat->direct, dwords * 4);
	return r;
}

/* As all stubs without CONFIG_SHARED_BUFFERS do: from a copy. */
static inline __attribute__((always_inline)) struct received flat_separately(
    const uint32_t vector, uid_t partner, const struct message *send,
    uint32_t send_timeout, struct message *receive, uint32_t receive_timeout)
{
	uint32_t out[message_dwords(send->dope)];

	copy_request((struct message *)out, send);
	return ipc_trap(vector, partner, (const struct message *)out,
	    send_timeout, receive, receive_timeout);
}

/* The calls that send what goes as it is. */
static inline __attribute__((always_inline)) struct received flat_stub(
    const uint32_t vector, uid_t partner, const struct message *send,
    uint32_t send_timeout, struct message *receive, uint32_t receive_timeout,
    struct flat_message *flat)
{
	struct message *room = flat_open(flat, receive);
	struct received r;

	if (CONFIG_SHARED_BUFFERS)
		r = ipc_trap(
		    vector, partner, send, send_timeout, room, receive_timeout);
	else
		r = flat_separately(
		    vector, partner, send, send_timeout, room, receive_timeout);
	return flat_received(r, receive, flat);
}

static inline uint32_t complex_send(uid_t to, const struct message *send,
    uint32_t timeout, struct flat_message *flat)
{
	return CONFIG_COMPLEX_MESSAGES || goes_as_it_is(send)
		   ? ipc_send(to, send, timeout)
		   : flat_send(to, send, timeout, flat);
}

static inline struct received complex_receive(uid_t from,
    struct message *receive, uint32_t timeout, struct flat_message *flat)
{
	if (CONFIG_COMPLEX_MESSAGES)
		return ipc_receive(from, receive, timeout);
	return flat_received(ipc_trap(IPC_RECEIVE, from, NULL, 0,
				 flat_open(flat, receive), timeout),
	    receive, flat);
}

static inline struct received complex_call(uid_t to, const struct message *send,
    uint32_t send_timeout, struct message *receive, uint32_t receive_timeout,
    struct flat_message *flat)
{
	uint32_t result;

	if (CONFIG_COMPLEX_MESSAGES)
		return ipc_call(
		    to, send, send_timeout, receive, receive_timeout);
	if (!goes_as_it_is(send))
		return flat_call(
		    to, send, send_timeout, receive, receive_timeout, flat);
	if (CONFIG_RPC_SYSCALLS)
		return flat_stub(IPC_CALL, to, send, send_timeout, receive,
		    receive_timeout, flat);
	result = ipc_send(to, send, send_timeout);
	if (result != IPC_OK)
		return ipc_failed(result);
	return complex_receive(to, receive, receive_timeout, flat);
}

static inline struct received complex_reply_and_receive_next(uid_t to,
    const struct message *send, uint32_t send_timeout, struct message *receive,
    uint32_t receive_timeout, struct flat_message *flat)
{
	uint32_t result;

	if (CONFIG_COMPLEX_MESSAGES)
		return ipc_reply_and_receive_next(
		    to, send, send_timeout, receive, receive_timeout);
	if (!goes_as_it_is(send))
		return flat_reply_and_receive_next(
		    to, send, send_timeout, receive, receive_timeout, flat);
	if (HAS_REPLY_AND_RECEIVE_NEXT)
		return flat_stub(IPC_REPLY_AND_RECEIVE_NEXT, to, send,
		    send_timeout, receive, receive_timeout, flat);
	result = ipc_send(to, send, send_timeout);
	if (result != IPC_OK)
		return ipc_failed(result);
	return complex_receive(NOBODY, receive, receive_timeout, flat);
}

#endif
