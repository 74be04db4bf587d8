/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a message may be, by the calls that a kernel makes short work of: to a
 * partner that waits for ever already, and back.
 */
#include "paging.h"
#include "tests.h"

#define REGION 0x400000u
#define WINDOW 0xFF800000u
#define FIREWALL (USER_END - PAGE)
/* What a client does first. */
#define FIRST_CALL (CONFIG_RPC_SYSCALLS ? CALL : SEND)

/* The client calls, the server waits for it or for anybody. */
struct exchange {
	uid_t client, server;
	struct order call, receive;
};

static struct exchange exchange(uint32_t from_space, uint32_t to_space,
    bool open, uint32_t dope, uint32_t bytes)
{
	struct exchange e = {.client = party_create(from_space),
	    .server = party_create(to_space)};

	e.call = order_send(e.server, dope, bytes);
	e.call.operation = FIRST_CALL;
	e.call.receive_timeout = TIMEOUT_NEVER;
	e.call.receive = order_receive(NOBODY, 0, 0).receive;
	e.receive = order_receive(open ? NOBODY : e.client, dope, bytes);
	e.receive.receive.address += 100000;
	e.receive.receive.string += 2u << 20;
	return e;
}

static struct report request(struct exchange *e)
{
	tell(e->server, &e->receive);
	settle();
	tell(e->client, &e->call);
	return ask(e->server);
}

/* The client gets its answer; a server without RPC_SYSCALLS has sent none. */
static bool is_answered(struct exchange *e)
{
	struct order reply = order_send(e->client, 0, 0);
	struct report r;

	if (FIRST_CALL == SEND)
		return ask(e->client).result == IPC_OK;
	tell(e->server, &reply);
	r = ask(e->client);
	return ask(e->server).result == IPC_OK &&
	       received_all(&r, &reply, e->server);
}

static void test_whole(
    uint32_t to_space, bool open, uint32_t dope, uint32_t bytes)
{
	struct exchange e = exchange(THERE, to_space, open, dope, bytes);
	struct report r = request(&e);

	check(received_all(&r, &e.call, e.client) && is_answered(&e),
	    "call with dope %x, strings of %u bytes, to space %u", dope, bytes,
	    to_space);
	parties_delete();
}

/* What is in the low byte of a dope to be sent is nobody's. */
static void test_result_code(uint32_t space)
{
	struct exchange e = exchange(THERE, space, true, DOPE(9, 0), 0);
	struct report r;

	e.call.send.dope |= IPC_FAULT;
	r = request(&e);
	e.call.send.dope = DOPE(9, 0);
	check(received_all(&r, &e.call, e.client) && is_answered(&e),
	    "call with a result code in the dope, to space %u", space);
	parties_delete();
}

/* A uid of which a bit is another one's: nobody has it. */
static void test_forged(uint32_t bit)
{
	struct exchange e = exchange(THERE, THERE + 1, true, 0, 0);
	struct report r;

	e.call.partner ^= (uid_t)1 << bit;
	tell(e.server, &e.receive);
	settle();
	check(tell_and_ask(e.client, &e.call).result == IPC_NO_PARTNER,
	    "call with bit %u of the uid changed", bit);
	e.call.partner = e.server;
	tell(e.client, &e.call);
	r = ask(e.server);
	check(received_all(&r, &e.call, e.client) && is_answered(&e),
	    "then without");
	parties_delete();
}

/* There and back, as a server that waits for its next client does. */
static void test_back(uint32_t to_space, uint32_t dope, uint32_t bytes)
{
	struct exchange e = exchange(THERE, to_space, true, 0, 0);
	struct order reply = order_reply(e.client);
	struct order next = order_send(e.server, 0, 0);
	struct report r;

	e.call.operation = CALL;
	e.call.receive = e.receive.receive;
	e.call.receive.dope = dope;
	e.call.receive.length = bytes;
	reply.send = order_send(NOBODY, dope, bytes).send;
	request(&e);
	tell(e.server, &reply);
	r = ask(e.client);
	check(received_all(&r, &reply, e.server),
	    "reply with dope %x, strings of %u bytes, from space %u", dope,
	    bytes, to_space);
	settle();
	tell(e.client, &next);
	r = ask(e.server);
	check(received_all(&r, &next, e.client), "then the next request");
	parties_delete();
}

/* Of what is told only so much arrives. */
static void test_cut(uint32_t space, uint32_t size, uint32_t bytes,
    uint32_t dope, uint32_t arrives, uint32_t arrive_bytes)
{
	struct exchange e = exchange(THERE, space, true, dope, 4000);
	struct report r;

	e.receive.receive.dope = size;
	e.receive.receive.length = bytes;
	r = request(&e);
	check(if_complex(r.result == (arrives | IPC_CUT | IPC_IN_RECEIVE) &&
			 r.from == e.client &&
			 r.sum == contents_sum(e.call.seed,
				      DOPE_DWORDS(arrives), arrive_bytes) &&
			 is_answered(&e)),
	    "call with dope %x into room for %x, %u bytes, space %u", dope,
	    size, bytes, space);
	parties_delete();
}

/* What is not all there, or not a program's. */
static const uint32_t bad[] = {16, 0x10000000, FIREWALL, USER_END - 20,
    USER_END - 16, USER_END - 15, USER_END - 4, USER_END, 0xE0001080,
    0xF0100000, 0xFF800000, 0xFFFFFFF0};

static void skip_bad_message(uint32_t space, uint32_t address)
{
	check(if_complex(true), "call with a string at %x, to space %u",
	    address, space);
	check(if_complex(true), "the server waits on");
}

static void test_bad_message(uint32_t space, uint32_t address, bool string)
{
	struct exchange e = exchange(THERE, space, true, DOPE(3, string), 64);
	struct order good = order_send(e.server, DOPE(3, 0), 0);
	struct report r;

	e.call.raw = true;
	e.call.send.made_up = string ? ALL_BUT_STRING : NOTHING;
	if (string)
		e.call.send.string = address;
	else
		e.call.send.address = address;
	tell(e.server, &e.receive);
	settle();
	r = tell_and_ask(e.client, &e.call);
	tell(e.client, &good);
	check(r.result == IPC_FAULT && ask(e.client).result == IPC_OK,
	    "call with a %s at %x, to space %u", string ? "string" : "message",
	    address, space);
	r = ask(e.server);
	check(received_all(&r, &good, e.client), "the server waits on");
	parties_delete();
}

static void skip_bad_buffer(uint32_t space, uint32_t address)
{
	check(if_complex(true), "call into a string's buffer at %x, space %u",
	    address, space);
}

static void test_bad_buffer(uint32_t space, uint32_t address, bool string)
{
	struct exchange e = exchange(THERE, space, true, DOPE(3, string), 64);

	e.receive.raw = true;
	e.receive.receive.made_up = string ? ALL_BUT_STRING : NOTHING;
	if (string)
		e.receive.receive.string = address;
	else
		e.receive.receive.address = address;
	check(request(&e).result == (IPC_FAULT | IPC_IN_RECEIVE) &&
		  is_answered(&e),
	    "call into a %s at %x, space %u",
	    string ? "string's buffer" : "buffer", address, space);
	parties_delete();
}

static void test_bad_at(uint32_t address)
{
	test_bad_message(THERE, address, false);
	test_bad_message(THERE + 1, address, false);
	test_bad_buffer(THERE + 1, address, false);
	/* A buffer of the same space: kernel.md. */
	if (address >= USER_END)
		test_bad_buffer(THERE, address, false);
}

static void test_bad_string_at(uint32_t address)
{
	if (!CONFIG_COMPLEX_MESSAGES) {
		skip_bad_message(THERE, address);
		skip_bad_message(THERE + 1, address);
		skip_bad_buffer(THERE + 1, address);
		skip_bad_buffer(THERE, address);
		return;
	}
	test_bad_message(THERE, address, true);
	test_bad_message(THERE + 1, address, true);
	test_bad_buffer(THERE + 1, address, true);
	test_bad_buffer(THERE, address, true);
}

static void test_bad(void)
{
	uint32_t n;

	for (n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
		test_bad_at(bad[n]);
		test_bad_string_at(bad[n]);
	}
}

/* The window shows 8 MB of the receiver's space, in two pieces. */
static void test_regions(uint32_t space)
{
	struct exchange e = exchange(THERE, space, true, DOPE(100, 1), 12000);
	uint32_t boundary = ((uint32_t)area + REGION) & -REGION;
	struct report r;

	e.receive.receive.address = boundary - 100;
	e.receive.receive.string = boundary + 8192;
	r = request(&e);
	check(received_all(&r, &e.call, e.client) && is_answered(&e),
	    "call into a buffer across 4 MB, space %u", space);
	e.receive.receive.address = boundary + 20000;
	e.receive.receive.string = boundary - 6001;
	r = request(&e);
	check(received_all(&r, &e.call, e.client) && is_answered(&e),
	    "a string across 4 MB, below its message");
	parties_delete();
}

/* More than 8 MB apart, whichever is higher. */
static void skip_far_string(uint32_t space)
{
	check(if_complex(true),
	    "call with a string far above the buffer, space %u", space);
	check(if_complex(true), "and far below");
}

static void test_far_string(uint32_t space)
{
	struct exchange e = exchange(THERE, space, true, DOPE(10, 1), 400);
	uint32_t bottom_of_stack = FIREWALL - 4 * PAGE;
	struct report r;

	e.receive.receive.string = bottom_of_stack;
	r = request(&e);
	check(received_all(&r, &e.call, e.client) && is_answered(&e),
	    "call with a string far above the buffer, space %u", space);
	e.receive.receive.string = e.receive.receive.address;
	e.receive.receive.address = bottom_of_stack;
	r = request(&e);
	check(received_all(&r, &e.call, e.client) && is_answered(&e),
	    "and far below");
	parties_delete();
}

/*
 * Where the kernel would be, in the window, if the string were as far from
 * the buffer's region as it seems: nothing is there.
 */
static void test_string_beyond_window(void)
{
	static const uint32_t kernel[] = {0xF0100000, 0xE0001080, 0xFF000000};
	uint32_t buffer = FIREWALL - 4 * PAGE, n;

	for (n = 0; n < sizeof(kernel) / sizeof(kernel[0]); n++) {
		struct exchange e =
		    exchange(THERE, THERE + 1, true, DOPE(10, 1), 400);
		uint32_t string = kernel[n] - WINDOW + (buffer & -REGION);

		e.receive.raw = true;
		e.receive.receive.made_up = ALL_BUT_STRING;
		e.receive.receive.address = buffer;
		e.receive.receive.string = string;
		check(
		    !CONFIG_COMPLEX_MESSAGES
			? if_complex(true)
			: request(&e).result == (IPC_FAULT | IPC_IN_RECEIVE) &&
			      is_answered(&e),
		    "call with a string's buffer at %x", string);
		parties_delete();
	}
}

/* One goes on copying where another one of its space has called meanwhile. */
static void test_call_in_a_copy(void)
{
	struct exchange e = exchange(THERE, 2, true, DOPE(60, 0), 0);
	uid_t a = party_create(THERE), b = party_create(3);
	struct order send = order_send(b, DOPE(0, 1), STRING_MAX_BYTES);
	struct order receive = order_receive(a, DOPE(0, 1), STRING_MAX_BYTES);
	struct order schedule = {.operation = SCHEDULE,
	    .partner = a,
	    .detail = SCHEDULE_KEEP,
	    .send_timeout = 1};
	uint32_t failed = 0;
	struct report r;

	send.send.address += 3 * PAGE / 2;
	e.call.send.address = (uint32_t)area + STRING_MAX_BYTES + 3 * PAGE;
	e.call.receive.address = e.call.send.address + 2 * PAGE;
	/* The window shows the same regions for it. */
	e.receive.receive.address = receive.receive.address;
	tell_and_ask(a, &schedule);
	send.send.string = (uint32_t)area + 2 * PAGE + 128;
	tell(b, &receive);
	settle();
	tell(a, &send);
	do {
		struct report got;

		tell(e.server, &e.receive);
		tell(e.client, &e.call);
		got = ask(e.server);
		failed += !received_all(&got, &e.call, e.client);
		/* The copy goes on while the client waits. */
		thread_yield();
		failed += !is_answered(&e);
	} while (!is_done(a, &r));
	check(failed == 0, "calls while another one of the space copies");
	check(r.result == IPC_OK, "its long string is sent");
	r = ask(b);
	check(received_all(&r, &send, a), "and arrives");
	parties_delete();
}

/* Three spaces, one thread: its window shows one after the other. */
static void test_two_servers(void)
{
	struct exchange one = exchange(THERE, 2, true, DOPE(60, 1), 3000);
	struct exchange other = exchange(THERE, 3, true, DOPE(60, 1), 3000);
	struct order call = other.call;
	struct report r;

	other.client = one.client;
	r = request(&one);
	check(received_all(&r, &one.call, one.client) && is_answered(&one),
	    "call one server");
	tell(other.server, &other.receive);
	settle();
	tell(one.client, &call);
	r = ask(other.server);
	check(received_all(&r, &call, one.client) && is_answered(&other),
	    "then another one");
	parties_delete();
}

/* Without a thread switch between the two. */
static struct {
	uid_t to[2];
	MESSAGE_VARIABLE(60, 0) message[2];
	char stack[1024] __attribute__((aligned(16)));
} both;

static void send_and_call(void *unused)
{
	(void)unused;
	ipc_send(both.to[0], &both.message[0].head, TIMEOUT_NEVER);
	ipc_call(both.to[1], &both.message[1].head, TIMEOUT_NEVER,
	    &both.message[0].head, TIMEOUT_NEVER);
	for (;;)
		thread_yield();
}

/* The window shows the first one's receiver when the second one calls. */
static void test_send_and_call(void)
{
	struct order receive = order_receive(NOBODY, DOPE(60, 0), 0);
	uint32_t seed = next_seed(), n, word;
	struct report r;
	uid_t sender;

	for (n = 0; n < 2; n++) {
		both.to[n] = party_create(THERE + n);
		both.message[n].head.dope = DOPE(60, 0);
		for (word = 0; word < 2; word++)
			both.message[n].head.words[word] =
			    contents_word(seed + n, word);
		for (word = 0; word < 60; word++)
			both.message[n].direct[word] =
			    contents_word(seed + n, 2 + word);
		tell(both.to[n], &receive);
	}
	settle();
	/* It does not go before its sender. */
	thread_schedule(both.to[0], PRIORITY_DEFAULT - 1, SCHEDULE_KEEP);
	sender =
	    thread_create(send_and_call, NULL, both.stack, sizeof(both.stack));
	for (n = 0; n < 2; n++) {
		r = ask(both.to[n]);
		check(r.result == DOPE(60, 0) && r.from == sender &&
			  r.sum == contents_sum(seed + n, 60, 0),
		    "send, and call at once: message %u", n);
	}
	thread_delete(sender);
	next_seed();
	parties_delete();
}

static uint16_t control_word(void)
{
	uint16_t control;

	asm volatile("fnstcw %0" : "=m"(control));
	return control;
}

/* Its coprocessor rounds down. */
static void answer_with_control_word(void *unused)
{
	static MESSAGE_VARIABLE(0, 0) message;
	const uint16_t down = 0x077F;
	struct received r = ipc_receive(NOBODY, &message.head, TIMEOUT_NEVER);

	(void)unused;
	asm volatile("fldcw %0" : : "m"(down));
	for (;;) {
		message.head.words[0] = control_word();
		r = ipc_reply_and_receive_next(r.from, &message.head,
		    TIMEOUT_NEVER, &message.head, TIMEOUT_NEVER);
	}
}

static void test_call_after_coprocessor(void)
{
	static char stack[1024] __attribute__((aligned(16)));
	static MESSAGE_VARIABLE(0, 0) message;
	uid_t server =
	    thread_create(answer_with_control_word, NULL, stack, sizeof(stack));
	const uint16_t up = 0x0B7F;
	uint32_t n, others = 0;

	settle();
	for (n = 0; n < 3; n++) {
		struct received r;

		asm volatile("fldcw %0" : : "m"(up));
		r = ipc_call(server, &message.head, TIMEOUT_NEVER,
		    &message.head, TIMEOUT_NEVER);
		others += r.words[0] != 0x077F || control_word() != up;
	}
	check(others == 0, "who calls keeps its coprocessor registers");
	asm volatile("fninit");
	thread_delete(server);
}

void test_calls(void)
{
	static const uint32_t dwords[] = {0, 1, 2, 3, 30, 254, 255};
	static const uint32_t bytes[] = {0, 1, 4, 4095, 16384, 16388, 70000};
	static const uint32_t forged[] = {0, 11, 26, 31, 32, 45, 59};
	uint32_t space, n;

	for (space = THERE; space <= THERE + 1; space++) {
		for (n = 0; n < sizeof(dwords) / sizeof(dwords[0]); n++) {
			test_whole(space, n & 1, DOPE(dwords[n], 0), 0);
			test_back(space, DOPE(dwords[n], 0), 0);
		}
		for (n = 0; n < sizeof(bytes) / sizeof(bytes[0]); n++) {
			test_whole(space, n & 1, DOPE(n, 1), bytes[n]);
			test_back(space, DOPE(n, 1), bytes[n]);
		}
		test_whole(space, true, DOPE(4, 2), 800);
		test_cut(space, DOPE(19, 0), 0, DOPE(20, 0), DOPE(19, 0), 0);
		test_cut(space, DOPE(20, 0), 0, DOPE(20, 1), DOPE(20, 0), 0);
		test_cut(
		    space, DOPE(20, 1), 3996, DOPE(20, 1), DOPE(20, 1), 3996);
		test_regions(space);
		test_result_code(space);
		if (CONFIG_COMPLEX_MESSAGES)
			test_far_string(space);
		else
			skip_far_string(space);
	}
	test_two_servers();
	for (n = 0; n < sizeof(forged) / sizeof(forged[0]); n++)
		test_forged(forged[n]);
	test_string_beyond_window();
	test_call_in_a_copy();
	test_send_and_call();
	test_call_after_coprocessor();
	test_bad();
}
