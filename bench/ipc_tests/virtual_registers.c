/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual registers: messages that lie in the blocks of their threads, for kernels with the
 * extension CONFIG_VIRTUAL_REGISTERS. Others have none.
 */
#include "paging.h"
#include "tests.h"

#define MOST BLOCK_DWORDS
#define CANARY 0xB10CB10Cu

/* In the group of tests that is running. */
static bool all_hold;

static void hold(bool passed, const char *what, uint32_t dwords)
{
	if (passed)
		return;
	print("# it does not hold: %s, %u dwords\n", what, dwords);
	all_hold = false;
}

static struct variable block(uid_t party, uint32_t dwords)
{
	return (struct variable){.address = BLOCK_OF(party),
	    .dope = FLAT_DOPE(dwords),
	    .flat = true};
}

static struct order send_block(uid_t from, uid_t to, uint32_t dwords)
{
	struct order o = order_send(to, 0, 0);

	o.send = block(from, dwords);
	o.raw = true;
	return o;
}

static struct order receive_in_block(uid_t party, uid_t from, uint32_t dwords)
{
	struct order o = order_receive(from, 0, 0);

	o.receive = block(party, dwords);
	o.raw = true;
	return o;
}

/* A call and its answer, each from block to block. */
static void call_and_answer(uid_t client, uid_t server, uint32_t dwords)
{
	struct order receive = receive_in_block(server, NOBODY, MOST);
	struct order call = order_call(server), answer = order_reply(client);
	struct report r;

	call.send = answer.send = block(client, dwords);
	call.receive = block(client, MOST);
	answer.send = block(server, MOST - dwords);
	answer.receive = block(server, MOST);
	call.raw = answer.raw = true;
	tell(server, &receive);
	settle();
	tell(client, &call);
	r = ask(server);
	hold(received_all(&r, &call, client), "a call", dwords);
	settle();
	tell(server, &answer);
	r = ask(client);
	hold(received_all(&r, &answer, server), "its answer", MOST - dwords);
	/* The server waits for the next one: as a send it comes by other ways. */
	settle();
	call.seed = next_seed();
	call.operation = SEND;
	hold(tell_and_ask(client, &call).result == IPC_OK, "a send", dwords);
	r = ask(server);
	hold(received_all(&r, &call, client), "arrives", dwords);
}

static void test_each_size(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1), c;
	uint32_t dwords;

	for (dwords = 0; dwords <= MOST; dwords++)
		call_and_answer(a, b, dwords);
	c = party_create(THERE);
	call_and_answer(a, c, 5);
	call_and_answer(c, a, MOST);
	parties_delete();
}

/* The sender waits first; one side has its message elsewhere. */
static void test_other_ways(void)
{
	uid_t a = party_create(HERE), b = party_create(THERE);
	struct order send = send_block(a, b, 20);
	struct order receive = receive_in_block(b, a, MOST);
	struct report r;

	tell(a, &send);
	settle();
	r = tell_and_ask(b, &receive);
	hold(received_all(&r, &send, a), "the sender waits", 20);
	ask(a);

	receive = order_receive(NOBODY, FLAT_DOPE(MOST), 0);
	receive.receive.flat = receive.raw = true;
	tell(b, &receive);
	settle();
	send.seed = next_seed();
	tell_and_ask(a, &send);
	r = ask(b);
	hold(received_all(&r, &send, a), "into ordinary memory", 20);

	send = order_send(b, FLAT_DOPE(31), 0);
	send.send.flat = send.raw = true;
	receive = receive_in_block(b, NOBODY, MOST);
	tell(b, &receive);
	settle();
	tell_and_ask(a, &send);
	r = ask(b);
	hold(received_all(&r, &send, a), "out of ordinary memory", 31);
	parties_delete();
}

/* What the receiver gets of so many dwords, if its block says that it has room. */
static uint32_t gets(uid_t a, uid_t b, const struct order *send, uint32_t room)
{
	struct order receive = receive_in_block(b, NOBODY, room);

	receive.receive.made_up = HEAD;
	tell(b, &receive);
	settle();
	hold(tell_and_ask(a, send).result == IPC_OK, "is sent", room);
	return ask(b).result;
}

static void test_room(void)
{
	uid_t a = party_create(HERE), b = party_create(THERE);
	uint32_t cut = IPC_CUT | IPC_IN_RECEIVE;
	struct order send = send_block(a, b, 40), larger;

	hold(gets(a, b, &send, 39) == (FLAT_DOPE(39) | cut), "room for", 39);
	hold(gets(a, b, &send, 0) == (FLAT_DOPE(0) | cut), "room for", 0);
	hold(gets(a, b, &send, 40) == FLAT_DOPE(40), "room for", 40);
	hold(gets(a, b, &send, 255) == FLAT_DOPE(40), "it says", 255);
	larger = order_send(b, FLAT_DOPE(MOST + 1), 0);
	larger.send.flat = larger.raw = true;
	hold(gets(a, b, &larger, 255) == (FLAT_DOPE(MOST) | cut),
	    "no more than", MOST);
	parties_delete();
}

/* The receiver waits all the same. */
static void refused(
    const struct order *send, uid_t a, uid_t b, uint32_t code, const char *what)
{
	struct order receive = receive_in_block(b, a, MOST);
	struct report r;

	tell(b, &receive);
	settle();
	hold(tell_and_ask(a, send).result == code && !is_done(b, &r), what, 0);
	parties_delete();
}

static void test_what_does_not_fit(void)
{
	static const uint32_t dopes[] = {FLAT_DOPE(MOST + 1), FLAT_DOPE(255),
	    DOPE_WITH_OBJECTS(0, 0, 1), DOPE(0, 1)};
	uint32_t n;

	for (n = 0; n < 4; n++) {
		uid_t a = party_create(THERE), b = party_create(HERE);
		struct order send = send_block(a, b, 0);

		send.send.dope = dopes[n];
		send.send.made_up = HEAD;
		refused(&send, a, b, IPC_TOO_LONG, "it does not fit");
	}
}

static void send_from(uint32_t address, const char *what)
{
	uid_t a = party_create(THERE), b = party_create(HERE);
	struct order send = send_block(a, b, 1);

	send.send.address = address ? address : BLOCK_OF(b);
	send.send.made_up = NOTHING;
	refused(&send, a, b, IPC_FAULT, what);
}

static void receive_in(uid_t a, uid_t b, uint32_t address, const char *what)
{
	struct order send = send_block(a, b, 1);
	struct order receive = receive_in_block(b, a, MOST);

	receive.receive.address = address;
	receive.receive.made_up = NOTHING;
	tell(b, &receive);
	settle();
	hold(tell_and_ask(a, &send).result == IPC_OK &&
		 ask(b).result == (IPC_FAULT | IPC_IN_RECEIVE),
	    what, 1);
}

static void test_other_blocks(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE);

	receive_in(a, b, BLOCK_OF(a), "into the sender's block");
	receive_in(a, b, BLOCK_OF(b) + 4, "not at the beginning of its own");
	receive_in(a, b, BLOCKS, "into that of no thread");
	parties_delete();
	send_from(0, "out of the receiver's block");
	send_from(BLOCKS + 12345 * BLOCK_BYTES, "out of no thread's");
	send_from(BLOCKS - BLOCK_BYTES, "from in front of all");
}

static void write_own(uid_t party, uint32_t value)
{
	write_word(party, BLOCK_OF(party), value);
}

static void test_privacy(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1), c;
	struct order read = order_memory(READ, BLOCK_OF(a));
	struct report r;

	write_own(a, CANARY);
	write_own(b, 1);
	tell(b, &read);
	settle();
	settle();
	/* If it has such a page, that is its own task's; if not, it is ended. */
	hold(!is_done(b, &r) || r.words[0] != CANARY, "others see it", 0);
	parties_delete();
	c = party_create(THERE + 1);
	hold(read_word(c, BLOCK_OF(c)) == 0, "a new thread's is clear", 0);
	parties_delete();
	c = party_create(THERE);
	hold(read_word(c, BLOCK_OF(c)) == 0, "and is so where one was", 0);
	parties_delete();
}

static void test_it_stays(void)
{
	uid_t a = party_create(THERE), b = party_create(HERE);
	uint32_t page = BLOCK_OF(a) & -PAGE;
	struct order drop = order_memory(UNMAP, page);
	struct order give = order_send(b, DOPE_WITH_OBJECTS(0, 0, 1), 0);
	struct order take = order_receive(b, DOPE_WITH_OBJECTS(0, 0, 1), 0);

	write_own(a, CANARY);
	hold(tell_and_ask(a, &drop).result == SERVICE_FAULT, "to unmap it", 0);
	give.raw = take.raw = true;
	give.send.object = page;
	give.send.object_bytes = PAGE;
	give.send_timeout = TIMEOUT_NONE;
	hold(
	    tell_and_ask(a, &give).result == IPC_TIMEOUT, "nobody takes it", 0);
	take.receive.object = page;
	take.receive.object_bytes = PAGE;
	give.partner = a;
	give.send.object = page_at(0);
	give.send_timeout = TIMEOUT_NEVER;
	tell(a, &take);
	settle();
	tell(b, &give);
	hold(ask(a).result == (IPC_FAULT | IPC_IN_RECEIVE), "to put one there",
	    0);
	hold(read_word(a, BLOCK_OF(a)) == CANARY, "it is as it was", 0);
	parties_delete();
	unmap_in(HERE, 1);
}

static void test_swapping_of_blocks(void)
{
	uid_t a = party_create(HERE), b = party_create(THERE);
	struct order receive = receive_in_block(b, NOBODY, MOST);
	struct order send = send_block(a, b, MOST);
	struct report r;

	tell(b, &receive);
	settle();
	hold(swap_out(b) == SERVICE_OK || !CONFIG_VIRTUAL_TCBS, "swapped out",
	    0);
	tell_and_ask(a, &send);
	r = ask(b);
	hold(received_all(&r, &send, a), "it gets it", MOST);
	parties_delete();
}

static void test_memory_of_blocks(void)
{
	struct memory_state before;
	uint32_t n;

	party_create(THERE);
	parties_delete();
	memory_in_use(&before);
	for (n = 0; n < 12; n++)
		party_create(THERE);
	parties_delete();
	hold(memory_is_back(&before), "all is given back", 0);
}

static const struct {
	const char *what;
	void (*test)(void);
} groups[] = {
    {"of each size", test_each_size},
    {"to and from other memory", test_other_ways},
    {"and how much a block has room for", test_room},
    {"that are not all in a block", test_what_does_not_fit},
    {"at others' blocks", test_other_blocks},
    {"are seen by no other task", test_privacy},
    {"stay where they are", test_it_stays},
    {"of a thread that is swapped out", test_swapping_of_blocks},
    {"cost memory as long as the thread lives", test_memory_of_blocks},
};

static bool holds(void (*test)(void))
{
	all_hold = true;
	test();
	return all_hold;
}

static bool there_are_none(void)
{
	uid_t a = party_create(THERE), b = party_create(HERE);
	struct order send = send_block(a, b, 0);
	uint32_t result;

	send.send.made_up = NOTHING;
	result = tell_and_ask(a, &send).result;
	parties_delete();
	return result == IPC_FAULT;
}

void test_virtual_registers(void)
{
	uint32_t n;

	for (n = 0; n < sizeof(groups) / sizeof(groups[0]); n++)
		check(CONFIG_VIRTUAL_REGISTERS ? holds(groups[n].test)
					       : skip("no virtual registers"),
		    "virtual registers: messages %s", groups[n].what);
	check(CONFIG_VIRTUAL_REGISTERS ? skip("virtual registers")
				       : there_are_none(),
	    "virtual registers: without the extension there are none");
}
