/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages are copied twice: into a buffer of the kernel, and from there into
 * the receiver's space.
 */
#include <transfer.h>
#include <heap.h>
#include <memory.h>
#include <message.h>
#include <remapping.h>
#include <virtual_registers.h>

struct object {
	struct mapping *mapping;
	uint32_t bytes;
};

/*
 * A message between sender and receiver. In data, one behind the other: the
 * direct string, length and contents of each indirect string, filled up to
 * dwords, and a mapping for each memory object.
 */
struct kernel_message {
	uint32_t dope;
	uint32_t words[2];
	uint32_t bytes;		/* of all this */
	uint32_t patience;	/* the sender's timeout */
	struct object *objects; /* in data; NULL: not there yet */
	uint32_t data[];
};

static uint32_t dwords_of(uint32_t bytes)
{
	return (bytes + 3) / 4;
}

/* How many dwords of data it will be, so far as the sender does not change it
 * meanwhile: its result code. */
static uint32_t measure(const struct outgoing *out, uint32_t *dwords)
{
	struct piece piece;
	uint32_t result, n;

	*dwords = direct_dwords(out->dope);
	for (n = 0; n < strings_of(out->dope); n++) {
		result = string_open(out, n, &piece);
		if (result != IPC_OK)
			return result;
		*dwords += 1 + dwords_of(piece.bytes);
	}
	*dwords += DOPE_OBJECTS(out->dope) * sizeof(struct object) / 4;
	return IPC_OK;
}

/* The copy in of the strings, no further than to end. */
static uint32_t take_strings(
    const struct outgoing *out, uint32_t **at, const uint32_t *end)
{
	struct piece piece;
	uint32_t n;

	for (n = 0; n < strings_of(out->dope); n++) {
		uint32_t result = string_open(out, n, &piece), left;

		if (result != IPC_OK)
			return result;
		left = (uint32_t)(end - *at);
		if (1 + dwords_of(piece.bytes) > left)
			return IPC_FAULT; /* it is longer than before */
		*(*at)++ = piece.bytes;
		if (!copy_string(*at, (const void *)piece.address, piece.bytes))
			return IPC_FAULT;
		*at += dwords_of(piece.bytes);
	}
	return IPC_OK;
}

static uint32_t take_objects(
    struct task *source, const struct outgoing *out, struct object *object)
{
	struct piece piece;
	uint32_t n;

	for (n = 0; n < DOPE_OBJECTS(out->dope); n++, object++) {
		uint32_t result = object_open(out, n, &piece);

		if (result != IPC_OK)
			return result;
		object->bytes = piece.bytes;
		object->mapping = mapping_create(
		    source, piece.address, piece.bytes, piece.writable);
		if (!object->mapping)
			return IPC_NO_BUFFER;
		object->mapping->moves = piece.moves;
	}
	return IPC_OK;
}

/* The copy in. */
static uint32_t message_fill(
    struct kernel_message *m, struct tcb *from, const struct outgoing *out)
{
	uint32_t *at = m->data, *end = (uint32_t *)((char *)m + m->bytes);
	uint32_t result, room;

	if (direct_dwords(out->dope) &&
	    !copy_direct(at, out->direct, direct_dwords(out->dope)))
		return IPC_FAULT;
	at += direct_dwords(out->dope);
	result = take_strings(out, &at, end);
	if (result != IPC_OK)
		return result;
	room = (uint32_t)((char *)end - (char *)at);
	if (DOPE_OBJECTS(out->dope) * sizeof(struct object) > room)
		return IPC_FAULT; /* the strings are longer than before */
	memset(at, 0, room);
	m->objects = (struct object *)at;
	return take_objects(from->task, out, m->objects);
}

/* Objects that have not been taken out go with it. */
void message_drop(struct kernel_message *m)
{
	uint32_t n;

	if (!m)
		return;
	for (n = 0; m->objects && n < DOPE_OBJECTS(m->dope); n++)
		if (m->objects[n].mapping)
			mapping_drop(m->objects[n].mapping);
	heap_release(m, m->bytes);
}

uint32_t message_patience(const struct kernel_message *m)
{
	return m ? m->patience : TIMEOUT_NEVER;
}

uint32_t transfer_long(
    struct tcb *from, struct tcb *to, const struct outgoing *out)
{
	struct kernel_message *m;
	uint32_t dwords, result = measure(out, &dwords);

	if (result != IPC_OK)
		return result;
	m = heap_allocate(sizeof(*m) + dwords * 4);
	if (!m)
		return IPC_NO_BUFFER;
	*m = (struct kernel_message){.dope = out->dope,
	    .words = {out->words[0], out->words[1]},
	    .bytes = sizeof(*m) + dwords * 4,
	    .patience = user_frame(from)->ebx};
	from->transfer.outbox = m;
	result = message_fill(m, from, out);
	from->transfer.outbox = NULL;
	if (result == IPC_OK && from->transfer.copies_to)
		to->transfer.inbox = m;
	else
		message_drop(m);
	return result;
}

/* The copy out of the strings that the receiver takes, n of them. */
static bool put_strings(struct incoming *in, uint32_t n, const uint32_t *data)
{
	struct indirect_string *descriptor = (void *)in->strings;
	struct piece buffer;

	for (; n; n--, descriptor++) {
		uint32_t bytes = *data++;

		if (!in_user_space((uint32_t)descriptor, sizeof(*descriptor)) ||
		    !string_buffer_open(descriptor, bytes, in, &buffer) ||
		    !copy_string((void *)buffer.address, data, buffer.bytes))
			return false;
		data += dwords_of(bytes);
	}
	return true;
}

/* The source of what moves may have gone. */
static bool put_object(
    struct mapping *m, struct task *task, const struct piece *buffer)
{
	bool can;

	if (!CONFIG_PAGE_REMAPPING || !m->moves) {
		mapping_place(m, task, buffer->address, buffer->bytes);
		return true;
	}
	can = !m->source || pages_make_tables(m->source, task, buffer->address,
				buffer->bytes);
	if (can && m->source)
		pages_move(m->source, task, buffer->address, buffer->bytes,
		    m->writable);
	mapping_drop(m);
	return can;
}

static uint32_t put_objects(
    struct tcb *to, struct incoming *in, uint32_t n, struct object *object)
{
	struct memory_object *descriptor = (void *)in->objects;
	struct piece source, buffer;

	for (; n; n--, descriptor++, object++) {
		struct mapping *m = object->mapping;

		source = (struct piece){
		    m->source_address, object->bytes, m->writable, m->moves};
		if (!in_user_space((uint32_t)descriptor, sizeof(*descriptor)) ||
		    !object_buffer_open(descriptor, &source, in, &buffer))
			return IPC_FAULT;
		object->mapping = NULL;
		if (!put_object(m, to->task, &buffer))
			return IPC_NO_BUFFER;
	}
	return IPC_OK;
}

/* The copy out: dope and the receiver's result code. */
static uint32_t message_get(
    struct tcb *to, struct kernel_message *m, uint32_t address)
{
	struct message *buffer = (void *)address;
	struct incoming in;
	uint32_t taken, result;

	expect_block(&in, to, address);
	if (!buffer_open(address, buffer, m->dope, &in))
		return IPC_FAULT;
	taken = in.dope;
	if (!CONFIG_REGISTER_MESSAGES &&
	    !copy_dwords(buffer->words, m->words, 2))
		return IPC_FAULT;
	if (direct_dwords(taken) &&
	    !copy_direct(buffer->direct, m->data, direct_dwords(taken)))
		return IPC_FAULT;
	if (!put_strings(
		&in, strings_of(taken), m->data + direct_dwords(m->dope)))
		return IPC_FAULT;
	result = put_objects(to, &in, DOPE_OBJECTS(taken), m->objects);
	return result == IPC_OK ? in.dope : result;
}

uint32_t message_take(struct tcb *to)
{
	struct kernel_message *m = to->transfer.inbox;
	uint32_t dope = message_get(to, m, user_frame(to)->eax);

	to->transfer.inbox = NULL;
	message_drop(m);
	return dope;
}

#if CONFIG_HAND_CODED_PATH
struct message_buffer message_buffer;

uint32_t message_take_over(struct tcb *to)
{
	uint32_t bytes = direct_dwords(message_buffer.dope) * 4;
	struct kernel_message *m = heap_allocate(sizeof(*m) + bytes);
	uint32_t dope;

	if (!m)
		return IPC_NO_BUFFER | IPC_IN_RECEIVE;
	*m = (struct kernel_message){.dope = message_buffer.dope & ~IPC_RESULT,
	    .words = {message_buffer.words[0], message_buffer.words[1]},
	    .bytes = sizeof(*m) + bytes,
	    .patience = message_buffer.patience};
	memcpy(m->data, message_buffer.data, bytes);
	to->transfer.inbox = m;
	dope = message_take(to);
	return dope & IPC_CODE ? dope | IPC_IN_RECEIVE : dope;
}
#endif
