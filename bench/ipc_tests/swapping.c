/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads go on as if nothing had happened after they were swapped out. Where
 * the kernel keeps all tcbs in memory, nothing has happened.
 */
#include "tests.h"

#define SENDERS 4

#define MS_PER_TICK 4
#define LATE 12 /* ms, as in timeouts.c */

#define MANY 1000
#define MANY_STACK_BYTES 512

/* Those that must be possible to swap out. */
static void swap(uid_t uid)
{
	if (swap_out(uid) != SERVICE_OK)
		fail("a waiting thread cannot be swapped out");
}

static void test_service(void)
{
	uid_t a = party_create(THERE), dead = party_create(THERE);
	struct order send = order_send(party_create(HERE), 0, 0);
	uint32_t n;

	for (n = 0; n < 3; n++)
		check(swap_out(a) == SERVICE_OK, "swap out a thread: %u", n);
	check(swap_out(thread_self()) == SERVICE_BAD_ARGUMENT, "not oneself");
	thread_delete(dead);
	check(swap_out(dead) == SERVICE_NO_THREAD, "nor the dead");
	check(swap_out(NOBODY) == SERVICE_NO_THREAD, "nor nobody");
	send.send_timeout = TIMEOUT_NONE;
	check(tell_and_ask(a, &send).result == IPC_TIMEOUT, "it takes orders");
	swap(a);
	check(thread_delete(a) == SERVICE_OK, "delete one that is not there");
	check(swap_out(a) == SERVICE_NO_THREAD, "not twice");
	parties_delete();
}

/* Some of those that wait to send are swapped out; subset: a bit for each. */
static void test_order_kept(uint32_t subset)
{
	uid_t to = party_create(HERE), senders[SENDERS];
	struct order send[SENDERS], receive = order_receive(NOBODY, 0, 0);
	uint32_t n, in_order = 0;
	struct report r;

	for (n = 0; n < SENDERS; n++)
		senders[n] = party_create(n);
	for (n = 0; n < SENDERS; n++) {
		/* The last one comes when the others are gone. */
		if (n == SENDERS - 1) {
			uint32_t m;

			for (m = n; m--;)
				if (subset >> m & 1)
					swap(senders[m]);
		}
		send[n] = order_send(to, 0, 0);
		tell(senders[n], &send[n]);
		settle();
	}
	if (subset >> (SENDERS - 1) & 1)
		swap(senders[SENDERS - 1]);
	for (n = 0; n < SENDERS; n++) {
		r = tell_and_ask(to, &receive);
		in_order += received_all(&r, &send[n], senders[n]);
		/* Those behind it once more, and more of them. */
		if (n == 1 && subset & 1)
			swap(senders[SENDERS - 1]);
	}
	check(in_order == SENDERS,
	    "senders are served in the order of their calls, swapped out: %u",
	    subset);
	for (n = 0; n < SENDERS; n++)
		in_order -= ask(senders[n]).result == IPC_OK;
	check(in_order == 0, "and go on");
	receive.receive_timeout = TIMEOUT_NONE;
	check(
	    tell_and_ask(to, &receive).result == (IPC_TIMEOUT | IPC_IN_RECEIVE),
	    "there are no more");
	parties_delete();
}

/* Receives from one in the middle, which has been swapped out. */
static void test_one_of_them(void)
{
	uid_t to = party_create(HERE), senders[SENDERS];
	struct order send[SENDERS], receive;
	static const uint32_t turn[SENDERS] = {2, 0, 1, 3};
	uint32_t n;

	for (n = 0; n < SENDERS; n++) {
		senders[n] = party_create(n);
		send[n] = order_send(to, DOPE(3, 0), 0);
		tell(senders[n], &send[n]);
		settle();
	}
	for (n = 0; n < SENDERS; n++) {
		struct report r;

		swap(senders[1]);
		if (n == 0)
			swap(senders[2]);
		receive =
		    order_receive(n ? NOBODY : senders[turn[n]], DOPE(3, 0), 0);
		r = tell_and_ask(to, &receive);
		check(received_all(&r, &send[turn[n]], senders[turn[n]]),
		    "one of four senders, then the others: %u", n);
		if (n == 2)
			break;
		ask(senders[turn[n]]);
	}
	parties_delete();
}

static void test_receivers(uint32_t space, bool open)
{
	uid_t a = party_create(HERE), b = party_create(space);
	struct order send = order_send(b, DOPE(20, 1), 5000);
	struct order receive =
	    order_receive(open ? NOBODY : a, DOPE(20, 1), 5000);
	struct report r;

	if (space == HERE)
		receive.receive.address += 100000;
	receive.receive.string += 200000;
	tell(b, &receive);
	settle();
	swap(b);
	swap(a);
	tell(a, &send);
	r = ask(b);
	check(ask(a).result == IPC_OK && received_all(&r, &send, a),
	    "a receiver is swapped out, space %u, from %s", space,
	    open ? "anybody" : "one");
	parties_delete();
}

static void test_callers(uint32_t space)
{
	uid_t a = party_create(THERE), b = party_create(space);
	struct order call = order_call(b),
		     receive = order_receive(NOBODY, 0, 0);
	struct order reply = order_reply(a);
	struct report r;
	uint32_t n;

	tell(b, &receive);
	for (n = 0; n < 3; n++) {
		call.seed = next_seed();
		reply.seed = next_seed();
		swap(b);
		tell(a, &call);
		r = ask(b);
		check(received_all(&r, &call, a), "a server is swapped out");
		swap(a);
		swap(b);
		tell(b, &reply);
		r = ask(a);
		check(received_all(&r, &reply, b), "and its caller");
	}
	parties_delete();
}

/* A waits for b, b for c, and both are out. */
static void test_chain(void)
{
	uid_t a = party_create(0), b = party_create(1), c = party_create(2);
	struct order to_b = order_send(b, DOPE(9, 0), 0);
	struct order to_c = order_send(c, DOPE(8, 0), 0);
	struct order receive = order_receive(NOBODY, DOPE(9, 0), 0);
	struct report r;

	tell(a, &to_b);
	tell(b, &to_c);
	settle();
	swap_out(b); /* not while a is queued to send to it */
	swap(a);
	swap(b);
	r = tell_and_ask(c, &receive);
	check(received_all(&r, &to_c, b), "one of those in a chain sends");
	ask(b);
	swap(b);
	swap(a);
	r = tell_and_ask(b, &receive);
	check(received_all(&r, &to_b, a), "then the other");
	parties_delete();
}

static bool in_time(uint32_t since_tick, uint32_t ms)
{
	uint32_t ticks = clock_ticks() - since_tick;

	return (ticks - 1) * MS_PER_TICK >= ms &&
	       ticks * MS_PER_TICK <= ms + LATE;
}

static void test_timeouts_come(uint32_t ms)
{
	uid_t a = party_create(HERE), b = party_create(THERE),
	      c = party_create(2);
	struct order receive = order_receive(b, 0, 0);
	struct order send = order_send(c, 0, 0);
	uint32_t since = clock_ticks();

	receive.receive_timeout = send.send_timeout = ms;
	tell(a, &receive);
	settle();
	swap(a);
	check(ask(a).result == (IPC_TIMEOUT | IPC_IN_RECEIVE) &&
		  in_time(since, ms),
	    "the time of a receiver comes after %u ms", ms);
	since = clock_ticks();
	tell(b, &send);
	tell(a, &send);
	settle();
	swap(b);
	check(ask(b).result == IPC_TIMEOUT && in_time(since, ms),
	    "and of a sender");
	ask(a);
	receive = order_receive(NOBODY, 0, 0);
	receive.receive_timeout = TIMEOUT_NONE;
	check(
	    tell_and_ask(c, &receive).result == (IPC_TIMEOUT | IPC_IN_RECEIVE),
	    "which sends no more");
	/* In time, then for ever. */
	receive.receive_timeout = ms;
	send.partner = b;
	tell(b, &receive);
	settle();
	swap(b);
	check(tell_and_ask(a, &send).result == IPC_OK && ask(b).from == a,
	    "a message comes in time");
	receive.receive_timeout = TIMEOUT_NEVER;
	tell(b, &receive);
	settle();
	swap(b);
	receive.partner = b;
	receive.receive_timeout = 2 * ms;
	tell_and_ask(c, &receive);
	tell(a, &send);
	check(ask(b).from == a, "then another one without a timeout");
	parties_delete();
}

/* Its partner, which may be swapped out too, dies. */
static void test_partner_dies(struct order wait, uint32_t expected, bool both)
{
	uid_t a = party_create(HERE), dead = party_create(THERE);
	struct order receive = order_receive(a, 0, 0);
	struct report r;

	wait.partner = dead;
	if (wait.operation == CALL)
		tell(dead, &receive);
	tell(a, &wait);
	settle();
	swap(a);
	if (both && wait.operation != CALL)
		swap(dead);
	thread_delete(dead);
	if (both)
		swap_out(a);
	check(is_done(a, &r) && r.result == expected,
	    "the partner of one that is swapped out dies");
	parties_delete();
}

static void test_death(void)
{
	uid_t a = party_create(0), dead = party_create(1), b = party_create(2),
	      to = party_create(3);
	struct order send_a = order_send(to, 0, 0),
		     send_b = order_send(to, 0, 0),
		     send_dead = order_send(to, 0, 0);
	struct order receive = order_receive(NOBODY, 0, 0);
	struct report r;

	tell(a, &send_a);
	settle();
	tell(dead, &send_dead);
	settle();
	tell(b, &send_b);
	settle();
	swap(a);
	swap(dead);
	thread_delete(dead);
	r = tell_and_ask(to, &receive);
	check(received_all(&r, &send_a, a), "a sender before the dead");
	r = tell_and_ask(to, &receive);
	check(received_all(&r, &send_b, b), "and behind it");
	parties_delete();
}

static uid_t tests;
static volatile uint32_t calls, spins;

/* Sends its number to the tests, then everything that it receives. */
static void one_of_many(void *argument)
{
	MESSAGE_VARIABLE(0, 0) m = {.head = {0}};
	struct received r = {0};

	m.head.words[0] = (uint32_t)argument;
	for (;;) {
		calls++;
		ipc_send(tests, &m.head, TIMEOUT_NEVER);
		r = ipc_receive(tests, &m.head, TIMEOUT_NEVER);
		m.head.words[0] = r.words[0];
	}
}

static void create_many(uid_t *made)
{
	uint32_t n;

	for (n = 0; n < MANY; n++) {
		uint32_t before = calls;

		made[n] = thread_create(one_of_many, (void *)n,
		    area + n * MANY_STACK_BYTES, MANY_STACK_BYTES);
		if (made[n] == NOBODY)
			fail("no %u threads", MANY);
		while (calls == before)
			thread_yield();
		thread_yield();
		thread_yield();
	}
}

/* Most of them, in another order. */
static void swap_most(const uid_t *made, uint32_t from)
{
	uint32_t n;

	for (n = 0; n < MANY; n++) {
		uint32_t which = n * 7 % MANY;

		if (which >= from && which % 10)
			swap(made[which]);
	}
}

static uint32_t receive_number(uid_t from)
{
	MESSAGE_VARIABLE(0, 0) m = {.head = {0}};

	return ipc_receive(from, &m.head, TIMEOUT_NEVER).words[0];
}

static void test_many(void)
{
	static uid_t made[MANY];
	MESSAGE_VARIABLE(0, 0) m = {.head = {0}};
	uint32_t n, in_order = 0, answered = 0;

	tests = thread_self();
	create_many(made);
	swap_most(made, 0);
	for (n = 0; n < MANY; n++) {
		in_order += receive_number(NOBODY) == n;
		if (n == MANY / 2)
			swap_most(made, n + 1);
	}
	check(in_order == MANY, "%u senders, most of them swapped out", MANY);
	settle();
	swap_most(made, 0);
	for (n = 0; n < MANY; n++) {
		uint32_t which = n * 13 % MANY;

		m.head.words[0] = which ^ 0x5A5A;
		ipc_send(made[which], &m.head, TIMEOUT_NEVER);
		answered += receive_number(made[which]) == (which ^ 0x5A5A);
	}
	check(answered == MANY, "all go on as if nothing had happened");
	swap_most(made, 0);
	for (n = 0; n < MANY; n++)
		answered -= thread_delete(made[n]) == SERVICE_OK;
	check(answered == 0, "all can be deleted");
}

static void spin(void *unused)
{
	(void)unused;
	for (;;) {
		spins++;
		thread_yield();
	}
}

/* Nor does one stop that could run. */
static void test_ready(void)
{
	uint32_t n, went_on = 0;
	uid_t t = thread_create(spin, NULL, area, MANY_STACK_BYTES);

	for (n = 0; n < 20; n++) {
		uint32_t before = spins, start = clock_ticks();

		swap(t);
		while (spins == before && clock_ticks() - start < 100)
			thread_yield();
		went_on += spins != before;
	}
	check(went_on == 20, "one that is ready runs");
	thread_delete(t);
}

void test_swapping(void)
{
	uint32_t subset;

	test_service();
	for (subset = 0; subset < 1 << SENDERS; subset++)
		test_order_kept(subset);
	test_one_of_them();
	test_receivers(HERE, true);
	test_receivers(HERE, false);
	test_receivers(THERE, true);
	test_receivers(THERE, false);
	test_callers(HERE);
	test_callers(THERE + 1);
	test_chain();
	test_timeouts_come(40);
	test_timeouts_come(300);
	test_timeouts_come(1200);
	for (subset = 0; subset < 2; subset++) {
		test_partner_dies(
		    order_send(NOBODY, 0, 0), IPC_NO_PARTNER, subset);
		test_partner_dies(order_receive(NOBODY, 0, 0),
		    IPC_NO_PARTNER | IPC_IN_RECEIVE, subset);
		test_partner_dies(order_call(NOBODY),
		    IPC_NO_PARTNER | IPC_IN_RECEIVE, subset);
	}
	test_death();
	test_ready();
	test_many();
}
