/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A complex message in pieces: first its direct string, with the number of
 * strings, or HAS_COUNTS, as the tag; with objects, or 255 strings, then a
 * message of two words, strings and objects; then each string, 1020 bytes at a
 * time, the words of a piece being the string's length and where in it the
 * piece is; then the objects, one a message.
 */
#include "runtime.h"
#include "complex.h"

#define HAS_COUNTS 255
#define PIECE_BYTES (MESSAGE_MAX_DWORDS * 4)

static uint32_t min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static struct indirect_string *strings_in(const struct message *m)
{
	return (struct indirect_string *)(m->direct + DOPE_DWORDS(m->size));
}

static struct memory_object *objects_in(const struct message *m)
{
	return (struct memory_object *)(strings_in(m) + DOPE_STRINGS(m->size));
}

static uint32_t send_direct(
    uid_t to, const struct message *m, uint32_t tag, uint32_t timeout)
{
	MESSAGE_VARIABLE(MESSAGE_MAX_DWORDS, 0) first;
	uint32_t dwords = DOPE_DWORDS(m->dope);

	first.head.size = DOPE(dwords, 0);
	first.head.dope = DOPE(dwords, tag);
	memcpy(first.head.words, m->words, 8 + dwords * 4);
	return ipc_send(to, &first.head, timeout);
}

static uint32_t send_string(uid_t to, const struct indirect_string *s)
{
	MESSAGE_VARIABLE(MESSAGE_MAX_DWORDS, 0) piece;
	uint32_t done = 0, bytes, result;

	do {
		bytes = min(s->length - done, PIECE_BYTES);
		piece.head.size = piece.head.dope = DOPE((bytes + 3) / 4, 0);
		piece.head.words[0] = s->length;
		piece.head.words[1] = done;
		memcpy(piece.direct, (char *)s->address + done, bytes);
		result = ipc_send(to, &piece.head, TIMEOUT_NEVER);
		done += bytes;
	} while (result == IPC_OK && done < s->length);
	return result;
}

static uint32_t send_counts(uid_t to, uint32_t strings, uint32_t objects)
{
	MESSAGE_VARIABLE(0, 0)
	counts = {.head = {.words = {strings, objects}}};

	return ipc_send(to, &counts.head, TIMEOUT_NEVER);
}

static uint32_t send_object(uid_t to, const struct memory_object *object)
{
	struct {
		struct message head;
		struct memory_object object;
	} m = {{0, DOPE_WITH_OBJECTS(0, 0, 1), {0, 0}}, *object};

	return ipc_send(to, &m.head, TIMEOUT_NEVER);
}

uint32_t send_in_pieces(uid_t to, const struct message *m, uint32_t timeout)
{
	uint32_t strings = DOPE_STRINGS(m->dope), n;
	uint32_t objects = DOPE_OBJECTS(m->dope);
	bool counted = objects || strings == HAS_COUNTS;
	uint32_t result;

	/* What the kernel takes as it is: a pager's answer, above all. */
	if (objects == 1 && m->dope == DOPE_WITH_OBJECTS(0, 0, 1))
		return ipc_send(to, m, timeout);
	result = send_direct(to, m, counted ? HAS_COUNTS : strings, timeout);
	if (counted && result == IPC_OK)
		result = send_counts(to, strings, objects);
	for (n = 0; n < strings && result == IPC_OK; n++)
		result = send_string(to, strings_in(m) + n);
	for (n = 0; n < objects && result == IPC_OK; n++)
		result = send_object(to, objects_in(m) + n);
	return result;
}

/* Into the buffer, if there is one. Returns what failed; IPC_CUT if not all
 * has room. */
static uint32_t receive_string(uid_t from, struct indirect_string *buffer)
{
	MESSAGE_VARIABLE(MESSAGE_MAX_DWORDS, 0) piece;
	uint32_t room = buffer ? buffer->buffer_size : 0, done = 0, length;
	struct received r;

	do {
		piece.head.size = DOPE(MESSAGE_MAX_DWORDS, 0);
		r = ipc_receive(from, &piece.head, TIMEOUT_NEVER);
		if (code(r) != IPC_OK)
			return code(r);
		length = r.words[0];
		if (done < room)
			memcpy((char *)buffer->buffer + done, piece.direct,
			    min(min(length, room) - done, PIECE_BYTES));
		done += PIECE_BYTES;
	} while (done < length);
	if (buffer) {
		buffer->length = min(length, room);
		buffer->address = buffer->buffer;
	}
	return length > room ? IPC_CUT | IPC_IN_RECEIVE : IPC_OK;
}

static uint32_t receive_object(uid_t from, struct memory_object *buffer)
{
	struct {
		struct message head;
		struct memory_object object;
	} m = {{DOPE_WITH_OBJECTS(0, 0, 1), 0, {0, 0}}, {0}};
	struct received r;

	if (buffer)
		m.object = *buffer;
	r = ipc_receive(from, &m.head, TIMEOUT_NEVER);
	if (buffer)
		*buffer = m.object;
	else if (code(r) == IPC_OK)
		return IPC_CUT | IPC_IN_RECEIVE;
	return code(r);
}

struct received receive_pieces(struct received first, struct message *buffer)
{
	uint32_t strings = DOPE_STRINGS(first.result), objects = 0, n;
	uint32_t has_strings = DOPE_STRINGS(buffer->size);
	uint32_t has_objects = DOPE_OBJECTS(buffer->size);
	uint32_t result = code(first), failed;
	MESSAGE_VARIABLE(0, 0) counts = {.head = {0}};
	struct received r;

	/* An object that has come as it is. */
	if (!strings)
		return first;
	if (strings == HAS_COUNTS) {
		r = ipc_receive(first.from, &counts.head, TIMEOUT_NEVER);
		if (code(r) != IPC_OK)
			return r;
		strings = r.words[0];
		objects = r.words[1];
	}
	for (n = 0; n < strings + objects; n++) {
		failed =
		    n < strings
			? receive_string(first.from,
			      n < has_strings ? strings_in(buffer) + n : NULL)
			: receive_object(
			      first.from, n - strings < has_objects
					      ? objects_in(buffer) + n - strings
					      : NULL);
		if (failed == (IPC_CUT | IPC_IN_RECEIVE))
			result = failed;
		else if (failed != IPC_OK)
			return ipc_failed(failed);
	}
	first.result =
	    DOPE_WITH_OBJECTS(DOPE_DWORDS(first.result),
		min(strings, has_strings), min(objects, has_objects)) |
	    result;
	return first;
}
