/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts as messages. The device is the console's serial port, which
 * interrupts as soon as it is asked to tell that it has nothing to send; for
 * an interrupt in the middle of something else, the real-time clock.
 */
#include "tests.h"

#define COM1_IRQ 4
#define COM1_INTERRUPT_ENABLE 0x3F9
#define COM1_MODEM_CONTROL 0x3FC
#define COM1_LINE_STATUS 0x3FD
#define TELL_EMPTY 2	 /* interrupt enable */
#define INTERRUPT_LINE 8 /* modem control */
#define EMPTY 0x20	 /* line status */

#define RTC_IRQ 8
#define RTC_INDEX 0x70
#define RTC_DATA 0x71
#define REGISTER_A 10
#define REGISTER_B 11
#define REGISTER_C 12
#define PERIODIC 0x40 /* registers B and C */
#define DIVIDER 0x20  /* register A */
#define EVERY_16_MS 10

#define ANY_TIME 1000 /* ms; more than any device here needs */

static void interrupt(void)
{
	while (!(port_in(COM1_LINE_STATUS) & EMPTY))
		;
	port_out(COM1_INTERRUPT_ENABLE, TELL_EMPTY);
	port_out(COM1_INTERRUPT_ENABLE, 0);
	settle();
}

static struct order order_interrupts(enum operation operation, uint32_t irq)
{
	return (struct order){.operation = operation, .detail = irq};
}

static uid_t handler_create(void)
{
	struct order attach = order_interrupts(ATTACH, COM1_IRQ);
	uid_t handler = party_create(HERE);

	check(tell_and_ask(handler, &attach).result == SERVICE_OK,
	    "attach an interrupt");
	return handler;
}

static bool is_message(const struct report *r, uint32_t count)
{
	return r->result == IPC_OK && r->from == INTERRUPT(COM1_IRQ) &&
	       r->words[0] == count && r->words[1] == COM1_IRQ;
}

static struct order order_poll(uid_t from)
{
	struct order receive = order_receive(from, 0, 0);

	receive.receive_timeout = TIMEOUT_NONE;
	return receive;
}

static bool gets(uid_t party, uid_t from, uint32_t count)
{
	struct order receive = order_poll(from);
	struct report r = tell_and_ask(party, &receive);

	return is_message(&r, count);
}

static bool gets_nothing(uid_t party, uid_t from)
{
	struct order receive = order_poll(from);

	return tell_and_ask(party, &receive).result ==
	       (IPC_TIMEOUT | IPC_IN_RECEIVE);
}

static void test_attaching(void)
{
	static const uint32_t none[] = {0, 2, 16, 0x80000004, 0xFFFFFFFF};
	uid_t a = handler_create(), b = party_create(HERE);
	struct order attach = order_interrupts(ATTACH, COM1_IRQ);
	struct order detach = order_interrupts(DETACH, COM1_IRQ);
	struct order send = order_send(INTERRUPT(COM1_IRQ), 0, 0);
	struct order receive = order_receive(INTERRUPT(COM1_IRQ), 0, 0);
	uint32_t n;

	check(tell_and_ask(b, &attach).result == SERVICE_DENIED &&
		  tell_and_ask(a, &attach).result == SERVICE_DENIED,
	    "not one that somebody has");
	check(tell_and_ask(b, &detach).result == SERVICE_DENIED,
	    "nor detach another's");
	for (n = 0; n < sizeof(none) / sizeof(none[0]); n++)
		check(interrupt_attach(none[n]) == SERVICE_BAD_ARGUMENT &&
			  interrupt_detach(none[n]) == SERVICE_BAD_ARGUMENT,
		    "no interrupt for drivers: %u", none[n]);
	check(
	    service(SERVICE_ATTACH_INTERRUPT, 5, 2, NOBODY).code ==
		    SERVICE_BAD_ARGUMENT &&
		service(SERVICE_PORT_IN, 0x10000, 0, NOBODY).code ==
		    SERVICE_BAD_ARGUMENT &&
		service(SERVICE_PORT_OUT, COM1_INTERRUPT_ENABLE, 0x100, NOBODY)
			.code == SERVICE_BAD_ARGUMENT,
	    "bad arguments");
	check(tell_and_ask(b, &receive).result ==
		  (IPC_NO_PARTNER | IPC_IN_RECEIVE),
	    "another's interrupts are not to be received from");
	check(tell_and_ask(a, &send).result == IPC_NO_PARTNER,
	    "nobody can send to an interrupt");

	interrupt();
	check(tell_and_ask(a, &detach).result == SERVICE_OK, "detach");
	check(tell_and_ask(a, &detach).result == SERVICE_DENIED, "not twice");
	check(tell_and_ask(a, &receive).result ==
		  (IPC_NO_PARTNER | IPC_IN_RECEIVE),
	    "no messages then");
	check(gets_nothing(a, NOBODY), "not even what was pending");
	check(tell_and_ask(b, &attach).result == SERVICE_OK,
	    "another one can attach it");
	check(gets_nothing(b, INTERRUPT(COM1_IRQ)), "and finds nothing");
	interrupt();
	check(gets(b, INTERRUPT(COM1_IRQ), 1), "but what comes then");
	parties_delete();
}

static void test_waiting(uid_t from)
{
	uid_t a = handler_create();
	struct order receive = order_receive(from, 0, 0);
	struct report r;

	tell(a, &receive);
	check(!is_done(a, &r), "a handler waits");
	interrupt();
	check(is_done(a, &r) && is_message(&r, 1), "for its interrupt");
	receive.receive_timeout = 8;
	check(
	    tell_and_ask(a, &receive).result == (IPC_TIMEOUT | IPC_IN_RECEIVE),
	    "the next one does not come in time");
	receive.receive_timeout = ANY_TIME;
	tell(a, &receive);
	settle();
	interrupt();
	r = ask(a);
	check(is_message(&r, 1), "it does in more time");
	parties_delete();
}

static void test_pending(void)
{
	uid_t a = handler_create(), c = party_create(THERE);
	struct order send = order_send(a, 0, 0);
	struct order receive = order_receive(NOBODY, 0, 0);
	struct report r;
	uint32_t n;

	/* It waits for orders meanwhile, from one thread only. */
	for (n = 0; n < 3; n++)
		interrupt();
	check(gets(a, INTERRUPT(COM1_IRQ), 3), "interrupts are counted");
	check(gets_nothing(a, INTERRUPT(COM1_IRQ)), "and come once");

	tell(c, &send);
	settle();
	interrupt();
	check(gets(a, NOBODY, 1), "an interrupt goes before a sender");
	r = tell_and_ask(a, &receive);
	check(received_all(&r, &send, c) && ask(c).result == IPC_OK,
	    "who is not forgotten");
	tell(a, &receive);
	settle();
	send.seed = next_seed();
	tell(c, &send);
	r = ask(a);
	check(received_all(&r, &send, c) && ask(c).result == IPC_OK,
	    "a handler hears others, too");
	interrupt();
	tell(c, &send);
	settle();
	receive.partner = c;
	r = tell_and_ask(a, &receive);
	check(received_all(&r, &send, c) && ask(c).result == IPC_OK,
	    "or only others");
	check(gets(a, NOBODY, 1), "and its interrupts afterwards");
	parties_delete();
}

static void test_with_calls(void)
{
	uid_t a = handler_create(), b = party_create(THERE);
	struct order call = order_call(b), reply = order_reply(a);
	struct order receive = order_receive(NOBODY, 0, 0);
	struct order other_call = order_call(a), other_reply = order_reply(b);
	struct order send = order_send(a, 0, 0);
	struct report r;

	tell(b, &receive);
	settle();
	tell(a, &call);
	r = ask(b);
	check(received_all(&r, &call, a), "a handler calls");
	interrupt();
	check(!is_done(a, &r), "an interrupt is no answer");
	send.seed = reply.seed;
	tell(b, &send);
	r = ask(a);
	check(received_all(&r, &send, b) && ask(b).result == IPC_OK,
	    "it gets its answer");
	check(gets(a, NOBODY, 1), "then the interrupt");

	tell(b, &other_call);
	settle();
	r = tell_and_ask(a, &receive);
	check(received_all(&r, &other_call, b), "a handler is called");
	interrupt();
	r = tell_and_ask(a, &other_reply);
	check(is_message(&r, 1), "replies and receives an interrupt next");
	r = ask(b);
	check(received_all(&r, &other_reply, a), "the reply arrives");
	parties_delete();
}

static void test_bad_buffer(void)
{
	uid_t a = handler_create();
	struct order receive = order_poll(NOBODY);
	uint32_t expected =
	    CONFIG_REGISTER_MESSAGES ? IPC_OK : IPC_FAULT | IPC_IN_RECEIVE;

	receive.receive.made_up = NOTHING;
	receive.raw = true;
	receive.receive.address = USER_END - 8;
	interrupt();
	check(tell_and_ask(a, &receive).result == expected,
	    "an interrupt into a bad buffer");
	check(gets_nothing(a, NOBODY), "is over");
	parties_delete();
}

static void test_death(bool waiting)
{
	uid_t a = handler_create(), b;
	struct order receive = order_receive(INTERRUPT(COM1_IRQ), 0, 0);

	if (waiting)
		tell(a, &receive);
	else
		interrupt();
	settle();
	thread_delete(a);
	parties_delete();
	b = handler_create();
	check(gets_nothing(b, NOBODY), "the dead handler's are forgotten");
	interrupt();
	check(gets(b, NOBODY, 1), "a new handler gets its own");
	parties_delete();
}

static uint8_t rtc_read(uint8_t index)
{
	port_out(RTC_INDEX, index);
	return port_in(RTC_DATA);
}

static void rtc_write(uint8_t index, uint8_t value)
{
	port_out(RTC_INDEX, index);
	port_out(RTC_DATA, value);
}

/* It comes while a message is being copied to its handler, which fails. */
static void test_during_copy(void)
{
	uid_t a = party_create(HERE), c = party_create(THERE);
	struct order attach = order_interrupts(ATTACH, RTC_IRQ);
	struct order wait = order_receive(INTERRUPT(RTC_IRQ), 0, 0);
	struct order receive = order_receive(NOBODY, DOPE(0, 1), 4u << 20);
	struct order send = order_send(a, DOPE(0, 1), 4u << 20);
	struct report r;

	/* The last 2 MB of the area, some 30 ms, and what is behind it. */
	send.send.made_up = ALL_BUT_STRING;
	send.send.string = (uint32_t)area + AREA_BYTES - (2u << 20);
	send.send_timeout = ANY_TIME;
	send.raw = true;
	rtc_write(REGISTER_A, DIVIDER | EVERY_16_MS);
	rtc_write(REGISTER_B, rtc_read(REGISTER_B) | PERIODIC);
	tell_and_ask(a, &attach);
	rtc_read(REGISTER_C);
	check(tell_and_ask(a, &wait).from == INTERRUPT(RTC_IRQ),
	    "a periodic interrupt");
	tell(a, &receive);
	settle();
	rtc_read(REGISTER_C);
	check(if_complex(CONFIG_COMPLEX_MESSAGES &&
			 tell_and_ask(c, &send).result == IPC_FAULT),
	    "a long message fails");
	check(if_complex(CONFIG_COMPLEX_MESSAGES && is_done(a, &r) &&
			 r.from == INTERRUPT(RTC_IRQ)),
	    "the interrupt that came meanwhile is received");
	rtc_write(REGISTER_B, rtc_read(REGISTER_B) & ~PERIODIC);
	rtc_read(REGISTER_C);
	parties_delete();
}

void test_interrupts(void)
{
	uint8_t lines = port_in(COM1_MODEM_CONTROL);

	port_out(COM1_MODEM_CONTROL, lines | INTERRUPT_LINE);
	test_attaching();
	test_waiting(INTERRUPT(COM1_IRQ));
	test_waiting(NOBODY);
	test_pending();
	test_with_calls();
	test_bad_buffer();
	test_death(false);
	test_death(true);
	test_during_copy();
	port_out(COM1_MODEM_CONTROL, lines);
}
