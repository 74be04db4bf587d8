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

/* In the group of tests that is running. */
static bool all_hold;

static void hold(bool passed, const char *what)
{
	if (passed)
		return;
	print("# it does not hold: %s\n", what);
	all_hold = false;
}

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
	hold(notify(dead, ONE) == SERVICE_NO_THREAD, "bits to the dead");
	hold(notify(NOBODY, ONE) == SERVICE_NO_THREAD &&
		 notify(NOTIFICATION, ONE) == SERVICE_NO_THREAD &&
		 notify(INTERRUPT(COM1_IRQ), ONE) == SERVICE_NO_THREAD,
	    "to what is no thread");
	/* As the tcb of a thread that never was has it: it reads as zeros. */
	hold(notify((uid_t)0x03FFF000, ONE) == SERVICE_NO_THREAD &&
		 notify((uid_t)0x00F00000, ONE) == SERVICE_NO_THREAD,
	    "to threads that never were");
	hold(notify(a ^ (uid_t)1 << 40, ONE) == SERVICE_NO_THREAD &&
		 notify(a | (uid_t)1 << 60, ONE) == SERVICE_NO_THREAD,
	    "to forged uids");
	hold(gets_nothing(a, NOTIFICATION), "none has come anywhere");
	hold(notify(a, 0) == SERVICE_OK, "no bits");
	hold(gets_nothing(a, NOTIFICATION), "are no message");
	send = order_send(NOTIFICATION, 0, 0);
	hold(tell_and_ask(a, &send).result == IPC_NO_PARTNER,
	    "nobody can send to notifications");
	hold(notify(thread_self(), ONE | OTHER) == SERVICE_OK,
	    "bits to oneself");
	poll = order_poll(NOTIFICATION);
	{
		struct report r = perform(&poll);

		hold(has(&r, ONE | OTHER), "are there");
	}
	parties_delete();
}

static void test_waiting_for(uid_t from, uint32_t space)
{
	uid_t a = party_create(space);
	struct order receive = order_receive(from, 0, 0);
	struct report r;

	tell(a, &receive);
	hold(!is_done(a, &r), "a receiver waits");
	hold(notify(a, 0) == SERVICE_OK && !is_done(a, &r), "not for no bits");
	hold(notify(a, ONE) == SERVICE_OK && is_done(a, &r) && has(&r, ONE),
	    "for bits");
	hold(gets_nothing(a, from), "which come once");
	receive.receive_timeout = 8;
	hold(tell_and_ask(a, &receive).result == (IPC_TIMEOUT | IPC_IN_RECEIVE),
	    "the next ones do not come in time");
	receive.receive_timeout = ANY_TIME;
	tell(a, &receive);
	settle();
	notify(a, OTHER);
	r = ask(a);
	hold(has(&r, OTHER), "they do in more time");
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
	hold(gets(a, NOTIFICATION, ONE | OTHER), "bits come together");
	hold(gets_nothing(a, NOTIFICATION), "and once");

	tell(c, &send);
	settle();
	hold(gets_nothing(a, NOTIFICATION), "a sender is no notification");
	notify(a, ONE);
	hold(gets(a, NOBODY, ONE), "which goes before a sender");
	r = tell_and_ask(a, &receive);
	hold(received_all(&r, &send, c) && ask(c).result == IPC_OK,
	    "that is not forgotten");

	send.seed = next_seed();
	notify(a, ONE);
	tell(c, &send);
	settle();
	receive.partner = c;
	r = tell_and_ask(a, &receive);
	hold(received_all(&r, &send, c) && ask(c).result == IPC_OK,
	    "one can receive from others only");
	hold(gets(a, NOTIFICATION, ONE), "and have the bits afterwards");

	tell(a, &only);
	settle();
	send.send_timeout = TIMEOUT_NONE;
	hold(tell_and_ask(c, &send).result == IPC_TIMEOUT,
	    "or from notifications only");
	receive.partner = c;
	notify(a, ONE);
	hold(is_done(a, &r) && has(&r, ONE), "which come then");
	tell(a, &receive);
	settle();
	notify(a, ONE);
	hold(!is_done(a, &r), "who waits for one thread is left alone");
	send.send_timeout = TIMEOUT_NEVER;
	hold(tell_and_ask(c, &send).result == IPC_OK, "by all but that");
	r = ask(a);
	hold(received_all(&r, &send, c) && gets(a, NOBODY, ONE),
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
	hold(received_all(&r, &call, a), "a call");
	notify(a, ONE);
	hold(!is_done(a, &r), "bits are no answer");
	notify(b, OTHER);
	r = tell_and_ask(b, &reply);
	hold(has(&r, OTHER), "a server replies and gets bits next");
	r = ask(a);
	hold(received_all(&r, &reply, b), "the reply arrives");
	hold(gets(a, NOBODY, ONE), "and the client has its bits");

	tell(b, &receive);
	settle();
	call.seed = next_seed();
	tell(a, &call);
	r = ask(b);
	reply.seed = next_seed();
	tell(b, &reply);
	r = ask(a);
	hold(received_all(&r, &reply, b), "a server waits for the next");
	notify(b, ONE);
	hold(is_done(b, &r) && has(&r, ONE), "and bits are that");
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
		hold((r.result == (IPC_TIMEOUT | IPC_IN_RECEIVE)) ==
			 (priorities[n] <= PRIORITY_DEFAULT),
		    "a receiver of another priority");
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
	hold((swapped || !CONFIG_VIRTUAL_TCBS) && has(&r, ONE),
	    "bits to a thread that is swapped out");
	notify(a, ONE);
	swap_out(a);
	notify(a, OTHER);
	hold(gets(a, NOTIFICATION, ONE | OTHER),
	    "it keeps those that it has, and gets others");
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
	hold(tell_and_ask(a, &receive).result == expected,
	    "bits into a bad buffer");
	hold(gets_nothing(a, NOBODY), "are over");
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
	hold(gets_nothing(b, NOBODY), "a new thread has no bits");
	hold(notify(a, ONE) == SERVICE_NO_THREAD, "a dead one gets none");
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

	hold(interrupt_attach_bits(COM1_IRQ, 0) == SERVICE_BAD_ARGUMENT &&
		 interrupt_attach_bits(0, ONE) == SERVICE_BAD_ARGUMENT &&
		 interrupt_attach_bits(16, ONE) == SERVICE_BAD_ARGUMENT,
	    "interrupts of which there are no bits");
	hold(tell_and_ask(c, &attach).result == SERVICE_DENIED,
	    "only the root task's");
	hold(tell_and_ask(a, &attach).result == SERVICE_OK,
	    "an interrupt as bits");
	hold(interrupt_attach_bits(COM1_IRQ, ONE) == SERVICE_DENIED &&
		 interrupt_attach(COM1_IRQ) == SERVICE_DENIED,
	    "one thread has it");
	interrupt();
	interrupt();
	hold(
	    tell_and_ask(a, &from_irq).result == (IPC_TIMEOUT | IPC_IN_RECEIVE),
	    "it sends no messages");
	notify(a, ONE);
	hold(gets(a, NOBODY, ONE | OTHER), "it sets bits, like others");
	tell(a, &receive);
	settle();
	interrupt();
	hold(is_done(a, &r) && has(&r, OTHER), "a waiting driver gets them");
	hold(tell_and_ask(a, &detach).result == SERVICE_OK, "detach");
	interrupt();
	hold(gets_nothing(a, NOBODY), "then none come");
	hold(interrupt_attach(COM1_IRQ) == SERVICE_OK, "as a message again");
	interrupt();
	hold(tell_and_ask(a, &from_irq).result ==
		 (IPC_NO_PARTNER | IPC_IN_RECEIVE),
	    "to another thread");
	{
		struct order poll = order_poll(INTERRUPT(COM1_IRQ));

		r = perform(&poll);
	}
	hold(r.from == INTERRUPT(COM1_IRQ) && r.words[0] != 0, "that gets it");
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
	hold(r.from == INTERRUPT(COM1_IRQ), "first an interrupt");
	hold(gets(a, NOBODY, ONE), "then bits");
	r = tell_and_ask(a, &poll);
	hold(received_all(&r, &send, c) && ask(c).result == IPC_OK,
	    "then a sender");
	tell_and_ask(a, &detach);
	parties_delete();
}

static void test_waiting_for_any(void)
{
	test_waiting_for(NOBODY, HERE);
	test_waiting_for(NOBODY, THERE);
}

static void test_waiting_for_bits(void)
{
	test_waiting_for(NOTIFICATION, HERE);
	test_waiting_for(NOTIFICATION, THERE);
}

static void test_death_of_the_notified(void)
{
	test_death_and_bits(false);
	test_death_and_bits(true);
}

static bool there_are_none(void)
{
	return service(SERVICE_NOTIFY, ONE, 0, thread_self()).code ==
		   SERVICE_UNKNOWN &&
	       service(SERVICE_ATTACH_BITS, COM1_IRQ, ONE, NOBODY).code ==
		   SERVICE_UNKNOWN;
}

static const struct {
	const char *what;
	void (*test)(void);
} groups[] = {
    {"to threads, to none, to oneself", test_arguments_of_notify},
    {"to a thread that waits for anybody", test_waiting_for_any},
    {"to a thread that waits for them", test_waiting_for_bits},
    {"that are not waited for", test_pending_bits},
    {"and calls", test_bits_and_calls},
    {"and priorities", test_bits_and_priorities},
    {"to a thread that is swapped out", test_bits_of_a_sleeper},
    {"into a bad buffer", test_bits_into_a_bad_buffer},
    {"and deaths", test_death_of_the_notified},
    {"of interrupts", test_interrupts_as_bits},
    {"between interrupts and senders", test_what_comes_first},
};

static bool holds(void (*test)(void))
{
	all_hold = true;
	test();
	return all_hold;
}

void test_notifications(void)
{
	uint8_t lines = port_in(COM1_MODEM_CONTROL);
	uint32_t n;

	port_out(COM1_MODEM_CONTROL, lines | INTERRUPT_LINE);
	for (n = 0; n < sizeof(groups) / sizeof(groups[0]); n++)
		check(CONFIG_NOTIFICATIONS ? holds(groups[n].test)
					   : skip("no notifications"),
		    "bits %s", groups[n].what);
	check(CONFIG_NOTIFICATIONS ? skip("notifications") : there_are_none(),
	    "no bits without the extension");
	port_out(COM1_MODEM_CONTROL, lines);
}
