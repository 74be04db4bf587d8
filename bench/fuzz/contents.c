/* SPDX-License-Identifier: BSD-2-Clause */
#include "contents.h"

/* As much as there is room for. */
static void put(const struct variable *v, uint32_t offset, uint32_t value)
{
	if (offset + 4 <= v->room)
		memory_put(v->address + offset, value);
}

static void fill_variable(const struct variable *v, uint32_t seed)
{
	uint32_t dwords = DOPE_DWORDS(v->size), sent = DOPE_DWORDS(v->dope), n;
	uint32_t descriptor = sizeof(struct message) + dwords * 4;

	put(v, 0, v->size);
	put(v, 4, v->dope);
	for (n = 0; n < 2 + (sent > dwords ? sent : dwords); n++)
		put(v, 8 + n * 4, contents_word(seed, n));
	if (DOPE_STRINGS(v->size | v->dope) == 0)
		return;
	put(v, descriptor, v->length);
	put(v, descriptor + 4, v->string);
	put(v, descriptor + 8, v->buffer_size);
	put(v, descriptor + 12, v->buffer);
}

static void fill_string(const struct variable *v, uint32_t seed)
{
	uint32_t n;

	for (n = 0; n + 4 <= v->string_room; n += 4)
		memory_put(v->string + n, contents_word(~seed, n));
	for (; n < v->string_room; n++)
		memory_put_byte(
		    v->string + n, (uint8_t)contents_word(~seed, n));
}

void fill_variables(const struct call *call)
{
	/* Other contents than those to come, so that they must be copied. */
	if (call->operation != SEND && !call->one_variable)
		fill_variable(&call->receive, call->seed + 1);
	if (call->operation != RECEIVE) {
		fill_variable(&call->send, call->seed);
		fill_string(&call->send, call->seed);
	}
}

static uint32_t add(uint32_t sum, uint32_t value)
{
	return (sum << 5 | sum >> 27) + value;
}

uint32_t sum_message(
    const struct variable *v, uint32_t dope, const uint32_t words[2])
{
	uint32_t sum = add(words[0], words[1]), n, string, length, descriptor;

	for (n = 0; n < DOPE_DWORDS(dope); n++)
		sum = add(sum, memory_get(v->address + 16 + n * 4));
	if (DOPE_STRINGS(dope) == 0)
		return sum;
	descriptor = v->address + 16 + DOPE_DWORDS(v->size) * 4;
	length = memory_get(descriptor);
	string = memory_get(descriptor + 4);
	sum = add(add(sum, length), string - v->buffer);
	for (n = 0; n + 4 <= length; n += 4)
		sum = add(sum, memory_get(string + n));
	for (; n < length; n++)
		sum = add(sum, memory_get_byte(string + n));
	return sum;
}
