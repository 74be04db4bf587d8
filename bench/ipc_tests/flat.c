/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Long direct strings, which only kernels without COMPLEX_MESSAGES have, as
 * the kernel gets them.
 */
#include "paging.h"
#include "tests.h"

#define STACK_END (USER_END - 4096)
#define SEND_AT 0
#define RECEIVE_AT (1u << 20)

static struct order send_long(uid_t to, uint32_t dwords)
{
	struct order o = order_send(to, FLAT_DOPE(dwords), 0);

	o.raw = o.send.flat = true;
	o.send.address = (uint32_t)area + SEND_AT;
	return o;
}

static struct order receive_long(uid_t from, uint32_t dwords)
{
	struct order o = order_receive(from, FLAT_DOPE(dwords), 0);

	o.raw = o.receive.flat = true;
	o.receive.address = (uint32_t)area + RECEIVE_AT;
	return o;
}

/* Are so many dwords what has come of it? */
static bool arrives(
    uid_t to, uint32_t result, const struct order *sent, uint32_t dwords)
{
	struct report r = ask(to);

	return r.result == result &&
	       r.sum == contents_sum(sent->seed, dwords, 0);
}

static bool transfer(
    uint32_t from_space, uint32_t to_space, uint32_t dwords, bool sender_first)
{
	uid_t a = party_create(from_space), b = party_create(to_space);
	struct order send = send_long(b, dwords);
	struct order receive = receive_long(a, dwords);
	bool passed;

	if (sender_first) {
		tell(a, &send);
		settle();
		tell(b, &receive);
	} else {
		tell(b, &receive);
		settle();
		tell(a, &send);
	}
	passed = arrives(b, FLAT_DOPE(dwords), &send, dwords) &&
		 ask(a).result == IPC_OK;
	parties_delete();
	return passed;
}

static void test_long(uint32_t from_space, uint32_t to_space)
{
	static const uint32_t dwords[] = {
	    255, 256, 1022, 4096, 4097, FLAT_MAX_DWORDS};
	uint32_t n, first;

	for (n = 0; n < sizeof(dwords) / sizeof(dwords[0]); n++)
		for (first = 0; first < 2; first++)
			check(if_flat(!CONFIG_COMPLEX_MESSAGES &&
				      transfer(from_space, to_space, dwords[n],
					  first)),
			    "%u dwords of long direct string, space %u to %u, "
			    "%s first",
			    dwords[n], from_space, to_space,
			    first ? "sender" : "receiver");
}

static bool is_cut(uint32_t space, uint32_t dwords, enum operation operation)
{
	uid_t a = party_create(THERE), b = party_create(space);
	struct order send = send_long(b, dwords), answer = order_send(a, 0, 0);
	struct order receive = receive_long(a, 300);
	bool passed;

	send.operation = operation;
	send.receive_timeout = TIMEOUT_NEVER;
	if (operation == CALL)
		send.receive = order_call(b).receive;
	tell(b, &receive);
	settle();
	tell(a, &send);
	passed =
	    arrives(b, FLAT_DOPE(300) | IPC_CUT | IPC_IN_RECEIVE, &send, 300);
	if (operation == CALL)
		tell_and_ask(b, &answer);
	passed = ask(a).result == IPC_OK && passed;
	parties_delete();
	return passed;
}

/* The sender's mistake; the receiver waits on. */
static bool is_refused(struct order bad, uint32_t result)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);
	struct order good, receive = receive_long(a, FLAT_MAX_DWORDS);
	bool passed;

	bad.partner = b;
	good = send_long(b, 1000);
	tell(b, &receive);
	settle();
	passed = tell_and_ask(a, &bad).result == result;
	tell(a, &good);
	passed = passed && arrives(b, FLAT_DOPE(1000), &good, 1000) &&
		 ask(a).result == IPC_OK;
	parties_delete();
	return passed;
}

static void test_bad_messages(void)
{
	struct order bad = send_long(NOBODY, 8192 / 4);

	bad.send.made_up = HEAD;
	bad.send.address = STACK_END - 8192;
	check(if_flat(!CONFIG_COMPLEX_MESSAGES && is_refused(bad, IPC_FAULT)),
	    "a long string of which the end is not there");
	bad.send.dope = FLAT_DOPE(FLAT_MAX_DWORDS);
	check(if_flat(!CONFIG_COMPLEX_MESSAGES && is_refused(bad, IPC_FAULT)),
	    "a long string that ends in the kernel");
	bad.send.address = (uint32_t)area;
	bad.send.dope = DOPE_WITH_OBJECTS(0, 1, 1);
	check(
	    if_flat(!CONFIG_COMPLEX_MESSAGES && is_refused(bad, IPC_TOO_LONG)),
	    "a long string and an object");
}

/* The receiver's mistake; the sender has sent. */
static bool has_no_buffer(uint32_t space)
{
	uid_t a = party_create(THERE), b = party_create(space);
	struct order send = send_long(b, FLAT_MAX_DWORDS);
	struct order bad = receive_long(a, FLAT_MAX_DWORDS);
	bool passed;

	bad.receive.made_up = HEAD;
	bad.receive.address = STACK_END - 8192;
	tell(b, &bad);
	settle();
	passed = tell_and_ask(a, &send).result == IPC_OK &&
		 ask(b).result == (IPC_FAULT | IPC_IN_RECEIVE);
	parties_delete();
	return passed;
}

/* Its pages come from a pager, the third one does not. */
static bool is_asked_for(uint32_t space)
{
	uid_t pager = party_create(3), a = party_create(HERE),
	      b = client_create(space, pager);
	struct order send = send_long(b, FLAT_MAX_DWORDS);
	struct order receive = receive_long(a, FLAT_MAX_DWORDS);
	struct order write = order_memory(WRITE, PLACE);
	struct order no = order_send(b, 0, 0);
	bool passed;

	tell(b, &write);
	passed = serve(pager, b, PLACE, page_at(0));
	ask(b);
	receive.receive.made_up = HEAD;
	receive.receive.address = PLACE;
	tell(b, &receive);
	settle();
	tell(a, &send);
	passed = passed && serve(pager, b, PLACE + PAGE, page_at(1)) &&
		 gets_fault(pager, b, PLACE + 2 * PAGE, true);
	tell_and_ask(pager, &no);
	passed = passed && ask(b).result == (IPC_FAULT | IPC_IN_RECEIVE) &&
		 ask(a).result == IPC_OK &&
		 read_word(pager, page_at(1)) ==
		     contents_word(send.seed, (PAGE - 8) / 4);
	parties_delete();
	unmap_in(space, 2);
	return passed;
}

static void test_bad_buffers(uint32_t space)
{
	check(if_flat(!CONFIG_COMPLEX_MESSAGES && has_no_buffer(space)),
	    "a long string into space %u, where the kernel begins", space);
	check(if_flat(!CONFIG_COMPLEX_MESSAGES && is_asked_for(space)),
	    "into space %u, where pages are missing", space);
}

/*
 * The sender has a timeslice of one clock tick, which is over in the middle. When we go
 * on, the end of the string is not there yet. With two copies there is none to be seen in
 * the first one.
 */
static bool others_run(void)
{
	const uint32_t marker = 0x5EED5EED;
	uid_t a = party_create(2), b = party_create(HERE);
	struct order send = send_long(b, FLAT_MAX_DWORDS);
	struct order receive = receive_long(a, FLAT_MAX_DWORDS);
	struct order schedule = {.operation = SCHEDULE,
	    .partner = a,
	    .detail = SCHEDULE_KEEP,
	    .send_timeout = 1};
	struct message *buffer = (void *)receive.receive.address;
	volatile uint32_t *last = buffer->direct + FLAT_MAX_DWORDS - 1;
	bool passed;

	send.send.made_up = receive.receive.made_up = HEAD;
	tell_and_ask(a, &schedule);
	tell(b, &receive);
	settle();
	*last = marker;
	tell(a, &send);
	thread_yield();
	passed = *last == marker;
	passed &= ask(a).result == IPC_OK;
	ask(b);
	passed &= *last != marker;
	parties_delete();
	return passed;
}

void test_flat_messages(void)
{
	uint32_t space;

	test_long(HERE, HERE);
	test_long(HERE, THERE);
	test_long(THERE, THERE + 1);
	for (space = THERE; space <= THERE + 1; space++) {
		check(if_flat(!CONFIG_COMPLEX_MESSAGES &&
			      is_cut(space, 50000, SEND)),
		    "50000 dwords into room for 300, to space %u", space);
		check(if_flat(!CONFIG_COMPLEX_MESSAGES &&
			      is_cut(space, 1000,
				  CONFIG_RPC_SYSCALLS ? CALL : SEND)),
		    "1000 dwords, called");
		test_bad_buffers(space);
	}
	test_bad_messages();
	check(if_flat(
		  !CONFIG_COMPLEX_MESSAGES &&
		  (CONFIG_DIRECT_TRANSFER ? others_run() : skip("two copies"))),
	    "others run while a long direct string is copied");
}
