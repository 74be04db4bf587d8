/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests.h"

#define NOT_MAPPED 0x10000000
#define KERNEL 0xF0100000
#define STACK_END (USER_END - 4096)

static const struct {
	uint32_t address;
	const char *name;
} bad_places[] = {{0, "address 0"}, {16, "page 0"},
    {NOT_MAPPED, "a place not mapped"}, {KERNEL, "the kernel"},
    {USER_END - 8, "the end of user space"},
    {USER_END - 4096 - 2, "the end of the stack"},
    {0xFFFFFFF8, "the end of all"}, {0xFF800000, "the window"},
    {0xE0001000, "the tcbs"}};

#define BAD_PLACES (sizeof(bad_places) / sizeof(bad_places[0]))

static void test_unknown_partners(void)
{
	uid_t self = thread_self();
	const uid_t unknown[] = {NOBODY, ~NOBODY, 0x5000, 0x3FFF000, self + 1,
	    self ^ (uid_t)1 << 25, self ^ (uid_t)1 << 26, self ^ (uid_t)1 << 32,
	    self ^ (uid_t)1 << 46, self ^ (uid_t)1 << 60, self ^ (uid_t)1 << 63,
	    0xFC000FFF00000000};
	uint32_t n;

	for (n = 0; n < sizeof(unknown) / sizeof(unknown[0]); n++) {
		struct order send = order_send(unknown[n], 0, 0);
		struct order receive = order_receive(unknown[n], 0, 0);

		check(perform(&send).result == IPC_NO_PARTNER,
		    "send to no thread: %u", n);
		if (unknown[n] != NOBODY)
			check(perform(&receive).result ==
				  (IPC_NO_PARTNER | IPC_IN_RECEIVE),
			    "receive from no thread: %u", n);
	}
}

static void test_self(uint32_t space)
{
	uid_t a = party_create(space);
	struct order send = order_send(a, 0, 0), call = order_call(a);
	struct order receive = order_receive(a, 0, 0);

	check(tell_and_ask(a, &send).result == IPC_SELF, "send to oneself");
	check(tell_and_ask(a, &call).result == IPC_SELF, "call oneself");
	check(tell_and_ask(a, &receive).result == (IPC_SELF | IPC_IN_RECEIVE),
	    "receive from oneself");
	parties_delete();
}

static void test_bad_timeouts(void)
{
	uid_t a = party_create(HERE), b = party_create(THERE);
	struct order send = order_send(b, 0, 0);
	struct order receive = order_receive(a, 0, 0);

	send.send_timeout = TIMEOUT_MAX + 1;
	receive.receive_timeout = TIMEOUT_NEVER - 1;
	check(tell_and_ask(a, &send).result == IPC_BAD_TIMEOUT,
	    "send with a timeout that there is not");
	check(tell_and_ask(b, &receive).result ==
		  (IPC_BAD_TIMEOUT | IPC_IN_RECEIVE),
	    "receive with a timeout that there is not");
	parties_delete();
}

/* A sender's mistake is the sender's; the receiver gets the next message. */
static void sender_fails(uint32_t space, const struct order *bad,
    uint32_t expected, const char *what, const char *place)
{
	bool can = CONFIG_COMPLEX_MESSAGES || bad->send.dope >> 16 == 0;
	uid_t a = party_create(space), b = party_create(THERE),
	      c = party_create(space);
	struct order good = order_send(b, DOPE(3, 1), 100);
	struct order wrong = *bad, receive = order_receive(a, DOPE(9, 1), 200);
	struct report r;

	wrong.partner = b;
	wrong.raw = true;
	tell(b, &receive);
	settle();
	check(can ? tell_and_ask(a, &wrong).result == expected
		  : if_complex(false),
	    "send %s %s", what, place);
	check(!is_done(b, &r), "its receiver goes on waiting");
	check(tell_and_ask(a, &good).result == IPC_OK, "a good one works");
	r = ask(b);
	check(received_all(&r, &good, a), "and arrives");

	/* The same from the queue, to one who wants anybody's. */
	receive.partner = NOBODY;
	if (can)
		tell(a, &wrong);
	settle();
	tell(b, &receive);
	check(can ? ask(a).result == expected : if_complex(false),
	    "send %s %s, queued", what, place);
	check(!is_done(b, &r), "its receiver goes on waiting");
	good.seed = next_seed();
	tell(c, &good);
	r = ask(b);
	check(received_all(&r, &good, c), "and gets another's");
	parties_delete();
}

static void test_bad_messages(void)
{
	struct order bad;
	uint32_t n;

	for (n = 0; n < BAD_PLACES; n++) {
		bad = order_send(NOBODY, 0, 0);
		bad.send.address = bad_places[n].address;
		bad.send.made_up = NOTHING;
		sender_fails(n % 2 ? HERE : THERE + 1, &bad, IPC_FAULT,
		    "a message from", bad_places[n].name);
	}
	bad = order_send(NOBODY, DOPE(2, 0), 0);
	bad.send.address = STACK_END - sizeof(struct message) - 4;
	bad.send.made_up = HEAD;
	sender_fails(THERE + 1, &bad, IPC_FAULT,
	    "a direct string that ends behind", "the stack");
	/* Descriptors that are not there, and one too bad among many. */
	bad = order_send(NOBODY, DOPE(0, 200), 0);
	bad.send.address = STACK_END - sizeof(struct message) - 64;
	bad.send.made_up = HEAD;
	sender_fails(
	    THERE + 1, &bad, IPC_FAULT, "200 strings, behind", "the stack");
	bad = order_send(NOBODY, DOPE(0, 255), 4096);
	bad.send.string = USER_END - 200 * 4096;
	bad.send.made_up = ALL_BUT_STRING;
	sender_fails(
	    HERE, &bad, IPC_FAULT, "255 strings, some beyond", "user space");
	bad = order_send(NOBODY, DOPE_WITH_OBJECTS(0, 0, 1), 0);
	bad.send.object += 4;
	sender_fails(
	    HERE, &bad, IPC_FAULT, "a memory object at", "half a page");
	bad.send.object = KERNEL;
	sender_fails(
	    HERE, &bad, IPC_FAULT, "a memory object of", "the kernel's");
}

static void test_bad_strings(void)
{
	struct order bad = order_send(NOBODY, DOPE(2, 1), 5000);
	uint32_t n;

	bad.send.made_up = ALL_BUT_STRING;
	for (n = 0; n < BAD_PLACES; n++) {
		bad.send.string = bad_places[n].address;
		sender_fails(n % 2 ? HERE : THERE + 1, &bad, IPC_FAULT,
		    "a string from", bad_places[n].name);
	}
	bad.send.string = (uint32_t)area;
	bad.send.length = STRING_MAX_BYTES + 1;
	sender_fails(
	    HERE, &bad, IPC_TOO_LONG, "a string of", "4 MB and a byte");
	bad.send.length = ~0u;
	sender_fails(THERE + 1, &bad, IPC_TOO_LONG, "a string of", "4 GB");
}

/* A receiver's mistake is the receiver's; the sender has sent. */
static void receiver_fails(uint32_t space, const struct order *bad,
    const struct order *message, uint32_t expected, const char *what,
    const char *place)
{
	bool can = CONFIG_COMPLEX_MESSAGES || !bad->raw ||
		   !DOPE_STRINGS(bad->receive.dope);
	uid_t a = party_create(THERE), b = party_create(space);
	struct order send = *message, receive = *bad;
	struct order good = order_receive(NOBODY, DOPE(9, 1), 100);
	struct report r;

	send.partner = b;
	receive.partner = a;
	if (can)
		tell(b, &receive);
	settle();
	check(can ? tell_and_ask(a, &send).result == IPC_OK : if_complex(false),
	    "send to one who receives %s %s", what, place);
	r = can ? ask(b) : (struct report){0};
	check(can ? r.result == (expected | IPC_IN_RECEIVE) && r.from == a
		  : if_complex(false),
	    "the receiver's result code and source");
	if (expected & ~IPC_RESULT)
		check(r.sum ==
			  contents_sum(send.seed, DOPE_DWORDS(expected),
			      DOPE_STRINGS(expected) * receive.receive.length),
		    "what fits has been delivered");
	send.seed = next_seed();
	send.send.length = 50;
	send.send.dope = DOPE(9, 1);
	tell(a, &send);
	settle();
	r = tell_and_ask(b, &good);
	check(received_all(&r, &send, a), "it gets the next message");
	parties_delete();
}

static void test_bad_buffers(void)
{
	struct order message = order_send(NOBODY, DOPE(3, 0), 0);
	struct order bad = order_receive(NOBODY, 0, 0);
	uint32_t n;

	bad.receive.made_up = NOTHING;
	bad.raw = true;
	for (n = 0; n < BAD_PLACES; n++) {
		bad.receive.address = bad_places[n].address;
		receiver_fails(n % 2 ? THERE : THERE + 1, &bad, &message,
		    IPC_FAULT, "into", bad_places[n].name);
	}
	bad.receive.address = (uint32_t)read_only;
	receiver_fails(
	    THERE, &bad, &message, IPC_FAULT, "into", "a constant, same space");
	receiver_fails(
	    THERE + 1, &bad, &message, IPC_FAULT, "into", "a constant");
	bad.receive.dope = DOPE(3, 0);
	bad.receive.made_up = HEAD;
	bad.receive.address = STACK_END - sizeof(struct message) - 4;
	receiver_fails(
	    THERE + 1, &bad, &message, IPC_FAULT, "beyond", "the stack");
}

static void test_bad_string_buffers(void)
{
	struct order message = order_send(NOBODY, DOPE(3, 1), 6000);
	struct order bad = order_receive(NOBODY, DOPE(3, 1), 6000);
	uint32_t n;

	bad.receive.made_up = ALL_BUT_STRING;
	bad.raw = true;
	for (n = 0; n < BAD_PLACES; n++) {
		bad.receive.string = bad_places[n].address;
		receiver_fails(n % 2 ? THERE : THERE + 1, &bad, &message,
		    IPC_FAULT, "a string into", bad_places[n].name);
	}
}

static void test_small_buffers(void)
{
	struct order message = order_send(NOBODY, DOPE(10, 1), 100);
	struct order small = order_receive(NOBODY, DOPE(4, 1), 100);
	uint32_t space;

	for (space = THERE; space <= THERE + 1; space++) {
		small.receive.dope = DOPE(4, 1);
		small.receive.length = 100;
		receiver_fails(space, &small, &message, DOPE(4, 1) | IPC_CUT,
		    "into room for", "4 of 10 dwords");
		small.receive.dope = DOPE(10, 1);
		small.receive.length = 61;
		receiver_fails(space, &small, &message, DOPE(10, 1) | IPC_CUT,
		    "into room for", "61 of 100 bytes");
		small.receive.dope = DOPE(10, 0);
		receiver_fails(space, &small, &message, DOPE(10, 0) | IPC_CUT,
		    "into room for", "no string");
	}
}

void test_arguments(void)
{
	test_unknown_partners();
	test_self(HERE);
	test_self(THERE);
	test_bad_timeouts();
	test_bad_messages();
	test_bad_strings();
	test_bad_buffers();
	test_bad_string_buffers();
	test_small_buffers();
}
