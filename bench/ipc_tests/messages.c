/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of many parts, and transfers that are interrupted.
 */
#include "tests.h"

#define MUCH (2u << 20) /* bytes */

static void transfer(uint32_t from_space, uint32_t to_space, struct order send,
    struct order receive, const char *what)
{
	uid_t a = party_create(from_space), b = party_create(to_space);
	struct report r;

	send.partner = b;
	receive.partner = a;
	tell(b, &receive);
	settle();
	tell(a, &send);
	r = ask(b);
	check(ask(a).result == IPC_OK && received_all(&r, &send, a),
	    "%s, space %u to %u", what, from_space, to_space);
	parties_delete();
}

static void test_many_strings(uint32_t from_space, uint32_t to_space)
{
	static const struct {
		uint32_t dwords, strings, bytes;
		const char *name;
	} kinds[] = {{0, 2, 10, "2 strings of 10 bytes"},
	    {255, 3, 5001, "255 dwords and 3 strings of 5001 bytes"},
	    {7, 16, 4096, "16 strings of a page"},
	    {1, 100, 0, "100 empty strings"},
	    {1, 254, 33, "254 strings of 33 bytes"},
	    {1, 255, 33, "255 strings of 33 bytes"}};
	uint32_t n;

	for (n = 0; n < sizeof(kinds) / sizeof(kinds[0]); n++) {
		uint32_t dope = DOPE(kinds[n].dwords, kinds[n].strings);
		struct order send = order_send(NOBODY, dope, kinds[n].bytes);
		struct order receive =
		    order_receive(NOBODY, dope, kinds[n].bytes);

		/* Other addresses, and inside one space other memory. */
		receive.receive.string += 2000001;
		/* The variables have 4 KB each; these go behind the strings. */
		send.send.address += 1u << 20;
		receive.receive.address += 3u << 20;
		transfer(from_space, to_space, send, receive, kinds[n].name);
	}
}

/* Of three strings there is room for two, or for half of each. */
static void test_cut(uint32_t space)
{
	uid_t a = party_create(HERE), b = party_create(space);
	struct order send = order_send(b, DOPE(5, 3), 1000);
	struct order receive = order_receive(a, DOPE(9, 2), 1000);
	struct report r;

	receive.receive.string += 2000000;
	tell(b, &receive);
	tell(a, &send);
	r = ask(b);
	check(r.result == (DOPE(5, 2) | IPC_CUT | IPC_IN_RECEIVE) &&
		  r.sum == contents_sum(send.seed, 5, 2000),
	    "3 strings into room for 2, to space %u", space);
	check(ask(a).result == IPC_OK, "its sender has sent");
	send.send.dope = DOPE(5, 1);
	receive.receive.dope = DOPE(9, 3);
	receive.receive.length = 500;
	tell(b, &receive);
	tell(a, &send);
	r = ask(b);
	check(r.result == (DOPE(5, 1) | IPC_CUT | IPC_IN_RECEIVE) &&
		  r.sum == contents_sum(send.seed, 5, 500),
	    "1 string of 1000 bytes into 3 buffers of 500");
	ask(a);
	parties_delete();
}

/* Strings that lie in one 4 MB region, and buffers in another than the
 * message: the window shows one at a time. */
static void test_regions(void)
{
	uint32_t boundary = ((uint32_t)area + 0x400000) & -0x400000u;
	struct order send = order_send(NOBODY, DOPE(100, 4), 3000);
	struct order receive = order_receive(NOBODY, DOPE(100, 4), 3000);

	receive.receive.string = boundary - 4001;
	receive.receive.address = (uint32_t)area;
	transfer(HERE, THERE, send, receive, "strings across 4 MB");
	receive.receive.string = (uint32_t)area + 8192;
	receive.receive.address = boundary + 4096;
	transfer(THERE, HERE, send, receive, "a message behind 4 MB");
}

/*
 * Two threads of a space copy much to two other spaces, while a third
 * spins: all lose the processor in the middle, and share one window.
 */
static void test_interrupted(uint32_t first_to, uint32_t second_to)
{
	uid_t a = party_create(1), b = party_create(1), spinner;
	uid_t to_a = party_create(first_to), to_b = party_create(second_to);
	struct order from_a = order_send(to_a, DOPE(9, 1), MUCH / 4);
	struct order from_b = order_send(to_b, DOPE(9, 1), MUCH / 4);
	struct order receive_a = order_receive(a, DOPE(9, 1), MUCH / 4);
	struct order receive_b = order_receive(b, DOPE(9, 1), MUCH / 4);
	struct order spin = {.operation = SPIN};
	struct report r;

	/* Inside their own space, too. */
	from_b.send.address += 2u << 20;
	from_b.send.string += 1u << 20;
	receive_a.receive.address += 3u << 20;
	receive_a.receive.string += 2u << 20;
	receive_b.receive.address += 2u << 20;
	receive_b.receive.string += 3u << 20;
	from_b.send.address = from_a.send.address + 2048;
	receive_a.receive.address = from_a.send.address + 5120;
	receive_b.receive.address = from_a.send.address + 6144;
	tell(to_a, &receive_a);
	tell(to_b, &receive_b);
	settle();
	spinner = party_create(1);
	tell(spinner, &spin);
	tell(a, &from_a);
	tell(b, &from_b);
	r = ask(to_a);
	check(received_all(&r, &from_a, a),
	    "a long message that is interrupted, to space %u", first_to);
	r = ask(to_b);
	check(received_all(&r, &from_b, b), "another one, to space %u",
	    second_to);
	check(ask(a).result == IPC_OK && ask(b).result == IPC_OK,
	    "both have sent");
	parties_delete();
}

static volatile uint32_t steps;

static void count_steps(void *unused)
{
	(void)unused;
	for (;;)
		steps++;
}

/* Others run while one copies: when we go on it has not ended yet, or its result would be
 * there before another thread counts. */
static void test_others_run(void)
{
	static char stack[1024] __attribute__((aligned(16)));
	uid_t a = party_create(2), b = party_create(3), counter;
	struct order send = order_send(b, DOPE(0, 1), MUCH);
	struct order receive = order_receive(a, DOPE(0, 1), MUCH);

	send.send.made_up = ALL_BUT_STRING;
	tell(b, &receive);
	settle();
	counter = thread_create(count_steps, NULL, stack, sizeof(stack));
	tell(a, &send);
	thread_yield();
	steps = 0;
	check(ask(a).result == IPC_OK && steps > 0,
	    "others run while much is copied");
	thread_delete(counter);
	ask(b);
	parties_delete();
}

/* A partner is deleted in the middle. */
static void test_death_in_copy(bool sender)
{
	static char stack[1024] __attribute__((aligned(16)));
	uid_t a = party_create(2), b = party_create(3), counter;
	struct order send = order_send(b, DOPE(0, 1), MUCH);
	struct order receive = order_receive(a, DOPE(0, 1), MUCH);
	struct order again = order_receive(NOBODY, DOPE(3, 1), 100);

	send.send.made_up = ALL_BUT_STRING;
	tell(b, &receive);
	settle();
	counter = thread_create(count_steps, NULL, stack, sizeof(stack));
	steps = 0;
	tell(a, &send);
	while (!steps)
		thread_yield();
	thread_delete(sender ? a : b);
	if (sender)
		check(if_complex(
			  !CONFIG_COMPLEX_MESSAGES ||
			  ask(b).result == (IPC_NO_PARTNER | IPC_IN_RECEIVE)),
		    "the receiver is told that its sender has died");
	else
		check(ask(a).result == IPC_NO_PARTNER,
		    "the sender is told that its receiver has died");
	thread_delete(counter);
	parties_delete();
	a = party_create(2);
	b = party_create(3);
	send = order_send(b, DOPE(3, 1), 100);
	again.partner = a;
	tell(b, &again);
	tell(a, &send);
	ask(a);
	check(ask(b).result == DOPE(3, 1), "others go on");
	parties_delete();
}

void test_complex_messages(void)
{
	test_many_strings(HERE, HERE);
	test_many_strings(HERE, THERE);
	test_many_strings(THERE, THERE + 1);
	test_cut(HERE);
	test_cut(THERE);
	test_regions();
	test_interrupted(2, 3);
	test_interrupted(1, 2);
	test_interrupted(2, 2);
	test_others_run();
	test_death_in_copy(true);
	test_death_in_copy(false);
}
