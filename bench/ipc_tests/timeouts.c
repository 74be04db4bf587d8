/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timeouts of IPC. Time is counted in clock ticks; nobody computes meanwhile,
 * so nothing else makes a thread late.
 */
#include "tests.h"

#define MS_PER_TICK 4
#define LATE 12 /* ms: a tick that had begun, one to be on time, and one */

#define LONG_COPY (2u << 20) /* bytes: some 30 ms at 64 ns a dword */

#define SLEEPERS 800
#define SLEEPER_STACK_BYTES 512
#define SLEEPS 4

/* Have so many ms passed for sure? The first tick may have been a short one. */
static bool passed(uint32_t since_tick, uint32_t ms)
{
	return (clock_ticks() - since_tick - 1) * MS_PER_TICK >= ms;
}

static bool in_time(uint32_t since_tick, uint32_t ms)
{
	return passed(since_tick, ms) &&
	       (clock_ticks() - since_tick) * MS_PER_TICK <= ms + LATE;
}

/* Does the order end with this result, and when it should? */
static bool ends(
    uid_t party, const struct order *o, uint32_t result, uint32_t ms)
{
	uint32_t since = clock_ticks();

	return tell_and_ask(party, o).result == result && in_time(since, ms);
}

/* One that never sends anything, to wait for. */
static uid_t silent;

static void sleep(uint32_t ms)
{
	static MESSAGE_VARIABLE(0, 0) nothing;

	ipc_receive(silent, &nothing.head, ms);
}

static void test_each_call(uint32_t space, uint32_t ms)
{
	uid_t a = party_create(HERE), b = party_create(space);
	struct order send = order_send(a, 0, 0);
	struct order receive = order_receive(a, 0, 0);
	struct order call = order_call(a);
	struct order reply = order_reply(a);
	struct order serve = order_receive(b, 0, 0);

	send.send_timeout = receive.receive_timeout = ms;
	check(ends(b, &send, IPC_TIMEOUT, ms), "a sender waits %u ms, space %u",
	    ms, space);
	check(ends(b, &receive, IPC_TIMEOUT | IPC_IN_RECEIVE, ms),
	    "a receiver from one");
	receive.partner = NOBODY;
	check(ends(b, &receive, IPC_TIMEOUT | IPC_IN_RECEIVE, ms),
	    "a receiver from anybody");
	call.send_timeout = ms;
	check(ends(b, &call, IPC_TIMEOUT, ms), "a caller that is not heard");
	call.receive_timeout = reply.receive_timeout = ms;
	tell(a, &serve);
	check(ends(b, &call, IPC_TIMEOUT | IPC_IN_RECEIVE, ms),
	    "a caller that gets no answer");
	ask(a);
	tell(a, &serve);
	check(ends(b, &reply, IPC_TIMEOUT | IPC_IN_RECEIVE, ms),
	    "a server whom nobody calls");
	ask(a);
	parties_delete();
}

/* Who has had its message in time is not woken afterwards. */
static void test_in_time(uint32_t first_ms, uint32_t then_ms)
{
	uid_t a = party_create(HERE), b = party_create(THERE);
	struct order send = order_send(b, DOPE(3, 0), 0);
	struct order receive = order_receive(NOBODY, DOPE(3, 0), 0);
	struct report r;

	silent = a;
	receive.receive_timeout = first_ms;
	tell(b, &receive);
	sleep(20);
	tell_and_ask(a, &send);
	r = ask(b);
	check(received_all(&r, &send, a), "a message in less than %u ms",
	    first_ms);
	receive.receive_timeout = then_ms;
	if (then_ms == TIMEOUT_NEVER) {
		tell(b, &receive);
		sleep(2 * first_ms);
		check(!is_done(b, &r), "then a receiver waits for ever");
	} else {
		check(ends(b, &receive, IPC_TIMEOUT | IPC_IN_RECEIVE, then_ms),
		    "then a receiver waits %u ms", then_ms);
	}
	parties_delete();
}

/* Receives twice in a row: for a time, then for ever. */
static volatile uint32_t first_code, second_code;

static void receive_twice(void *unused)
{
	MESSAGE_VARIABLE(0, 0) nothing = {.head = {0}};

	(void)unused;
	first_code = code(ipc_receive(NOBODY, &nothing.head, 100));
	second_code = code(ipc_receive(NOBODY, &nothing.head, TIMEOUT_NEVER));
	for (;;)
		ipc_receive(NOBODY, &nothing.head, TIMEOUT_NEVER);
}

static void test_twice(void)
{
	static char stack[SLEEPER_STACK_BYTES];
	static MESSAGE_VARIABLE(0, 0) nothing;
	uid_t t = thread_create(receive_twice, NULL, stack, sizeof(stack));

	silent = party_create(HERE);
	first_code = second_code = ~0u;
	ipc_send(t, &nothing.head, TIMEOUT_NEVER);
	sleep(200);
	check(first_code == IPC_OK, "received in less than 100 ms");
	check(second_code == ~0u, "the next time it waits for ever");
	ipc_send(t, &nothing.head, TIMEOUT_NEVER);
	settle();
	check(second_code == IPC_OK, "until there is something");
	thread_delete(t);
	parties_delete();
}

/* A message that fails does not make a receiver's time longer. */
static void test_failed_meanwhile(void)
{
	uid_t a = party_create(HERE), b = party_create(THERE);
	struct order bad = order_send(b, DOPE(3, 0), 0);
	struct order receive = order_receive(a, DOPE(3, 0), 0);
	uint32_t since = clock_ticks();

	silent = party_create(2);
	bad.raw = true;
	bad.send.address = USER_END;
	bad.send.made_up = NOTHING;
	receive.receive_timeout = 400;
	tell(b, &receive);
	sleep(200);
	check(tell_and_ask(a, &bad).result == IPC_FAULT, "a message fails");
	check(ask(b).result == (IPC_TIMEOUT | IPC_IN_RECEIVE) &&
		  in_time(since, 400),
	    "its receiver waits 400 ms in all");
	parties_delete();
}

/* The receiver's time comes while the message is being copied: too late. */
static void test_long_copy(uint32_t space)
{
	uid_t a = party_create(HERE), b = party_create(space);
	struct order send = order_send(b, DOPE(0, 1), LONG_COPY);
	struct order receive = order_receive(NOBODY, DOPE(0, 1), LONG_COPY);
	uint32_t since = clock_ticks();
	struct report r;

	/* It starts at once: whatever is in the string is sent. */
	send.send.made_up = ALL_BUT_STRING;
	receive.receive_timeout = 8;
	tell(b, &receive);
	settle();
	check(tell_and_ask(a, &send).result == IPC_OK && passed(since, 20),
	    "a transfer that takes longer than the timeout, to space %u",
	    space);
	r = ask(b);
	check(r.result == send.send.dope && r.from == a, "comes off");
	parties_delete();
}

/* A sender that gives up leaves the queue. */
static void test_queue(void)
{
	uid_t a = party_create(HERE), b = party_create(2), to = party_create(3);
	struct order short_time = order_send(to, 0, 0);
	struct order long_time = order_send(to, DOPE(9, 1), 5000);
	struct order receive = order_receive(NOBODY, DOPE(9, 1), 5000);
	struct report r;

	silent = to;
	short_time.send_timeout = 100;
	long_time.send_timeout = 300;
	tell(a, &short_time);
	settle();
	tell(b, &long_time);
	sleep(200);
	check(is_done(a, &r) && r.result == IPC_TIMEOUT,
	    "the first of two senders gives up");
	check(!is_done(b, &r), "the second one still waits");
	r = tell_and_ask(to, &receive);
	check(received_all(&r, &long_time, b), "and is received from");
	check(ask(b).result == IPC_OK, "and goes on");
	receive.receive_timeout = TIMEOUT_NONE;
	check(
	    tell_and_ask(to, &receive).result == (IPC_TIMEOUT | IPC_IN_RECEIVE),
	    "the first one is in the queue no more");
	parties_delete();
}

/* A thread that is deleted while it waits: its time comes all the same. */
static void test_deleted(uint32_t operation)
{
	uid_t a = party_create(HERE), dead = party_create(THERE), next;
	struct order wait =
	    operation == SEND ? order_send(a, 0, 0) : order_receive(a, 0, 0);
	struct report r;

	silent = a;
	wait.send_timeout = wait.receive_timeout = 100;
	tell(dead, &wait);
	settle();
	thread_delete(dead);
	next = party_create(THERE);
	wait.send_timeout = wait.receive_timeout = TIMEOUT_NEVER;
	tell(next, &wait);
	sleep(200);
	check(!is_done(next, &r), "a deleted thread's time does not come");
	parties_delete();
}

/* Not long after the start, because 5 seconds after it the optimised kernel
 * raises the base of time. */
static void test_eight_seconds(void)
{
	uid_t a = party_create(HERE), b = party_create(THERE);
	struct order wait = order_receive(a, 0, 0);
	struct order long_wait = order_receive(a, 0, 0);
	uint32_t since = clock_ticks(), n;
	bool all_in_time = true;

	silent = a;
	long_wait.receive_timeout = 8000;
	tell(b, &long_wait);
	wait.partner = b;
	wait.receive_timeout = 700;
	for (n = 0; n < 7; n++)
		all_in_time &=
		    ends(a, &wait, IPC_TIMEOUT | IPC_IN_RECEIVE, 700);
	check(all_in_time, "seven times 700 ms, each in time");
	check(ask(b).result == (IPC_TIMEOUT | IPC_IN_RECEIVE) &&
		  in_time(since, 8000),
	    "and 8 seconds meanwhile");
	parties_delete();
}

static char sleeper_stacks[SLEEPERS][SLEEPER_STACK_BYTES]
    __attribute__((aligned(16)));
static volatile uint32_t sleepers_done, sleepers_wrong;

/* Sleeps for different times, and looks whether it was long enough. */
static void sleeper(void *argument)
{
	MESSAGE_VARIABLE(0, 0) nothing = {.head = {0}};
	uint32_t n;

	for (n = 0; n < SLEEPS; n++) {
		uint32_t ms = 1 + contents_word((uint32_t)argument, n) % 1000;
		uint32_t since = clock_ticks();
		struct received r = ipc_receive(NOBODY, &nothing.head, ms);

		if (code(r) != (IPC_TIMEOUT | IPC_IN_RECEIVE) ||
		    !passed(since, ms))
			sleepers_wrong++;
	}
	sleepers_done++;
	for (;;)
		ipc_receive(NOBODY, &nothing.head, TIMEOUT_NEVER);
}

static void test_many(void)
{
	static uid_t made[SLEEPERS];
	uint32_t n, missing = 0;

	silent = party_create(HERE);
	for (n = 0; n < SLEEPERS; n++) {
		made[n] = thread_create(
		    sleeper, (void *)n, sleeper_stacks[n], SLEEPER_STACK_BYTES);
		if (made[n] == NOBODY)
			missing++;
	}
	for (n = 0; n < 40 && sleepers_done < SLEEPERS; n++)
		sleep(200);
	check(missing == 0, "%u threads to sleep", SLEEPERS);
	check(sleepers_done == SLEEPERS, "all wake up");
	check(sleepers_wrong == 0, "none too early");
	for (n = 0; n < SLEEPERS; n++)
		thread_delete(made[n]);
	parties_delete();
}

void test_timeouts(void)
{
	test_eight_seconds();
	test_each_call(HERE, 4);
	test_each_call(THERE, 41);
	test_in_time(100, TIMEOUT_NEVER);
	test_in_time(2000, 100);
	test_in_time(100, 300);
	test_twice();
	test_failed_meanwhile();
	test_long_copy(HERE);
	test_long_copy(THERE);
	test_queue();
	test_deleted(SEND);
	test_deleted(RECEIVE);
	test_many();
}
