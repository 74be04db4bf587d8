/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests.h"

#define SENDERS 3

/* Three senders, from three spaces, that begin to wait in another order. */
static const uint32_t turn[SENDERS] = {1, 2, 0};

static void senders_wait(
    uid_t to, uid_t senders[SENDERS], struct order sends[SENDERS])
{
	uint32_t n;

	for (n = 0; n < SENDERS; n++) {
		senders[n] = party_create(n);
		sends[n] = order_send(to, 0, 0);
	}
	for (n = 0; n < SENDERS; n++) {
		tell(senders[turn[n]], &sends[turn[n]]);
		settle();
	}
}

static void test_first_come(void)
{
	uid_t senders[SENDERS], to = party_create(SPACES - 1);
	struct order sends[SENDERS], receive = order_receive(NOBODY, 0, 0);
	uint32_t n;

	senders_wait(to, senders, sends);
	for (n = 0; n < SENDERS; n++) {
		struct report r = tell_and_ask(to, &receive);

		check(received_all(&r, &sends[turn[n]], senders[turn[n]]),
		    "senders are served in the order of their calls: %u", n);
	}
	parties_delete();
}

static void test_one_only(void)
{
	uid_t senders[SENDERS], to = party_create(SPACES - 1);
	struct order sends[SENDERS], receive = order_receive(NOBODY, 0, 0);
	struct report r;

	senders_wait(to, senders, sends);
	receive.partner = senders[turn[1]];
	r = tell_and_ask(to, &receive);
	check(received_all(&r, &sends[turn[1]], senders[turn[1]]),
	    "receive from one takes it out of the queue's middle");

	receive.partner = senders[turn[1]];
	tell(to, &receive);
	check(!is_done(to, &r), "it does not take another's message");
	check(is_done(senders[turn[1]], &r) && r.result == IPC_OK,
	    "the sender has gone on");
	tell(senders[turn[1]], &sends[turn[1]]);
	r = ask(to);
	check(received_all(&r, &sends[turn[1]], senders[turn[1]]),
	    "it takes its partner's next message");

	receive.partner = NOBODY;
	r = tell_and_ask(to, &receive);
	check(r.from == senders[turn[0]], "the others are still in order: 0");
	r = tell_and_ask(to, &receive);
	check(r.from == senders[turn[2]], "the others are still in order: 1");
	parties_delete();
}

/* A message goes round all spaces: each receives, then sends on. */
static void test_ring(void)
{
	uid_t ring[SPACES];
	struct order send = {0}, receive;
	struct report r = {0};
	uint32_t n;

	for (n = 0; n < SPACES; n++)
		ring[n] = party_create(n);
	for (n = 0; n < SPACES; n++) {
		uid_t next = ring[(n + 1) % SPACES];

		send = order_send(next, DOPE(5, 0), 0);
		receive = order_receive(ring[n], DOPE(5, 0), 0);
		tell(next, &receive);
		tell(ring[n], &send);
		r = ask(next);
		check(ask(ring[n]).result == IPC_OK &&
			  received_all(&r, &send, ring[n]),
		    "a message goes round: station %u", n);
	}
	parties_delete();
}

/* Two queues that wait for each other's heads do not block the others. */
static void test_two_receivers(void)
{
	uid_t a = party_create(0), b = party_create(1), c = party_create(2),
	      d = party_create(3);
	struct order to_b = order_send(b, 0, 0), to_d = order_send(d, 0, 0);
	struct order receive = order_receive(NOBODY, 0, 0);
	struct report r;

	tell(a, &to_b);
	settle();
	tell(c, &to_d);
	settle();
	r = tell_and_ask(d, &receive);
	check(received_all(&r, &to_d, c), "receivers have queues of their own");
	r = tell_and_ask(b, &receive);
	check(received_all(&r, &to_b, a), "the other one's sender is there");
	parties_delete();
}

void test_order(void)
{
	test_first_come();
	test_one_only();
	test_ring();
	test_two_receivers();
}
