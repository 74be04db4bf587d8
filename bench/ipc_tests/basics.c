/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests.h"

static void test_uids(void)
{
	uid_t a = party_create(HERE), b = party_create(THERE);

	check(a != NOBODY && b != NOBODY && a != b && a != thread_self() &&
		  b != thread_self(),
	    "threads have uids, each its own");
	check(thread_self() == thread_self(), "a thread's uid stays");
	parties_delete();
}

/* Who waits first must not matter. */
static void test_rendezvous(uint32_t from_space, uint32_t to_space)
{
	uid_t a = party_create(from_space), b = party_create(to_space);
	struct order send = order_send(b, 0, 0);
	struct order receive = order_receive(a, 0, 0);
	struct report r;

	tell(b, &receive);
	settle();
	check(tell_and_ask(a, &send).result == IPC_OK,
	    "send to a waiting receiver, space %u to %u", from_space, to_space);
	r = ask(b);
	check(received_all(&r, &send, a), "it has the 8 bytes and the source");

	send.seed = next_seed();
	tell(a, &send);
	check(!is_done(a, &r), "a sender waits for its receiver");
	r = tell_and_ask(b, &receive);
	check(received_all(&r, &send, a), "who gets the 8 bytes");
	check(ask(a).result == IPC_OK, "and then the sender goes on");

	receive.partner = NOBODY;
	send.seed = next_seed();
	tell(b, &receive);
	settle();
	tell_and_ask(a, &send);
	r = ask(b);
	check(received_all(&r, &send, a), "received from anybody");
	parties_delete();
}

static void test_no_waiting(uint32_t space)
{
	uid_t a = party_create(HERE), b = party_create(space),
	      c = party_create(space);
	struct order send = order_send(b, 0, 0);
	struct order receive = order_receive(c, 0, 0);
	struct report r;

	send.send_timeout = TIMEOUT_NONE;
	check(tell_and_ask(a, &send).result == IPC_TIMEOUT,
	    "send, not waiting, to one that does not receive");

	tell(b, &receive);
	settle();
	check(tell_and_ask(a, &send).result == IPC_TIMEOUT,
	    "send, not waiting, to one that receives from another");
	check(!is_done(b, &r), "the other's receiver still waits");
	check(tell_and_ask(c, &send).result == IPC_OK,
	    "send, not waiting, to one that does receive");
	r = ask(b);
	check(received_all(&r, &send, c), "and it arrives");

	receive.receive_timeout = TIMEOUT_NONE;
	check(
	    tell_and_ask(b, &receive).result == (IPC_TIMEOUT | IPC_IN_RECEIVE),
	    "receive, not waiting, with no sender");
	receive.partner = NOBODY;
	check(
	    tell_and_ask(b, &receive).result == (IPC_TIMEOUT | IPC_IN_RECEIVE),
	    "receive from anybody, not waiting, with no sender");
	send.send_timeout = TIMEOUT_NEVER;
	tell(a, &send);
	settle();
	r = tell_and_ask(b, &receive);
	check(received_all(&r, &send, a),
	    "receive, not waiting, with a sender there");
	parties_delete();
}

/* Nobody can keep the processor for longer than a timeslice. */
static void test_timeslices(void)
{
	uid_t a = party_create(HERE), b = party_create(THERE);
	struct order spin = {.operation = SPIN};
	uint32_t before = clock_ticks();

	tell(a, &spin);
	tell(b, &spin);
	thread_yield();
	thread_yield();
	check(clock_ticks() > before, "threads that never wait lose the "
				      "processor to others");
	parties_delete();
}

void test_basics(void)
{
	test_uids();
	test_rendezvous(HERE, HERE);
	test_rendezvous(HERE, THERE);
	test_rendezvous(THERE, HERE);
	test_rendezvous(THERE, THERE + 1);
	test_no_waiting(HERE);
	test_no_waiting(THERE);
	test_timeslices();
}
