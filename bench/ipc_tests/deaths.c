/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests.h"

#define GENERATIONS 5000

static void test_dead_partner(uint32_t space)
{
	uid_t a = party_create(space), dead = party_create(THERE);
	struct order send = order_send(dead, 0, 0);
	struct order receive = order_receive(dead, 0, 0);
	struct order call = order_call(dead);

	check(thread_delete(dead) == SERVICE_OK, "delete a thread");
	check(thread_delete(dead) == SERVICE_NO_THREAD, "not twice");
	check(tell_and_ask(a, &send).result == IPC_NO_PARTNER,
	    "send to the dead");
	check(tell_and_ask(a, &call).result == IPC_NO_PARTNER, "call the dead");
	check(tell_and_ask(a, &receive).result ==
		  (IPC_NO_PARTNER | IPC_IN_RECEIVE),
	    "receive from the dead");
	parties_delete();
}

/* The partner dies while one waits for it. */
static void dies_meanwhile(
    struct order order, uint32_t expected, const char *what)
{
	uid_t a = party_create(HERE), dead = party_create(THERE);
	struct report r;

	order.partner = dead;
	if (order.operation == CALL) {
		struct order receive = order_receive(a, 0, 0);

		tell(dead, &receive);
		settle();
	}
	tell(a, &order);
	check(!is_done(a, &r), "%s waits", what);
	thread_delete(dead);
	check(is_done(a, &r) && r.result == expected,
	    "%s is told of its partner's death", what);
	parties_delete();
}

/* A thread that waits is deleted; those behind it in the queue are served. */
static void test_death_in_queue(void)
{
	uid_t to = party_create(3), a = party_create(0), dead = party_create(1),
	      c = party_create(2);
	struct order from_a = order_send(to, 0, 0),
		     from_dead = order_send(to, DOPE(2, 1), 5000),
		     from_c = order_send(to, 0, 0);
	struct order receive = order_receive(NOBODY, 0, 0);
	struct report r;

	tell(a, &from_a);
	settle();
	tell(dead, &from_dead);
	settle();
	tell(c, &from_c);
	settle();
	thread_delete(dead);
	r = tell_and_ask(to, &receive);
	check(received_all(&r, &from_a, a), "before the dead in the queue");
	r = tell_and_ask(to, &receive);
	check(received_all(&r, &from_c, c), "behind the dead in the queue");
	parties_delete();
}

static void test_death_of_receiver(void)
{
	uid_t dead = party_create(THERE), a = party_create(HERE);
	struct order receive = order_receive(NOBODY, 0, 0);
	struct order send = order_send(dead, 0, 0);

	tell(dead, &receive);
	settle();
	thread_delete(dead);
	check(tell_and_ask(a, &send).result == IPC_NO_PARTNER,
	    "a receiver that died waits no more");
	parties_delete();
}

/* Numbers come back, uids do not. */
static void test_uids_are_never_reused(void)
{
	uid_t first = party_create(HERE), last = first;
	struct order send = order_send(first, 0, 0);
	uint32_t n, reused = 0;

	for (n = 0; n < GENERATIONS; n++) {
		uid_t made;

		thread_delete(last);
		parties_delete();
		made = party_create(HERE);
		if (made == last || made == first)
			reused++;
		last = made;
	}
	check(reused == 0, "%u threads after one another, no uid twice",
	    GENERATIONS);
	check(perform(&send).result == IPC_NO_PARTNER,
	    "the first one's uid is still dead");
	parties_delete();
}

void test_deaths(void)
{
	test_dead_partner(HERE);
	test_dead_partner(THERE);
	dies_meanwhile(order_send(NOBODY, 0, 0), IPC_NO_PARTNER, "a sender");
	dies_meanwhile(order_send(NOBODY, DOPE(9, 1), 3000), IPC_NO_PARTNER,
	    "a sender of much");
	dies_meanwhile(order_receive(NOBODY, 0, 0),
	    IPC_NO_PARTNER | IPC_IN_RECEIVE, "a receiver");
	dies_meanwhile(
	    order_call(NOBODY), IPC_NO_PARTNER | IPC_IN_RECEIVE, "a caller");
	test_death_in_queue();
	test_death_of_receiver();
	test_uids_are_never_reused();
}
