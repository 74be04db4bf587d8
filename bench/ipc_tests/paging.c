/* SPDX-License-Identifier: BSD-2-Clause */
#include "paging.h"

/* Where in the area a pager's variables are: its client may be in the same
 * space and in the middle of something. */
#define PAGER_AT (2u << 20)

uint32_t page_at(uint32_t n)
{
	return (uint32_t)area + (3u << 20) + n * PAGE;
}

struct order order_memory(enum operation operation, uint32_t address)
{
	return (struct order){.operation = operation, .detail = address};
}

uid_t client_create(uint32_t space, uid_t pager)
{
	uid_t client = party_create(space);
	struct order set = {.operation = PAGER, .partner = pager};

	tell_and_ask(client, &set);
	return client;
}

void write_word(uid_t party, uint32_t address, uint32_t value)
{
	struct order write = order_memory(WRITE, address);

	write.seed = value;
	tell_and_ask(party, &write);
}

/* What the order's stub would have on its stack. */
static struct ipc_parameters block_of(const struct order *o)
{
	return (struct ipc_parameters){o->receive.address, o->send_timeout,
	    o->send.address, (uint32_t)o->partner, (uint32_t)(o->partner >> 32),
	    o->receive_timeout};
}

void put_block(uid_t party, uint32_t at, const struct order *o)
{
	const struct ipc_parameters block = block_of(o);
	uint32_t n;

	for (n = 0; n < sizeof(block) / 4; n++)
		write_word(party, at + n * 4, ((const uint32_t *)&block)[n]);
}

uint32_t read_word(uid_t party, uint32_t address)
{
	struct order read = order_memory(READ, address);

	return tell_and_ask(party, &read).words[0];
}

bool gets_fault(uid_t pager, uid_t client, uint32_t address, bool write)
{
	struct order receive = order_receive(NOBODY, 0, 0);
	struct report r;

	receive.receive.address += PAGER_AT;
	r = tell_and_ask(pager, &receive);

	return r.result == IPC_OK && r.from == client &&
	       FAULT_ADDRESS(r.words) == (address & ~1u) &&
	       FAULT_WRITE(r.words) == write;
}

uint32_t answer(uid_t pager, uid_t client, uint32_t page, uint32_t bytes)
{
	struct order give = order_send(client, DOPE_WITH_OBJECTS(0, 0, 1), 0);

	give.send.address += PAGER_AT;
	give.send.object = page;
	give.send.object_bytes = bytes;
	return tell_and_ask(pager, &give).result;
}

bool serve(uid_t pager, uid_t client, uint32_t address, uint32_t page)
{
	return gets_fault(pager, client, address, true) &&
	       answer(pager, client, page | MEMORY_WRITABLE, PAGE) == IPC_OK;
}

void unmap_in(uint32_t space, uint32_t pages)
{
	uid_t party = party_create(space);
	uint32_t n;

	for (n = 0; n < pages; n++) {
		struct order o = order_memory(UNMAP, PLACE + n * PAGE);

		tell_and_ask(party, &o);
	}
	parties_delete();
}
