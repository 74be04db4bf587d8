/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameter blocks (5.4.2), for kernels without CONFIG_REGISTER_PARAMETERS:
 * they may be anywhere, and what is not there is its program's mistake.
 */
#include "paging.h"
#include "tests.h"

#define PARAMETERS_BYTES sizeof(struct ipc_parameters)

static const uint32_t bad_places[] = {4, 16, 0x10000000, 0xF0100000, 0xE0001000,
    0xFF800000, USER_END - PARAMETERS_BYTES, USER_END - 8, USER_END - 4096 - 12,
    0xFFFFFFF0};

#define BAD_PLACES (sizeof(bad_places) / sizeof(bad_places[0]))

static uint32_t in_area(uint32_t n)
{
	return (uint32_t)area + (1u << 20) + n * PARAMETERS_BYTES;
}

/* The order, with its block where it is; the party has put it there. */
static struct order from_block(struct order o, uint32_t block)
{
	o.block = block;
	return o;
}

/* Who waits for a's message has not been disturbed, and gets the next. */
static bool still_gets(uid_t b, uid_t a)
{
	struct order good = order_send(b, DOPE(3, 0), 0);
	struct report r;

	if (is_done(b, &r) || tell_and_ask(a, &good).result != IPC_OK)
		return false;
	r = ask(b);
	return received_all(&r, &good, a);
}

static bool fails_to_send(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);
	struct order send = order_send(b, DOPE(3, 0), 0), call = order_call(b);
	struct order receive = order_receive(a, DOPE(9, 0), 0);
	bool all = true;
	uint32_t n;

	tell(b, &receive);
	for (n = 0; n < BAD_PLACES; n++) {
		send = from_block(send, bad_places[n]);
		call = from_block(call, bad_places[n]);
		all &= tell_and_ask(a, &send).result == IPC_FAULT;
		if (!CONFIG_RPC_SYSCALLS)
			continue;
		all &= tell_and_ask(a, &call).result == IPC_FAULT;
		if (HAS_REPLY_AND_RECEIVE_NEXT) {
			call.operation = REPLY_AND_RECEIVE_NEXT;
			all &= tell_and_ask(a, &call).result == IPC_FAULT;
		}
		call.operation = CALL;
	}
	return still_gets(b, a) && all;
}

static bool fails_to_receive(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);
	struct order send = order_send(b, DOPE(3, 0), 0);
	struct order receive = order_receive(a, DOPE(9, 0), 0);
	struct report r;
	bool all = true;
	uint32_t n;

	tell(a, &send);
	for (n = 0; n < BAD_PLACES; n++) {
		receive.block = bad_places[n];
		r = tell_and_ask(b, &receive);
		all &= r.result == (IPC_FAULT | IPC_IN_RECEIVE);
	}
	all &= !is_done(a, &r);
	receive.block = 0;
	r = tell_and_ask(b, &receive);
	return all && received_all(&r, &send, a) && ask(a).result == IPC_OK;
}

static bool is_read_only(void)
{
	static const struct ipc_parameters block = {0, 0, 0, 0, 0, 4};
	uid_t a = party_create(THERE);
	struct order receive = {
	    .operation = RECEIVE, .block = (uint32_t)&block};

	return tell_and_ask(a, &receive).result ==
	       (IPC_TIMEOUT | IPC_IN_RECEIVE);
}

static bool works(enum operation operation)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);
	struct order o = operation == SEND ? order_send(b, DOPE(3, 0), 0)
					   : order_receive(b, DOPE(3, 0), 0);
	struct order other = operation == SEND ? order_receive(a, DOPE(3, 0), 0)
					       : order_send(a, DOPE(3, 0), 0);
	struct report here, there;

	put_block(a, in_area(0), &o);
	o = from_block(o, in_area(0));
	tell(b, &other);
	here = tell_and_ask(a, &o);
	there = ask(b);
	return operation == SEND
		   ? here.result == IPC_OK && received_all(&there, &o, a)
		   : there.result == IPC_OK && received_all(&here, &other, b);
}

static bool sends(void)
{
	return works(SEND);
}

static bool receives(void)
{
	return works(RECEIVE);
}

/* Somebody changes the block while its sender waits. */
static bool is_fetched_once(void)
{
	uid_t a = party_create(THERE), changer = party_create(THERE);
	uid_t b = party_create(THERE + 1), c = party_create(THERE + 1);
	struct order send = order_send(b, DOPE(3, 0), 0), changed = send;
	struct order receive = order_receive(a, DOPE(3, 0), 0);
	struct report r;

	put_block(a, in_area(0), &send);
	send.block = in_area(0);
	tell(a, &send);
	settle();
	changed.partner = c;
	changed.send_timeout = 0;
	changed.send.address = 16;
	put_block(changer, in_area(0), &changed);
	tell(c, &receive);
	receive.receive.address += 64;
	tell(b, &receive);
	r = ask(b);
	return received_all(&r, &send, a) && ask(a).result == IPC_OK &&
	       !is_done(c, &r);
}

/* The block at PLACE in the space of a, whose pager has it in its pages. */
static void put_in_pages(uid_t pager, uint32_t place, const struct order *order)
{
	put_block(pager, page_at(0) + place - PLACE, order);
}

static bool is_across_pages(void)
{
	uid_t pager = party_create(HERE), a = client_create(THERE, pager);
	uid_t b = party_create(THERE + 1);
	struct order send = order_send(b, DOPE(3, 0), 0);
	struct order receive = order_receive(a, DOPE(3, 0), 0);
	struct report r;
	bool asked;

	send.block = PLACE + PAGE - 12;
	put_in_pages(pager, send.block, &send);
	tell(b, &receive);
	tell(a, &send);
	asked = gets_fault(pager, a, send.block, false) &&
		answer(pager, a, page_at(0), PAGE) == IPC_OK &&
		gets_fault(pager, a, PLACE + PAGE, false) &&
		answer(pager, a, page_at(1), PAGE) == IPC_OK;
	r = ask(b);
	return asked && ask(a).result == IPC_OK && received_all(&r, &send, a);
}

/* Its page belongs to an object that has not been touched there. */
static bool is_in_an_object(void)
{
	uid_t pager = party_create(HERE), a = client_create(THERE, pager);
	uid_t b = party_create(THERE + 1);
	struct order send = order_send(b, DOPE(3, 0), 0);
	struct order receive = order_receive(a, DOPE(3, 0), 0);
	struct order touch = order_memory(READ, PLACE);
	struct report r;

	tell(a, &touch);
	if (!gets_fault(pager, a, PLACE, false) ||
	    answer(pager, a, page_at(0), 2 * PAGE) != IPC_OK)
		return false;
	ask(a);
	send.block = PLACE + PAGE + 40;
	put_in_pages(pager, send.block, &send);
	tell(b, &receive);
	tell(a, &send);
	r = ask(b);
	return ask(a).result == IPC_OK && received_all(&r, &send, a);
}

/* Not found: its pager says no, or dies. The thread goes on. */
static bool is_refused(bool dies, enum operation operation)
{
	uid_t pager = party_create(HERE), a = client_create(THERE, pager);
	struct order o = operation == SEND ? order_send(pager, 0, 0)
					   : order_receive(pager, 0, 0);
	struct order no = order_send(a, 0, 0);
	uint32_t in_receive = operation == SEND ? 0 : IPC_IN_RECEIVE;

	o.block = PLACE;
	tell(a, &o);
	if (!gets_fault(pager, a, PLACE, false))
		return false;
	if (dies)
		party_delete(pager);
	else
		tell_and_ask(pager, &no);
	return ask(a).result == (IPC_FAULT | in_receive);
}

static bool is_refused_to_all(void)
{
	bool to_sender = is_refused(false, SEND);

	return is_refused(false, RECEIVE) && to_sender;
}

static bool dies_with_pager(void)
{
	bool to_sender = is_refused(true, SEND);

	return is_refused(true, RECEIVE) && to_sender;
}

/* While its block is asked for, a thread does not receive yet. */
static bool is_not_yet_there(void)
{
	uid_t pager = party_create(HERE), a = client_create(THERE, pager);
	uid_t b = party_create(THERE + 1);
	struct order receive = order_receive(b, DOPE(3, 0), 0);
	struct order send = order_send(a, DOPE(3, 0), 0);
	struct report r;

	put_in_pages(pager, PLACE, &receive);
	receive.block = PLACE;
	send.send_timeout = 20;
	tell(a, &receive);
	if (!gets_fault(pager, a, PLACE, false) ||
	    tell_and_ask(b, &send).result != IPC_TIMEOUT)
		return false;
	answer(pager, a, page_at(0), PAGE);
	if (tell_and_ask(b, &send).result != IPC_OK)
		return false;
	r = ask(a);
	return received_all(&r, &send, b);
}

/* The thread is deleted while its block is asked for. */
static bool is_nobodys(void)
{
	uid_t pager = party_create(HERE), a = client_create(THERE, pager);
	struct order send = order_send(pager, 0, 0);

	send.block = PLACE;
	tell(a, &send);
	if (!gets_fault(pager, a, PLACE, false))
		return false;
	party_delete(a);
	return answer(pager, a, page_at(0), PAGE) == IPC_NO_PARTNER;
}

static const struct {
	bool (*passes)(void);
	const char *what;
} tests[] = {{sends, "says what to send"}, {receives, "says how to receive"},
    {fails_to_send, "in a bad place is a mistake of the sender"},
    {fails_to_receive, "in a bad place is a mistake of the receiver"},
    {is_read_only, "may be a constant"},
    {is_fetched_once, "may change as soon as the call has begun"},
    {is_across_pages, "may be on two pages that the pager supplies"},
    {is_in_an_object, "may be in an object that was not touched"},
    {is_refused_to_all, "may be refused by the pager"},
    {dies_with_pager, "may be lost with the pager"},
    {is_not_yet_there, "that is asked for delays the call"},
    {is_nobodys, "may be asked for by a thread that dies"}};

void test_parameters(void)
{
	uint32_t n;

	for (n = 0; n < sizeof(tests) / sizeof(tests[0]); n++) {
		check(CONFIG_REGISTER_PARAMETERS
			  ? skip("parameters in registers")
			  : tests[n].passes(),
		    "a parameter block %s", tests[n].what);
		if (CONFIG_REGISTER_PARAMETERS)
			continue;
		parties_delete();
		unmap_in(THERE, 2);
	}
}
