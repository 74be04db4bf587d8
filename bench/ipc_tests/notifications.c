/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notifications: bits that are set without waiting, and come as a message. The interrupts
 * are those of the serial port, as in interrupts.c.
 */
#include "tests.h"

#define COM1_IRQ 4
#define COM1_INTERRUPT_ENABLE 0x3F9
#define COM1_MODEM_CONTROL 0x3FC
#define COM1_LINE_STATUS 0x3FD
#define TELL_EMPTY 2	 /* interrupt enable */
#define INTERRUPT_LINE 8 /* modem control */
#define EMPTY 0x20	 /* line status */

#define ONE 0x00000001u
#define OTHER 0x80000000u
#define ANY_TIME 1000 /* ms */

static void interrupt(void)
{
	while (!(port_in(COM1_LINE_STATUS) & EMPTY))
		;
	port_out(COM1_INTERRUPT_ENABLE, TELL_EMPTY);
	port_out(COM1_INTERRUPT_ENABLE, 0);
	settle();
}

static bool has(const struct report *r, uint32_t bits)
{
	return r->result == IPC_OK && r->from == NOTIFICATION &&
	       r->words[0] == bits && r->words[1] == 0;
}

static struct order order_poll(uid_t from)
{
	struct order receive = order_receive(from, 0, 0);

	receive.receive_timeout = TIMEOUT_NONE;
	return receive;
}

static bool gets(uid_t party, uid_t from, uint32_t bits)
{
	struct order poll = order_poll(from);
	struct report r = tell_and_ask(party, &poll);

	return has(&r, bits);
}

static bool gets_nothing(uid_t party, uid_t from)
{
	struct order poll = order_poll(from);

	return tell_and_ask(party, &poll).result ==
	       (IPC_TIMEOUT | IPC_IN_RECEIVE);
}

static void test_arguments_of_notify(void)
{
	uid_t a = party_create(HERE), dead = party_create(THERE);
	struct order poll = order_poll(NOTIFICATION), send;

	party_delete(dead);
	check(notify(dead, ONE) == SERVICE_NO_THREAD, "bits to the dead");
	check(notify(NOBODY, ONE) == SERVICE_NO_THREAD &&
		  notify(NOTIFICATION, ONE) == SERVICE_NO_THREAD &&
		  notify(INTERRUPT(COM1_IRQ), ONE) == SERVICE_NO_THREAD,
	    "to what is no thread");
	check(notify(a ^ (uid_t)1 << 40, ONE) == SERVICE_NO_THREAD &&
		  notify(a | (uid_t)1 << 60, ONE) == SERVICE_NO_THREAD,
	    "to forged uids");
	check(gets_nothing(a, NOTIFICATION), "none has come anywhere");
	check(notify(a, 0) == SERVICE_OK, "no bits");
	check(gets_nothing(a, NOTIFICATION), "are no message");
	send = order_send(NOTIFICATION, 0, 0);
	check(tell_and_ask(a, &send).result == IPC_NO_PARTNER,
	    "nobody can send to notifications");
	check(notify(thread_self(), ONE | OTHER) == SERVICE_OK,
	    "bits to oneself");
	poll = order_poll(NOTIFICATION);
	{
		struct report r = perform(&poll);

		check(has(&r, ONE | OTHER), "are there");
	}
	parties_delete();
}

static void test_waiting_for(uid_t from, uint32_t space)
{
	uid_t a = party_create(space);
	struct order receive = order_receive(from, 0, 0);
	struct report r;

	tell(a, &receive);
	check(!is_done(a, &r), "a receiver waits, space %u", space);
	check(notify(a, 0) == SERVICE_OK && !is_done(a, &r), "not for no bits");
	check(notify(a, ONE) == SERVICE_OK && is_done(a, &r) && has(&r, ONE),
	    "for bits");
	check(gets_nothing(a, from), "which come once");
	receive.receive_timeout = 8;
	check(
	    tell_and_ask(a, &receive).result == (IPC_TIMEOUT | IPC_IN_RECEIVE),
	    "the next ones do not come in time");
	receive.receive_timeout = ANY_TIME;
	tell(a, &receive);
	settle();
	notify(a, OTHER);
	r = ask(a);
	check(has(&r, OTHER), "they do in more time");
	parties_delete();
}

static void test_pending_bits(void)
{
	uid_t a = party_create(HERE), c = party_create(THERE);
	struct order send = order_send(a, 0, 0);
	struct order receive = order_receive(NOBODY, 0, 0);
	struct order only = order_receive(NOTIFICATION, 0, 0);
	struct report r;

	notify(a, ONE);
	notify(a, OTHER);
	notify(a, ONE);
	check(gets(a, NOTIFICATION, ONE | OTHER), "bits come together");
	check(gets_nothing(a, NOTIFICATION), "and once");

	tell(c, &send);
	settle();
	check(gets_nothing(a, NOTIFICATION), "a sender is no notification");
	notify(a, ONE);
	check(gets(a, NOBODY, ONE), "which goes before a sender");
	r = tell_and_ask(a, &receive);
	check(received_all(&r, &send, c) && ask(c).result == IPC_OK,
	    "that is not forgotten");

	send.seed = next_seed();
	notify(a, ONE);
	tell(c, &send);
	settle();
	receive.partner = c;
	r = tell_and_ask(a, &receive);
	check(received_all(&r, &send, c) && ask(c).result == IPC_OK,
	    "one can receive from others only");
	check(gets(a, NOTIFICATION, ONE), "and have the bits afterwards");

	tell(a, &only);
	settle();
	send.send_timeout = TIMEOUT_NONE;
	check(tell_and_ask(c, &send).result == IPC_TIMEOUT,
	    "or from notifications only");
	receive.partner = c;
	notify(a, ONE);
	check(is_done(a, &r) && has(&r, ONE), "which come then");
	tell(a, &receive);
	settle();
	notify(a, ONE);
	check(!is_done(a, &r), "who waits for one thread is left alone");
	send.send_timeout = TIMEOUT_NEVER;
	check(tell_and_ask(c, &send).result == IPC_OK, "by all but that");
	r = ask(a);
	check(received_all(&r, &send, c) && gets(a, NOBODY, ONE),
	    "and has its bits afterwards");
	parties_delete();
}

static void test_bits_and_calls(void)
{
	uid_t a = party_create(HERE), b = party_create(THERE);
	struct order call = order_call(b),
		     receive = order_receive(NOBODY, 0, 0);
	struct order reply = order_reply(a);
	struct report r;

	tell(b, &receive);
	settle();
	tell(a, &call);
	r = ask(b);
	check(received_all(&r, &call, a), "a call");
	notify(a, ONE);
	check(!is_done(a, &r), "bits are no answer");
	notify(b, OTHER);
	r = tell_and_ask(b, &reply);
	check(has(&r, OTHER), "a server replies and gets bits next");
	r = ask(a);
	check(received_all(&r, &reply, b), "the reply arrives");
	check(gets(a, NOBODY, ONE), "and the client has its bits");

	tell(b, &receive);
	settle();
	call.seed = next_seed();
	tell(a, &call);
	r = ask(b);
	reply.seed = next_seed();
	tell(b, &reply);
	r = ask(a);
	check(received_all(&r, &reply, b), "a server waits for the next");
	notify(b, ONE);
	check(is_done(b, &r) && has(&r, ONE), "and bits are that");
	parties_delete();
}

/* Not waited for, so the one that sets them goes on; unless the other one is more
 * important. */
static void test_bits_and_priorities(void)
{
	static const uint32_t priorities[] = {
	    PRIORITY_DEFAULT - 1, PRIORITY_DEFAULT, PRIORITY_DEFAULT + 1};
	uint32_t n;

	for (n = 0; n < 3; n++) {
		uid_t a = party_create(HERE);
		struct order receive = order_receive(NOBODY, 0, 0);
		struct order wait = order_poll(a);
		struct report r;

		thread_schedule(a, priorities[n], SCHEDULE_KEEP);
		tell(a, &receive);
		settle();
		thread_schedule(thread_self(), PRIORITY_DEFAULT, SCHEDULE_KEEP);
		notify(a, ONE);
		/* It reports at once, or not yet. */
		r = perform(&wait);
		check((r.result == (IPC_TIMEOUT | IPC_IN_RECEIVE)) ==
			  (priorities[n] <= PRIORITY_DEFAULT),
		    "a receiver of priority %u", priorities[n]);
		if (r.result == (IPC_TIMEOUT | IPC_IN_RECEIVE))
			ask(a);
		parties_delete();
	}
}

static void test_bits_of_a_sleeper(void)
{
	uid_t a = party_create(THERE);
	struct order receive = order_receive(NOBODY, 0, 0);
	struct report r;
	bool swapped;

	tell(a, &receive);
	settle();
	swapped = swap_out(a) == SERVICE_OK;
	notify(a, ONE);
	r = ask(a);
	check(CONFIG_VIRTUAL_TCBS ? swapped && has(&r, ONE)
				  : has(&r, ONE) || skip("no swapping"),
	    "bits to a thread that is swapped out");
	swap_out(a);
	notify(a, OTHER);
	check(gets(a, NOTIFICATION, OTHER), "and that has not waited");
	parties_delete();
}

static void test_bits_into_a_bad_buffer(void)
{
	uid_t a = party_create(HERE);
	struct order receive = order_poll(NOBODY);
	uint32_t expected =
	    CONFIG_REGISTER_MESSAGES ? IPC_OK : IPC_FAULT | IPC_IN_RECEIVE;

	receive.receive.made_up = NOTHING;
	receive.raw = true;
	receive.receive.address = USER_END - 8;
	notify(a, ONE);
	check(tell_and_ask(a, &receive).result == expected,
	    "bits into a bad buffer");
	check(gets_nothing(a, NOBODY), "are over");
	parties_delete();
}

static void test_death_and_bits(bool waiting)
{
	uid_t a = party_create(HERE), b;
	struct order receive = order_receive(NOTIFICATION, 0, 0);

	if (waiting)
		tell(a, &receive);
	else
		notify(a, ONE);
	settle();
	party_delete(a);
	parties_delete();
	b = party_create(HERE);
	check(gets_nothing(b, NOBODY), "a new thread has no bits");
	check(notify(a, ONE) == SERVICE_NO_THREAD, "a dead one gets none");
	parties_delete();
}

static void test_interrupts_as_bits(void)
{
	uid_t a = party_create(HERE), c = party_create(THERE);
	struct order attach = {.operation = ASK_KERNEL,
	    .detail = SERVICE_ATTACH_BITS,
	    .seed = COM1_IRQ,
	    .send_timeout = OTHER};
	struct order detach = {.operation = DETACH, .detail = COM1_IRQ};
	struct order receive = order_receive(NOBODY, 0, 0);
	struct order from_irq = order_poll(INTERRUPT(COM1_IRQ));
	struct report r;

	check(interrupt_attach_bits(COM1_IRQ, 0) == SERVICE_BAD_ARGUMENT &&
		  interrupt_attach_bits(0, ONE) == SERVICE_BAD_ARGUMENT &&
		  interrupt_attach_bits(16, ONE) == SERVICE_BAD_ARGUMENT,
	    "interrupts of which there are no bits");
	check(tell_and_ask(c, &attach).result == SERVICE_DENIED,
	    "only the root task's");
	check(tell_and_ask(a, &attach).result == SERVICE_OK,
	    "an interrupt as bits");
	check(interrupt_attach_bits(COM1_IRQ, ONE) == SERVICE_DENIED &&
		  interrupt_attach(COM1_IRQ) == SERVICE_DENIED,
	    "one thread has it");
	interrupt();
	interrupt();
	check(
	    tell_and_ask(a, &from_irq).result == (IPC_TIMEOUT | IPC_IN_RECEIVE),
	    "it sends no messages");
	notify(a, ONE);
	check(gets(a, NOBODY, ONE | OTHER), "it sets bits, like others");
	tell(a, &receive);
	settle();
	interrupt();
	check(is_done(a, &r) && has(&r, OTHER), "a waiting driver gets them");
	check(tell_and_ask(a, &detach).result == SERVICE_OK, "detach");
	interrupt();
	check(gets_nothing(a, NOBODY), "then none come");
	check(interrupt_attach(COM1_IRQ) == SERVICE_OK, "as a message again");
	interrupt();
	check(tell_and_ask(a, &from_irq).result ==
		  (IPC_NO_PARTNER | IPC_IN_RECEIVE),
	    "to another thread");
	{
		struct order poll = order_poll(INTERRUPT(COM1_IRQ));

		r = perform(&poll);
	}
	check(r.from == INTERRUPT(COM1_IRQ) && r.words[0] != 0, "that gets it");
	interrupt_detach(COM1_IRQ);
	parties_delete();
}

/* All three at once. */
static void test_what_comes_first(void)
{
	uid_t a = party_create(HERE), c = party_create(THERE);
	struct order attach = {.operation = ATTACH, .detail = COM1_IRQ};
	struct order detach = {.operation = DETACH, .detail = COM1_IRQ};
	struct order send = order_send(a, 0, 0), poll = order_poll(NOBODY);
	struct report r;

	tell_and_ask(a, &attach);
	tell(c, &send);
	settle();
	notify(a, ONE);
	interrupt();
	r = tell_and_ask(a, &poll);
	check(r.from == INTERRUPT(COM1_IRQ), "first an interrupt");
	check(gets(a, NOBODY, ONE), "then bits");
	r = tell_and_ask(a, &poll);
	check(received_all(&r, &send, c) && ask(c).result == IPC_OK,
	    "then a sender");
	tell_and_ask(a, &detach);
	parties_delete();
}

void test_notifications(void)
{
	uint8_t lines = port_in(COM1_MODEM_CONTROL);

	if (!CONFIG_NOTIFICATIONS) {
		check(service(SERVICE_NOTIFY, ONE, 0, thread_self()).code ==
			      SERVICE_UNKNOWN &&
			  service(SERVICE_ATTACH_BITS, COM1_IRQ, ONE, NOBODY)
				  .code == SERVICE_UNKNOWN,
		    "no notifications");
		return;
	}
	port_out(COM1_MODEM_CONTROL, lines | INTERRUPT_LINE);
	test_arguments_of_notify();
	test_waiting_for(NOBODY, HERE);
	test_waiting_for(NOTIFICATION, HERE);
	test_waiting_for(NOBODY, THERE);
	test_waiting_for(NOTIFICATION, THERE);
	test_pending_bits();
	test_bits_and_calls();
	test_bits_and_priorities();
	test_bits_of_a_sleeper();
	test_bits_into_a_bad_buffer();
	test_death_and_bits(false);
	test_death_and_bits(true);
	test_interrupts_as_bits();
	test_what_comes_first();
	port_out(COM1_MODEM_CONTROL, lines);
}
