/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message of several parts as a flat one. Its first 8 bytes are MARSHALLED
 * and the dope; behind them come the message's own first 8 bytes, its direct
 * string, and of each indirect string the length and the contents, filled up to
 * dwords. What does not fit goes on in the direct strings of more messages.
 * Then the memory objects, one a message. One memory object and nothing else
 * goes as it is, like a direct string (complex.h).
 */
#include "runtime.h"
#include "complex.h"

/* Where the object's descriptor is found. */
#define FLAT_SIZE (FLAT_DOPE(FLAT_DWORDS) | DOPE_WITH_OBJECTS(0, 0, 1))

/* A flat message that is being filled; full ones are sent. */
struct marshalling {
	uid_t to;
	struct flat_message *flat;
	uint32_t dwords;
	uint32_t timeout; /* for the first one */
	uint32_t result;
};

/* One that is being read; when it has been, the next one is received. */
struct unmarshalling {
	uid_t from;
	struct flat_message *flat;
	uint32_t dwords, at;
	uint32_t result;
};

static uint32_t min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t dwords_of(uint32_t bytes)
{
	return (bytes + 3) / 4;
}

static struct indirect_string *strings_in(const struct message *m)
{
	return (struct indirect_string *)(m->direct + DOPE_DWORDS(m->size));
}

static struct memory_object *objects_in(const struct message *m)
{
	return (struct memory_object *)(strings_in(m) + DOPE_STRINGS(m->size));
}

static const struct message *ready(struct flat_message *flat, uint32_t dope)
{
	flat->head.size = FLAT_SIZE;
	flat->head.dope = dope;
	return &flat->head;
}

static void send_one(struct marshalling *m, uint32_t dope)
{
	m->result = code(ipc_trap(
	    IPC_SEND, m->to, ready(m->flat, dope), m->timeout, NULL, 0));
	m->timeout = TIMEOUT_NEVER;
	m->dwords = 0;
}

static void put(struct marshalling *m, const void *from, uint32_t bytes)
{
	const char *at = from;
	uint32_t some;

	for (; bytes && m->result == IPC_OK; bytes -= some, at += some) {
		if (m->dwords == FLAT_DWORDS)
			send_one(m, FLAT_DOPE(m->dwords));
		some = min(bytes, (FLAT_DWORDS - m->dwords) * 4);
		memcpy(m->flat->direct + m->dwords, at, some);
		m->dwords += dwords_of(some);
	}
}

/* The last flat message is still to be sent. */
static void marshal(struct marshalling *m, const struct message *message)
{
	const struct indirect_string *string = strings_in(message);
	uint32_t n;

	m->flat->head.words[0] = MARSHALLED;
	m->flat->head.words[1] = message->dope & ~IPC_RESULT;
	put(m, message->words, 8 + DOPE_DWORDS(message->dope) * 4);
	for (n = DOPE_STRINGS(message->dope); n; n--, string++) {
		put(m, &string->length, 4);
		put(m, (const void *)string->address, string->length);
	}
}

static bool is_one_object(uint32_t dope)
{
	return (dope & ~IPC_RESULT) == DOPE_WITH_OBJECTS(0, 0, 1);
}

static void send_objects(struct marshalling *m, const struct message *message)
{
	uint32_t objects = DOPE_OBJECTS(message->dope), n;

	if (objects && m->dwords)
		send_one(m, FLAT_DOPE(m->dwords));
	for (n = 0; n < objects && m->result == IPC_OK; n++) {
		m->flat->object = objects_in(message)[n];
		send_one(m, DOPE_WITH_OBJECTS(0, 0, 1));
	}
}

/* Sends all but the last flat message, which is returned; NULL if there is
 * nothing left to send. */
static const struct message *prepare(
    struct marshalling *m, const struct message *message)
{
	if (is_one_object(message->dope))
		memcpy(m->flat->head.words, message->words, 8);
	else
		marshal(m, message);
	send_objects(m, message);
	if (m->result != IPC_OK || !m->dwords)
		return NULL;
	return ready(m->flat, FLAT_DOPE(m->dwords));
}

static struct message *open_for(
    struct flat_message *flat, const struct memory_object *object)
{
	flat->head.size = FLAT_DOPE(FLAT_DWORDS);
	if (object) {
		flat->head.size = FLAT_SIZE;
		flat->object = *object;
	}
	return &flat->head;
}

struct message *flat_open_for_object(
    struct flat_message *flat, const struct message *buffer)
{
	return open_for(flat, objects_in(buffer));
}

static struct received receive_flat(uid_t from, uint32_t timeout,
    struct flat_message *flat, const struct memory_object *object)
{
	return ipc_trap(
	    IPC_RECEIVE, from, NULL, 0, open_for(flat, object), timeout);
}

static void receive_more(struct unmarshalling *u)
{
	struct received r = receive_flat(u->from, TIMEOUT_NEVER, u->flat, NULL);

	u->result = code(r);
	u->dwords = FLAT_DOPE_DWORDS(r.result);
	u->at = 0;
}

/* So many bytes, of which there is room for some. */
static void get(
    struct unmarshalling *u, void *to, uint32_t room, uint32_t bytes)
{
	char *at = to;
	uint32_t some, taken;

	for (; bytes && u->result == IPC_OK; bytes -= some) {
		if (u->at == u->dwords)
			receive_more(u);
		some = min(bytes, (u->dwords - u->at) * 4);
		taken = min(some, room);
		memcpy(at, u->flat->direct + u->at, taken);
		u->at += dwords_of(some);
		at += taken;
		room -= taken;
	}
}

/* False if it is cut, as what has no buffer is. */
static bool get_string(struct unmarshalling *u, struct indirect_string *buffer)
{
	uint32_t room = buffer ? buffer->buffer_size : 0, length = 0;

	get(u, &length, 4, 4);
	get(u, (void *)(buffer ? buffer->buffer : 0), room, length);
	if (buffer) {
		buffer->length = min(length, room);
		buffer->address = buffer->buffer;
	}
	return length <= room;
}

static bool get_object(struct unmarshalling *u, struct memory_object *buffer)
{
	struct received r =
	    receive_flat(u->from, TIMEOUT_NEVER, u->flat, buffer);

	if (!has_message(r))
		u->result = code(r);
	if (buffer)
		*buffer = u->flat->object;
	return code(r) == IPC_OK;
}

/* All behind the first 8 bytes; false if something is cut. */
static bool get_all(
    struct unmarshalling *u, struct message *buffer, uint32_t dope)
{
	uint32_t room = DOPE_DWORDS(buffer->size) * 4, n;
	uint32_t strings = DOPE_STRINGS(buffer->size);
	uint32_t objects = DOPE_OBJECTS(buffer->size);
	bool whole = DOPE_DWORDS(dope) * 4 <= room;

	get(u, buffer->direct, room, DOPE_DWORDS(dope) * 4);
	for (n = 0; n < DOPE_STRINGS(dope) && u->result == IPC_OK; n++)
		whole &=
		    get_string(u, n < strings ? strings_in(buffer) + n : NULL);
	for (n = 0; n < DOPE_OBJECTS(dope) && u->result == IPC_OK; n++)
		whole &=
		    get_object(u, n < objects ? objects_in(buffer) + n : NULL);
	return whole;
}

/* What of the dope the buffer has room for. */
static uint32_t clipped(uint32_t dope, uint32_t size)
{
	return DOPE_WITH_OBJECTS(min(DOPE_DWORDS(dope), DOPE_DWORDS(size)),
	    min(DOPE_STRINGS(dope), DOPE_STRINGS(size)),
	    min(DOPE_OBJECTS(dope), DOPE_OBJECTS(size)));
}

static struct received unmarshal(
    struct received r, struct message *buffer, struct flat_message *flat)
{
	struct unmarshalling u = {
	    r.from, flat, FLAT_DOPE_DWORDS(r.result), 0, IPC_OK};
	uint32_t dope = r.words[1];
	bool whole;

	get(&u, r.words, 8, 8);
	whole = get_all(&u, buffer, dope);
	if (u.result != IPC_OK)
		return ipc_failed(u.result);
	r.result = clipped(dope, buffer->size);
	if (!whole)
		r.result |= IPC_CUT | IPC_IN_RECEIVE;
	return r;
}

/* A direct string, or one object. */
static struct received take(
    struct received r, struct message *buffer, struct flat_message *flat)
{
	uint32_t dwords = FLAT_DOPE_DWORDS(r.result);
	uint32_t room = DOPE_DWORDS(buffer->size);

	memcpy(buffer->direct, flat->direct, min(dwords, room) * 4);
	if (DOPE_OBJECTS(r.result))
		*objects_in(buffer) = flat->object;
	if (dwords > room)
		r.result = FLAT_DOPE(room) | IPC_CUT | IPC_IN_RECEIVE;
	return r;
}

struct received flat_unpack(
    struct received r, struct message *buffer, struct flat_message *flat)
{
	if (!has_message(r))
		return r;
	r = r.words[0] == MARSHALLED && FLAT_DOPE_DWORDS(r.result) >= 2
		? unmarshal(r, buffer, flat)
		: take(r, buffer, flat);
	if (!CONFIG_REGISTER_MESSAGES)
		memcpy(buffer->words, r.words, 8);
	return r;
}

static uint32_t send_last(
    const struct marshalling *m, const struct message *last)
{
	return last ? code(ipc_trap(IPC_SEND, m->to, last, m->timeout, NULL, 0))
		    : m->result;
}

uint32_t flat_send(uid_t to, const struct message *message, uint32_t timeout,
    struct flat_message *flat)
{
	struct marshalling m = {to, flat, 0, timeout, IPC_OK};

	return send_last(&m, prepare(&m, message));
}

struct received flat_call(uid_t to, const struct message *send,
    uint32_t send_timeout, struct message *receive, uint32_t receive_timeout,
    struct flat_message *flat)
{
	struct marshalling m = {to, flat, 0, send_timeout, IPC_OK};
	const struct message *last = prepare(&m, send);
	uint32_t result;

	if (last && CONFIG_RPC_SYSCALLS)
		return flat_unpack(
		    ipc_trap(IPC_CALL, to, last, m.timeout,
			flat_open(flat, receive), receive_timeout),
		    receive, flat);
	result = send_last(&m, last);
	return result == IPC_OK
		   ? complex_receive(to, receive, receive_timeout, flat)
		   : ipc_failed(result);
}

struct received flat_reply_and_receive_next(uid_t to,
    const struct message *send, uint32_t send_timeout, struct message *receive,
    uint32_t receive_timeout, struct flat_message *flat)
{
	struct marshalling m = {to, flat, 0, send_timeout, IPC_OK};
	const struct message *last = prepare(&m, send);
	uint32_t result;

	if (last && HAS_REPLY_AND_RECEIVE_NEXT)
		return flat_unpack(
		    ipc_trap(IPC_REPLY_AND_RECEIVE_NEXT, to, last, m.timeout,
			flat_open(flat, receive), receive_timeout),
		    receive, flat);
	result = send_last(&m, last);
	return result == IPC_OK
		   ? complex_receive(NOBODY, receive, receive_timeout, flat)
		   : ipc_failed(result);
}
