/* SPDX-License-Identifier: BSD-2-Clause */
#include "message.h"

static uint32_t size_of(uint32_t bytes)
{
	return sizeof(struct message_header) + sizeof(uint32_t) + bytes;
}

void message_prepare(struct ping *m, uint32_t bytes, enum id id)
{
	m->header = (struct message_header){.size = size_of(bytes), .id = id};
	m->descriptor = DESCRIPTOR(TYPE_INTEGER_32, 32u, bytes / 4, INLINE);
}

static uint32_t pattern(enum id contents, uint32_t dword)
{
	return contents * 0x9E3779B1u ^ dword * 0x85EBCA6Bu;
}

void message_fill(struct ping *m, uint32_t bytes, enum id contents)
{
	uint32_t n;

	m->header.id = contents;
	for (n = 0; n < bytes / 4; n++)
		m->data[n] = pattern(contents, n);
}

bool message_holds(const struct ping *m, uint32_t bytes, enum id contents)
{
	uint32_t n;

	if (m->header.size != size_of(bytes) || m->header.id != contents ||
	    m->descriptor !=
		DESCRIPTOR(TYPE_INTEGER_32, 32u, bytes / 4, INLINE))
		return false;
	for (n = 0; n < bytes / 4; n++)
		if (m->data[n] != pattern(contents, n))
			return false;
	return true;
}
