/* SPDX-License-Identifier: BSD-2-Clause */
#include "contents.h"

/* As much as there is room for. */
static void put(const struct variable *v, uint32_t offset, uint32_t value)
{
	if (offset + 4 <= v->room)
		memory_put(v->address + offset, value);
}

static void put_descriptor(const struct variable *v, uint32_t offset,
    struct planned from, struct planned to)
{
	put(v, offset, from.bytes);
	put(v, offset + 4, from.address);
	put(v, offset + 8, to.bytes);
	put(v, offset + 12, to.address);
}

static void fill_variable(const struct variable *v, uint32_t seed)
{
	uint32_t dwords = dwords_in(v->size), sent = dwords_in(v->dope), n;

	put(v, 0, v->size);
	put(v, 4, v->dope);
	for (n = 0; n < 2 + (sent > dwords ? sent : dwords); n++)
		put(v, 8 + n * 4, contents_word(seed, n));
	for (n = 0; n < strings_in(v->size); n++)
		put_descriptor(v, strings_offset(v->size) + n * 16,
		    nth_string(v, n), nth_buffer(v, n));
	for (n = 0; n < DOPE_OBJECTS(v->size); n++)
		put_descriptor(v, objects_offset(v->size) + n * 16,
		    nth_object(v, n), nth_window(v, n));
}

/* How much of a string there is to be filled. */
static uint32_t room_of(const struct planned *p)
{
	if (p->bytes > STRING_MAX_BYTES)
		return 0;
	if (p->place == EDGE && p->bytes > EDGE_END - p->address)
		return EDGE_END - p->address;
	return p->place == OWN || p->place == BIG || p->place == EDGE ? p->bytes
								      : 0;
}

static void fill_string(const struct planned *p, uint32_t seed)
{
	uint32_t room = room_of(p), n;

	for (n = 0; n + 4 <= room; n += 4)
		memory_put(p->address + n, contents_word(~seed, n));
	for (; n < room; n++)
		memory_put_byte(
		    p->address + n, (uint8_t)contents_word(~seed, n));
}

static void fill_sending(const struct call *call)
{
	const struct variable *v = &call->send;
	uint32_t n;

	fill_variable(v, call->seed);
	for (n = 0; n < strings_in(v->dope); n++) {
		struct planned string = nth_string(v, n);

		fill_string(&string, call->seed + n);
	}
	if (DOPE_OBJECTS(v->dope))
		for (n = 0; n < GIVEN_PAGES; n++)
			memory_put(given(v->arena) + n * PAGE_BYTES,
			    contents_word(call->seed, n));
}

void fill_variables(const struct call *call)
{
	/* Other contents than those to come, so that they must be copied. */
	if (call->operation != SEND && !call->one_variable)
		fill_variable(&call->receive, call->seed + 1);
	if (call->operation != RECEIVE)
		fill_sending(call);
}

uint32_t page_to_touch(const struct call *call, uint32_t n)
{
	const struct variable *v = &call->send;
	const struct planned *p = v->objects + n / WINDOW_PAGES;
	uint32_t offset = n % WINDOW_PAGES * PAGE_BYTES;

	if (call->operation == RECEIVE ||
	    n / WINDOW_PAGES >= DOPE_OBJECTS(v->dope) ||
	    !(p->address & MEMORY_MOVE) || offset >= p->bytes ||
	    !(call->seed >> n & 3))
		return 0;
	return (p->address & -PAGE_BYTES) + offset;
}

static uint32_t add(uint32_t sum, uint32_t value)
{
	return (sum << 5 | sum >> 27) + value;
}

static uint32_t sum_string(uint32_t sum, uint32_t address, uint32_t length)
{
	uint32_t n;

	for (n = 0; n + 4 <= length; n += 4)
		sum = add(sum, memory_get(address + n));
	for (; n < length; n++)
		sum = add(sum, memory_get_byte(address + n));
	return sum;
}

/* What the kernel has said about it: bytes, and where. */
static uint32_t sum_descriptor(
    uint32_t sum, uint32_t descriptor, uint32_t address)
{
	sum = add(sum, memory_get(descriptor));
	return add(sum, memory_get(descriptor + 4) - address);
}

uint32_t sum_message(
    const struct variable *v, uint32_t dope, const uint32_t words[2])
{
	uint32_t sum = add(words[0], words[1]), n, descriptor;

	for (n = 0; n < dwords_in(dope); n++)
		sum = add(sum, memory_get(v->address + 16 + n * 4));
	descriptor = v->address + strings_offset(v->size);
	for (n = 0; n < strings_in(dope); n++, descriptor += 16) {
		struct planned buffer = nth_buffer(v, n);

		sum = sum_descriptor(sum, descriptor, buffer.address);
		if (buffer.place != OBJECT)
			sum = sum_string(
			    sum, buffer.address, memory_get(descriptor));
	}
	descriptor = v->address + objects_offset(v->size);
	for (n = 0; n < DOPE_OBJECTS(dope); n++, descriptor += 16)
		sum = sum_descriptor(sum, descriptor, nth_window(v, n).address);
	return sum;
}

uint32_t sum_windows(uint32_t arena)
{
	uint32_t sum = 0, n, word;

	for (n = 0; n < WINDOW_PAGES; n++) {
		uint32_t page = window(arena) + n * PAGE_BYTES;

		sum = add(sum, 1);
		if (!memory_is_readable(page))
			continue;
		for (word = 0; word < PAGE_BYTES; word += PAGE_BYTES / 16)
			sum = add(sum, memory_get(page + word));
	}
	return sum;
}

static void fill_pool_of(uint32_t at, uint32_t arena)
{
	static const struct planned nothing;
	struct planned buffer = {
	    PAGED, paged(arena) + PAGED_BUFFER, PAGED_BUFFER_BYTES};
	struct variable v = {.address = at + PAGED_VARIABLE,
	    .room = PAGE_BYTES,
	    .size = PAGED_VARIABLE_SIZE};
	uint32_t n;

	for (n = 0; n < PAGED_BYTES; n += 4)
		memory_put(at + n, contents_word(at - pool_at, n));
	memory_put(at + PAGED_MESSAGE, PAGED_MESSAGE_DOPE);
	memory_put(at + PAGED_MESSAGE + 4, PAGED_MESSAGE_DOPE);
	memory_put(at + PAGED_VARIABLE, PAGED_VARIABLE_SIZE);
	put_descriptor(
	    &v, strings_offset(PAGED_VARIABLE_SIZE), nothing, buffer);
}

void fill_pool(void)
{
	uint32_t space, arena;

	for (space = 0; space < SPACES; space++)
		for (arena = 0; arena < ARENAS; arena++)
			fill_pool_of(pool_page(space, paged(arena)), arena);
}
