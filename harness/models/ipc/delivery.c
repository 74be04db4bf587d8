/* SPDX-License-Identifier: BSD-2-Clause */
#include "delivery.h"
#include "memory.h"
#include <string.h>

/* Strings on their way through the kernel. */
static uint8_t buffered[255 * (OWN_STRING_MAX + BIG_STRING_MAX)];

/* Part of a message: where from, where to. */
struct part {
	uint32_t source, bytes;
	bool writable, moves;
	uint32_t buffer, taken;
};

/* What a pager says to a fault: can the page be accessed now? */
static bool pager_gives(const struct side *s, uint32_t address, bool write)
{
	uint32_t page = address & -PAGE_BYTES;
	uint32_t source = supplied_page(s->space, page);
	bool writable = s->pager != GIVES_READ_ONLY;

	if (s->pager == REFUSES || !is_supplied(address))
		return false;
	memory_share(0, source, s->space, page, writable);
	if (s->pager == GIVES_MUCH)
		memory_place(0, source + PAGE_BYTES, s->space,
		    page + PAGE_BYTES, supplied_bytes(page) - PAGE_BYTES,
		    writable);
	return writable || !write;
}

enum access { GRANTED, FAILED, NEVER };

static enum access fault(
    struct model *m, const struct side *s, uint32_t address, bool write)
{
	if (address >= EDGE_END)
		return FAILED;
	if (memory_resolve(s->space, address, write))
		return GRANTED;
	if (s->pager == NO_PAGER || s->patience == TIMEOUT_NONE)
		return FAILED;
	if (s->pager != IS_SILENT && s->patience > TIMEOUT_MAX &&
	    s->patience != TIMEOUT_NEVER)
		return FAILED;
	if (s->pager == IS_SILENT) {
		if (is_short_wait(s->patience) ||
		    (s->patience > TIMEOUT_MAX && s->patience != TIMEOUT_NEVER))
			return FAILED;
		m->silences++;
		return NEVER;
	}
	m->pages++;
	return pager_gives(s, address, write) ? GRANTED : FAILED;
}

bool party_touches(
    struct model *m, const struct side *s, uint32_t address, bool write)
{
	return memory_at(s->space, address, write) ||
	       fault(m, s, address, write) == GRANTED;
}

/* At most 4 bytes. */
static enum access touch(struct model *m, const struct side *s,
    uint32_t address, uint32_t bytes, bool write)
{
	enum access a = GRANTED;

	if (!memory_at(s->space, address, write))
		a = fault(m, s, address, write);
	address += bytes - 1;
	if (a == GRANTED && !memory_at(s->space, address, write))
		a = fault(m, s, address, write);
	return a;
}

static void get(
    const struct side *s, uint32_t address, void *to, uint32_t bytes)
{
	uint8_t *at = to;

	if (address % PAGE_BYTES + bytes <= PAGE_BYTES)
		memcpy(to, memory_at(s->space, address, false), bytes);
	else
		while (bytes--)
			*at++ = *memory_at(s->space, address++, false);
}

static void set(
    const struct side *s, uint32_t address, const void *from, uint32_t bytes)
{
	const uint8_t *at = from;

	if (address % PAGE_BYTES + bytes <= PAGE_BYTES)
		memcpy(memory_at(s->space, address, true), from, bytes);
	else
		while (bytes--)
			*memory_at(s->space, address++, true) = *at++;
}

static enum delivery refuse(struct parcel *p, uint32_t code)
{
	p->code = code;
	return SENDERS_MISTAKE;
}

static enum delivery sender_fails(struct parcel *p, enum access a)
{
	if (a == GRANTED)
		return DELIVERED;
	return a == NEVER ? SENDER_WAITS : refuse(p, IPC_FAULT);
}

static enum delivery receiver_fails(enum access a)
{
	if (a == GRANTED)
		return DELIVERED;
	return a == NEVER ? RECEIVER_WAITS : RECEIVERS_MISTAKE;
}

/* Of the sender's memory. */
static enum delivery load(
    struct model *m, struct parcel *p, uint32_t address, uint32_t *value)
{
	enum access a = touch(m, &p->from, address, 4, false);

	if (a == GRANTED)
		get(&p->from, address, value, 4);
	return sender_fails(p, a);
}

/*
 * Of the receiver's memory. Within one space the sender that reads it itself
 * does so as if it were its own.
 */
static enum delivery load_there(
    struct model *m, struct parcel *p, uint32_t address, uint32_t *value)
{
	bool own = m->switches.direct_transfer && p->from.space == p->to.space;
	enum access a = touch(m, own ? &p->from : &p->to, address, 4, false);

	if (a == GRANTED)
		get(&p->to, address, value, 4);
	if (own && a == NEVER)
		return SENDER_WAITS;
	return receiver_fails(a);
}

static enum delivery store_there(
    struct model *m, struct parcel *p, uint32_t address, uint32_t value)
{
	enum access a = touch(m, &p->to, address, 4, true);

	if (a == GRANTED)
		set(&p->to, address, &value, 4);
	return receiver_fails(a);
}

/* In units as both have them: whoever ends first has made the mistake. */
static enum delivery copy(struct model *m, struct parcel *p, uint32_t to,
    uint32_t from, uint32_t bytes)
{
	uint32_t n, unit;
	uint8_t data[4];

	for (n = 0; n < bytes; n += unit) {
		enum delivery d;

		unit = bytes - n >= 4 ? 4 : 1;
		d = sender_fails(p, touch(m, &p->from, from + n, unit, false));
		if (d == DELIVERED)
			d = receiver_fails(
			    touch(m, &p->to, to + n, unit, true));
		if (d != DELIVERED)
			return d;
		get(&p->from, from + n, data, unit);
		set(&p->to, to + n, data, unit);
	}
	return DELIVERED;
}

static enum delivery copy_in(struct model *m, struct parcel *p, uint8_t *to,
    uint32_t from, uint32_t bytes)
{
	uint32_t n, unit;

	for (n = 0; n < bytes; n += unit) {
		enum access a;

		unit = bytes - n >= 4 ? 4 : 1;
		a = touch(m, &p->from, from + n, unit, false);
		if (a != GRANTED)
			return sender_fails(p, a);
		get(&p->from, from + n, to + n, unit);
	}
	return DELIVERED;
}

static enum delivery copy_out(struct model *m, struct parcel *p, uint32_t to,
    const uint8_t *from, uint32_t bytes)
{
	uint32_t n, unit;

	for (n = 0; n < bytes; n += unit) {
		enum access a;

		unit = bytes - n >= 4 ? 4 : 1;
		a = touch(m, &p->to, to + n, unit, true);
		if (a != GRANTED)
			return receiver_fails(a);
		set(&p->to, to + n, from + n, unit);
	}
	return DELIVERED;
}

enum delivery fetch_head(
    struct model *m, struct side *side, uint32_t message, uint32_t head[4])
{
	uint32_t n;

	if (!are_user_addresses(message, 16) && !is_own_block(message))
		return SENDERS_MISTAKE;
	for (n = 0; n < 4; n++) {
		enum access a = touch(m, side, message + n * 4, 4, false);

		if (a != GRANTED)
			return a == NEVER ? SENDER_WAITS : SENDERS_MISTAKE;
		get(side, message + n * 4, head + n, 4);
	}
	return DELIVERED;
}

uint32_t check_head(
    const struct model *m, uint32_t message, const uint32_t head[4])
{
	uint32_t dope = head[1] & ~IPC_RESULT, objects = DOPE_OBJECTS(dope);

	if (dope == 0)
		return IPC_OK;
	if (!m->switches.complex_messages && objects &&
	    (objects > 1 || dwords_in(dope)))
		return IPC_TOO_LONG;
	if (is_own_block(message))
		return dwords_in(dope) > BLOCK_DWORDS || strings_in(dope) ||
			       objects
			   ? IPC_TOO_LONG
			   : IPC_OK;
	return are_user_addresses(message + 16, dwords_in(dope) * 4)
		   ? IPC_OK
		   : IPC_FAULT;
}

static bool whole_pages(uint32_t address, uint32_t bytes)
{
	return (address | bytes) % PAGE_BYTES == 0;
}

/* A descriptor of the sender's. */
static enum delivery open_source(struct model *m, struct parcel *p,
    uint32_t descriptor, bool object, struct part *part)
{
	enum delivery d = DELIVERED;

	if (!are_user_addresses(descriptor, 16))
		return refuse(p, IPC_FAULT);
	d = load(m, p, descriptor, &part->bytes);
	if (d == DELIVERED)
		d = load(m, p, descriptor + 4, &part->source);
	if (d != DELIVERED)
		return d;
	if (object) {
		part->writable = part->source & MEMORY_WRITABLE;
		part->moves =
		    m->switches.page_remapping && (part->source & MEMORY_MOVE);
		part->source &=
		    ~(MEMORY_WRITABLE | (part->moves ? MEMORY_MOVE : 0u));
		if (!whole_pages(part->source, part->bytes))
			return refuse(p, IPC_FAULT);
	} else if (part->bytes > STRING_MAX_BYTES) {
		return refuse(p, IPC_TOO_LONG);
	}
	return are_user_addresses(part->source, part->bytes)
		   ? DELIVERED
		   : refuse(p, IPC_FAULT);
}

/* What moves stays at its address: the room that it has in its place. */
static uint32_t room_in_place(struct part *part, uint32_t room)
{
	uint32_t offset = part->source - part->buffer;

	if (offset >= room)
		return 0;
	part->buffer = part->source;
	return room - offset;
}

/* A descriptor of the receiver's, which learns what it gets. */
static enum delivery open_buffer(struct model *m, struct parcel *p,
    uint32_t descriptor, bool object, struct part *part)
{
	uint32_t room;
	enum delivery d;

	if (!are_user_addresses(descriptor, 16))
		return RECEIVERS_MISTAKE;
	d = load_there(m, p, descriptor + 8, &room);
	if (d == DELIVERED)
		d = load_there(m, p, descriptor + 12, &part->buffer);
	if (d != DELIVERED)
		return d;
	if (object && part->buffer % PAGE_BYTES)
		return RECEIVERS_MISTAKE;
	if (object)
		room &= -PAGE_BYTES;
	if (object && part->moves)
		room = room_in_place(part, room);
	part->taken = room < part->bytes ? room : part->bytes;
	if (part->taken < part->bytes)
		p->result |= IPC_CUT;
	if (!are_user_addresses(part->buffer, part->taken))
		return RECEIVERS_MISTAKE;
	d = store_there(m, p, descriptor, part->taken);
	return d == DELIVERED ? store_there(m, p, descriptor + 4, part->buffer)
			      : d;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* How much of it fits into the buffer. */
static enum delivery measure(
    struct model *m, struct parcel *p, uint32_t dope, uint32_t *size)
{
	bool block = is_own_block(p->buffer);
	enum delivery d;

	if (!block && !are_user_addresses(p->buffer, 16))
		return RECEIVERS_MISTAKE;
	d = load_there(m, p, p->buffer, size);
	if (d != DELIVERED)
		return d;
	if (block) {
		*size = FLAT_DOPE(smaller(dwords_in(*size), BLOCK_DWORDS));
		m->blocks += is_own_block(p->message);
	} else if (!are_user_addresses(p->buffer, 16 + dwords_in(*size) * 4)) {
		return RECEIVERS_MISTAKE;
	}
	p->result =
	    DOPE_WITH_OBJECTS(smaller(dwords_in(dope), dwords_in(*size)),
		smaller(strings_in(dope), strings_in(*size)),
		smaller(DOPE_OBJECTS(dope), DOPE_OBJECTS(*size)));
	if (p->result != dope)
		p->result |= IPC_CUT;
	return DELIVERED;
}

/* Bytes 0..7, which do not come in registers. */
static enum delivery put_words(struct model *m, struct parcel *p)
{
	enum delivery d;

	if (m->switches.register_messages)
		return DELIVERED;
	d = store_there(m, p, p->buffer + 8, p->head[2]);
	return d == DELIVERED ? store_there(m, p, p->buffer + 12, p->head[3])
			      : d;
}

static void place(struct model *m, struct parcel *p, const struct part *part)
{
	uint32_t from = p->from.space, to = p->to.space;

	if (part->moves)
		m->moved += memory_move(
		    from, to, part->buffer, part->taken, part->writable);
	else
		memory_place(from, part->source, to, part->buffer, part->taken,
		    part->writable);
}

/* The n-th string or object, at once. */
static enum delivery move_part(struct model *m, struct parcel *p,
    uint32_t source, uint32_t buffer, bool object, bool taken)
{
	struct part part;
	enum delivery d = open_source(m, p, source, object, &part);

	if (d == DELIVERED && taken)
		d = open_buffer(m, p, buffer, object, &part);
	if (d != DELIVERED || !taken)
		return d;
	if (!object)
		return copy(m, p, part.buffer, part.source, part.taken);
	place(m, p, &part);
	return DELIVERED;
}

static enum delivery deliver_directly(struct model *m, struct parcel *p)
{
	uint32_t dope = p->head[1] & ~IPC_RESULT, sent = p->head[0], size, n;
	enum delivery d = measure(m, p, dope, &size);

	if (d == DELIVERED)
		d = put_words(m, p);
	if (d == DELIVERED)
		d = copy(m, p, p->buffer + 16, p->message + 16,
		    dwords_in(p->result) * 4);
	for (n = 0; n < strings_in(dope) && d == DELIVERED; n++)
		d = move_part(m, p, p->message + strings_offset(sent) + n * 16,
		    p->buffer + strings_offset(size) + n * 16, false,
		    n < strings_in(p->result));
	for (n = 0; n < DOPE_OBJECTS(dope) && d == DELIVERED; n++)
		d = move_part(m, p, p->message + objects_offset(sent) + n * 16,
		    p->buffer + objects_offset(size) + n * 16, true,
		    n < DOPE_OBJECTS(p->result));
	return d;
}

/* All that is sent, before the receiver is looked at. */
struct kernel_buffer {
	uint8_t direct[FLAT_MAX_DWORDS * 4];
	struct part strings[255], objects[255];
};

static enum delivery take(
    struct model *m, struct parcel *p, struct kernel_buffer *b)
{
	uint32_t dope = p->head[1] & ~IPC_RESULT, sent = p->head[0], n;
	uint8_t *at = buffered;
	enum delivery d = DELIVERED;

	for (n = 0; n < strings_in(dope) && d == DELIVERED; n++)
		d = open_source(m, p,
		    p->message + strings_offset(sent) + n * 16, false,
		    b->strings + n);
	if (d == DELIVERED)
		d = copy_in(
		    m, p, b->direct, p->message + 16, dwords_in(dope) * 4);
	for (n = 0; n < strings_in(dope) && d == DELIVERED; n++) {
		d = copy_in(
		    m, p, at, b->strings[n].source, b->strings[n].bytes);
		at += b->strings[n].bytes;
	}
	for (n = 0; n < DOPE_OBJECTS(dope) && d == DELIVERED; n++)
		d = open_source(m, p,
		    p->message + objects_offset(sent) + n * 16, true,
		    b->objects + n);
	return d;
}

static enum delivery put(
    struct model *m, struct parcel *p, struct kernel_buffer *b)
{
	uint32_t size, n;
	const uint8_t *at = buffered;
	enum delivery d = measure(m, p, p->head[1] & ~IPC_RESULT, &size);

	if (d == DELIVERED)
		d = put_words(m, p);
	if (d == DELIVERED)
		d = copy_out(
		    m, p, p->buffer + 16, b->direct, dwords_in(p->result) * 4);
	for (n = 0; n < strings_in(p->result) && d == DELIVERED; n++) {
		struct part *s = b->strings + n;

		d = open_buffer(
		    m, p, p->buffer + strings_offset(size) + n * 16, false, s);
		if (d == DELIVERED)
			d = copy_out(m, p, s->buffer, at, s->taken);
		at += s->bytes;
	}
	for (n = 0; n < DOPE_OBJECTS(p->result) && d == DELIVERED; n++) {
		struct part *o = b->objects + n;

		d = open_buffer(
		    m, p, p->buffer + objects_offset(size) + n * 16, true, o);
		if (d == DELIVERED)
			place(m, p, o);
	}
	return d;
}

enum delivery deliver(struct model *m, struct parcel *p)
{
	static struct kernel_buffer b;
	enum delivery d;

	p->result = IPC_OK;
	if (m->switches.register_messages && !(p->head[1] & ~IPC_RESULT))
		return DELIVERED;
	if (m->switches.direct_transfer) {
		d = deliver_directly(m, p);
	} else {
		d = take(m, p, &b);
		if (d == DELIVERED)
			d = put(m, p, &b);
	}
	if (p->result & IPC_CODE)
		p->result |= IPC_IN_RECEIVE;
	return d;
}

enum delivery deliver_words(struct model *m, const struct side *to,
    uint32_t buffer, const uint32_t words[2])
{
	uint32_t n;

	if (m->switches.register_messages)
		return DELIVERED;
	if (!are_user_addresses(buffer, sizeof(struct message)) &&
	    !is_own_block(buffer))
		return RECEIVERS_MISTAKE;
	for (n = 0; n < 2; n++) {
		uint32_t at = buffer + offsetof(struct message, words) + 4 * n;
		enum access a = touch(m, to, at, 4, true);

		if (a != GRANTED)
			return receiver_fails(a);
		set(to, at, words + n, 4);
	}
	return DELIVERED;
}
