/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page faults and memory objects: pagers are parties that receive and answer
 * as they are told.
 */
#include "paging.h"
#include "tests.h"

#define REGION 0x400000u /* what the window shows two of */

static void test_page_by_page(uint32_t space)
{
	uid_t pager = party_create(HERE), client = client_create(space, pager);
	struct order read = order_memory(READ, PLACE + 8);
	struct order write = order_memory(WRITE, PLACE + 8);
	struct order unmap_it = order_memory(UNMAP, PLACE);
	struct report r;

	write_word(pager, page_at(0) + 8, 0x12345678);
	tell(client, &read);
	check(gets_fault(pager, client, PLACE + 8, false),
	    "a read fault comes to the pager, from space %u", space);
	check(!is_done(client, &r), "the thread waits");
	check(answer(pager, client, page_at(0), PAGE) == IPC_OK,
	    "the pager answers with a page, read-only");
	check(ask(client).words[0] == 0x12345678, "the thread reads it");
	write.seed = 77;
	tell(client, &write);
	check(gets_fault(pager, client, PLACE + 8, true),
	    "writing to it is a fault again");
	answer(pager, client, page_at(0) | MEMORY_WRITABLE, PAGE);
	ask(client);
	check(read_word(pager, page_at(0) + 8) == 77,
	    "with a writable page the thread goes on, and both see it");
	tell_and_ask(client, &unmap_it);
	tell(client, &read);
	check(gets_fault(pager, client, PLACE + 8, false),
	    "what is unmapped is missing again");
	answer(pager, client, page_at(1), PAGE);
	ask(client);
	tell_and_ask(client, &unmap_it);
	parties_delete();
}

static void test_refused(void)
{
	uid_t pager = party_create(HERE), client = client_create(1, pager);
	struct order write = order_memory(WRITE, PLACE);
	struct order no = order_send(client, 0, 0);
	struct order probe = order_send(client, 0, 0);
	struct report r;

	tell(client, &write);
	gets_fault(pager, client, PLACE, true);
	tell_and_ask(pager, &no);
	check(!is_done(client, &r) && perform(&probe).result == IPC_NO_PARTNER,
	    "a thread whose pager says no is ended");
	probe.partner = client = client_create(1, pager);
	tell(client, &write);
	gets_fault(pager, client, PLACE, true);
	answer(pager, client, page_at(0), PAGE);
	check(!is_done(client, &r) && perform(&probe).result == IPC_NO_PARTNER,
	    "or gives it less than it needs");
	probe.partner = client = client_create(2, pager);
	tell(client, &write);
	settle();
	thread_delete(pager);
	check(!is_done(client, &r) && perform(&probe).result == IPC_NO_PARTNER,
	    "or dies before it has received");
	parties_delete();
	pager = party_create(HERE);
	probe.partner = client = client_create(2, pager);
	tell(client, &write);
	gets_fault(pager, client, PLACE, true);
	thread_delete(pager);
	check(!is_done(client, &r) && perform(&probe).result == IPC_NO_PARTNER,
	    "or dies before it has answered");
	parties_delete();
	client = party_create(1);
	write = order_memory(PAGER, 0);
	write.partner = client;
	tell_and_ask(client, &write);
	write = order_memory(WRITE, PLACE);
	probe.partner = client;
	tell(client, &write);
	check(!is_done(client, &r) && perform(&probe).result == IPC_NO_PARTNER,
	    "or is its own pager");
	parties_delete();
}

/* Of the pager's own space, to a place where they replace themselves. */
static void test_overlapping_answer(void)
{
	static uint32_t own[4][PAGE / 4] __attribute__((aligned(PAGE)));
	uid_t pager = party_create(HERE), client = client_create(HERE, pager);
	struct order read = order_memory(READ, (uint32_t)own[0]);
	uint32_t before;

	own[1][0] = 1;
	own[3][0] = 3;
	unmap(own[0], PAGE);
	tell(client, &read);
	gets_fault(pager, client, read.detail, false);
	before = service(SERVICE_MEMORY, 0, 0, NOBODY).ebx;
	answer(pager, client, (uint32_t)own[1], 3 * PAGE);
	check(ask(client).words[0] == 1 && own[2][0] == 3,
	    "an answer that takes the place of what it is made of");
	check(service(SERVICE_MEMORY, 0, 0, NOBODY).ebx == before + 1,
	    "one page has come free");
	parties_delete();
}

/* The buffer's pages come from the receiver's pager in the middle. */
static void test_missing_buffer(uint32_t space, uint32_t pager_space)
{
	uid_t pager = party_create(pager_space);
	uid_t a = party_create(HERE), b = client_create(space, pager);
	struct order send = order_send(b, DOPE(5, 1), 2 * PAGE);
	struct order receive = order_receive(a, DOPE(5, 1), 2 * PAGE);
	struct report r;
	bool waits;

	receive.receive.string = PLACE;
	tell(b, &receive);
	settle();
	tell(a, &send);
	/* With a buffer in the kernel it has sent. */
	waits = !is_done(a, &r);
	check(waits || (!CONFIG_DIRECT_TRANSFER && r.result == IPC_OK) ||
		  !CONFIG_COMPLEX_MESSAGES,
	    "a transfer finds the buffer missing, space %u", space);
	check(serve(pager, b, PLACE, page_at(0)) &&
		  serve(pager, b, PLACE + PAGE, page_at(1)),
	    "the receiver's pager supplies it");
	if (waits)
		check(ask(a).result == IPC_OK, "the message is sent");
	else
		check(r.result == IPC_OK, "the message is sent");
	r = ask(b);
	check(received_all(&r, &send, a), "and arrives");
	parties_delete();
	unmap_in(space, 2);
}

/* What is to be sent is missing. */
static void test_missing_message(uint32_t space)
{
	uid_t pager = party_create(3);
	uid_t a = client_create(space, pager), b = party_create(THERE);
	struct order send = order_send(b, DOPE(5, 1), 2 * PAGE);
	struct order receive = order_receive(a, DOPE(5, 1), 2 * PAGE);

	send.send.made_up = ALL_BUT_STRING;
	send.send.string = PLACE;
	/* Not in the region where the pager receives. */
	receive.receive.string =
	    (((uint32_t)area + REGION) & -REGION) + 2 * PAGE;
	write_word(pager, page_at(2), 12);
	write_word(pager, page_at(3), 13);
	tell(b, &receive);
	settle();
	tell(a, &send);
	check(gets_fault(pager, a, PLACE, false) &&
		  answer(pager, a, page_at(2), PAGE) == IPC_OK,
	    "the sender's pager supplies a page, space %u", space);
	check(gets_fault(pager, a, PLACE + PAGE, false) &&
		  answer(pager, a, page_at(3), PAGE) == IPC_OK,
	    "and the next one");
	check(ask(a).result == IPC_OK && ask(b).result == DOPE(5, 1) &&
		  read_word(b, receive.receive.string) == 12 &&
		  read_word(b, receive.receive.string + PAGE) == 13,
	    "the message is sent");
	parties_delete();
	unmap_in(space, 2);
}

/* Both partners' pagers are silent: the partner's timeout ends it. */
static void test_silent_pagers(uint32_t space)
{
	uid_t pager = party_create(3);
	uid_t a = party_create(HERE), b = client_create(space, pager);
	struct order send =
	    order_send(b, DOPE(5, CONFIG_COMPLEX_MESSAGES), 100);
	struct order receive =
	    order_receive(a, DOPE(5, CONFIG_COMPLEX_MESSAGES), 100);
	struct order write = order_memory(WRITE, PLACE);
	struct report r;

	send.send_timeout = 50;
	send.raw = receive.raw = true;
	receive.receive.address = PLACE;
	receive.receive.made_up = NOTHING;
	tell(b, &receive);
	settle();
	check(tell_and_ask(a, &send).result == IPC_OK,
	    "a sender does not wait long for its receiver's pager, space %u",
	    space);
	r = ask(b);
	check(
	    r.result == (IPC_FAULT | IPC_IN_RECEIVE), "which does not get it");
	send.send_timeout = TIMEOUT_NONE;
	tell(b, &receive);
	settle();
	check(tell_and_ask(a, &send).result == IPC_OK, "nor at all, with 0 ms");
	check(ask(b).result == (IPC_FAULT | IPC_IN_RECEIVE), "the same");
	parties_delete();

	pager = party_create(3);
	a = client_create(space, pager);
	b = party_create(THERE);
	send = order_send(b, DOPE(5, 0), 0);
	send.raw = true;
	/* The head is there, the rest on the next page is not. */
	tell(a, &write);
	serve(pager, a, PLACE, page_at(0));
	ask(a);
	send.send.address = PLACE + PAGE - sizeof(struct message);
	send.send.made_up = HEAD;
	receive = order_receive(a, DOPE(5, 0), 0);
	receive.receive_timeout = 50;
	tell(b, &receive);
	settle();
	check(tell_and_ask(a, &send).result == IPC_FAULT,
	    "a receiver does not wait long for its sender's pager");
	check(ask(b).result == (IPC_TIMEOUT | IPC_IN_RECEIVE),
	    "its time is over");
	parties_delete();
	unmap_in(space, 1);
}

/*
 * What the partner gives as its timeout is none: the pager is not asked, though it
 * waits. It would answer later, when the thread may receive from anybody.
 */
static void test_bad_patience(uint32_t space)
{
	uid_t pager = party_create(3);
	uid_t a = party_create(HERE), b = client_create(space, pager);
	struct order send = order_send(b, DOPE(5, 0), 0);
	struct order receive = order_receive(a, DOPE(5, 0), 0);
	struct order wait = order_receive(NOBODY, 0, 0);
	struct report r;

	send.send_timeout = TIMEOUT_MAX + 1;
	send.raw = receive.raw = true;
	receive.receive.address = PLACE;
	receive.receive.made_up = NOTHING;
	tell(pager, &wait);
	tell(b, &receive);
	settle();
	check(tell_and_ask(a, &send).result == IPC_OK &&
		  ask(b).result == (IPC_FAULT | IPC_IN_RECEIVE),
	    "no pager is asked for a time that is none, space %u", space);
	check(!is_done(pager, &r), "it has got no message");
	parties_delete();
}

/* A thread dies while a page of the buffer is being asked for. */
static void test_death_meanwhile(uint32_t who)
{
	static const char *const names[] = {"sender", "receiver", "pager"};
	uid_t pager = party_create(3);
	uid_t a = party_create(HERE), b = client_create(THERE, pager);
	struct order send =
	    order_send(b, DOPE(5, CONFIG_COMPLEX_MESSAGES), 100);
	struct order receive =
	    order_receive(NOBODY, DOPE(5, CONFIG_COMPLEX_MESSAGES), 100);
	uid_t parties[] = {a, b, pager};
	struct report r;

	receive.raw = send.raw = true;
	receive.receive.address = PLACE;
	receive.receive.made_up = NOTHING;
	tell(b, &receive);
	settle();
	tell(a, &send);
	gets_fault(pager, b, PLACE, false);
	if (!CONFIG_DIRECT_TRANSFER)
		ask(a);
	thread_delete(parties[who]);
	settle();
	if (who == 0)
		answer(pager, b, page_at(0), PAGE);
	else if (who == 2)
		check(ask(b).result == (IPC_FAULT | IPC_IN_RECEIVE),
		    "the receiver's transfer fails");
	if (who == 1)
		check(
		    !CONFIG_DIRECT_TRANSFER || ask(a).result == IPC_NO_PARTNER,
		    "the sender is told");
	(void)r;
	check(true, "the %s dies during a page fault", names[who]);
	parties_delete();
	unmap_in(THERE, 1);
}

static void test_objects(uint32_t space)
{
	uid_t a = party_create(THERE), b = party_create(space);
	struct order send = order_send(b, DOPE_WITH_OBJECTS(0, 0, 1), 0);
	struct order receive = order_receive(a, DOPE_WITH_OBJECTS(0, 0, 1), 0);
	struct report r;

	send.send.object = page_at(0) | MEMORY_WRITABLE;
	send.send.object_bytes = 3 * PAGE;
	receive.receive.object = PLACE;
	receive.receive.object_bytes = 2 * PAGE;
	write_word(a, page_at(0), 1);
	tell(b, &receive);
	settle();
	tell(a, &send);
	r = ask(b);
	check(ask(a).result == IPC_OK &&
		  r.result ==
		      (DOPE_WITH_OBJECTS(0, 0, 1) | IPC_CUT | IPC_IN_RECEIVE),
	    "3 pages into room for 2, to space %u", space);
	check(unmap((void *)(PLACE + PAGE), 0) == SERVICE_OK,
	    "unmapping nothing in the middle");
	write_word(a, page_at(1), 2);
	check(read_word(b, PLACE) == 1 && read_word(b, PLACE + PAGE) == 2,
	    "they are the sender's pages");
	write_word(b, PLACE, 3);
	check(read_word(a, page_at(0)) == 3, "shared");
	send.send.object = page_at(4);
	send.send.object_bytes = PAGE;
	write_word(a, page_at(4), 5);
	tell(b, &receive);
	tell(a, &send);
	ask(a);
	check(ask(b).result == DOPE_WITH_OBJECTS(0, 0, 1) &&
		  read_word(b, PLACE) == 5 && read_word(a, page_at(0)) == 3,
	    "another object in its place");
	thread_delete(b);
	parties_delete();
	unmap_in(space, 2);
}

/* An object for which there is no window; returns bytes of heap then used. */
static uint32_t send_in_vain(void)
{
	uid_t a = party_create(1), b = party_create(2);
	struct order send = order_send(b, DOPE_WITH_OBJECTS(0, 0, 1), 0);
	struct order receive = order_receive(a, 0, 0);

	send.raw = receive.raw = true;
	send.send.object = page_at(0);
	send.send.object_bytes = PAGE;
	tell(b, &receive);
	settle();
	tell(a, &send);
	check(ask(a).result == IPC_OK &&
		  ask(b).result == (IPC_CUT | IPC_IN_RECEIVE),
	    "an object for which there is no window");
	parties_delete();
	settle();
	return service(SERVICE_MEMORY, 0, 0, NOBODY).ecx;
}

static void test_unmapped_is_free(void)
{
	uid_t party = party_create(1);
	struct order o =
	    order_memory(UNMAP, (uint32_t)area + AREA_BYTES - PAGE);
	uint32_t before = service(SERVICE_MEMORY, 0, 0, NOBODY).ebx;

	tell_and_ask(party, &o);
	check(service(SERVICE_MEMORY, 0, 0, NOBODY).ebx == before + 1,
	    "a page that nobody has any more is free");
	parties_delete();
}

/* A read-only page may not be written, by the kernel neither. */
static void test_read_only(void)
{
	uid_t a = party_create(HERE), b = party_create(THERE),
	      c = party_create(THERE + 1);
	struct order send = order_send(b, DOPE_WITH_OBJECTS(0, 0, 1), 0);
	struct order receive = order_receive(a, DOPE_WITH_OBJECTS(0, 0, 1), 0);
	struct order message = order_send(b, DOPE(20, 0), 0);
	struct order into = order_receive(NOBODY, DOPE(20, 0), 0);
	struct order write = order_memory(WRITE, PLACE);
	struct order probe = order_send(b, 0, 0);
	struct report r;

	send.send.object = page_at(0);
	receive.receive.object = PLACE;
	write_word(a, page_at(0), DOPE(20, 0)); /* a size dope */
	write_word(a, page_at(0) + 16, 4711);
	tell(b, &receive);
	settle();
	tell(a, &send);
	ask(a);
	ask(b);
	into.receive.address = PLACE;
	into.receive.made_up = NOTHING;
	into.raw = true;
	tell(b, &into);
	settle();
	check(tell_and_ask(c, &message).result == IPC_OK &&
		  ask(b).result == (IPC_FAULT | IPC_IN_RECEIVE),
	    "a message into a read-only object");
	check(read_word(a, page_at(0) + 16) == 4711, "does not change it");
	tell(b, &write);
	check(!is_done(b, &r) && perform(&probe).result == IPC_NO_PARTNER,
	    "who writes to it is ended");
	parties_delete();
	unmap_in(THERE, 1);
}

/* Handed on, and the first owner dies. */
static void test_chain(void)
{
	uid_t a = party_create(1), b = party_create(2), c = party_create(3);
	struct order send = order_send(b, DOPE_WITH_OBJECTS(0, 0, 1), 0);
	struct order receive = order_receive(a, DOPE_WITH_OBJECTS(0, 0, 1), 0);

	send.send.object = page_at(0) | MEMORY_WRITABLE;
	send.send.object_bytes = 2 * PAGE;
	receive.receive.object = PLACE;
	receive.receive.object_bytes = 2 * PAGE;
	write_word(a, page_at(0), 21);
	write_word(a, page_at(1), 22);
	tell(b, &receive);
	settle();
	tell(a, &send);
	ask(a);
	ask(b);
	send.partner = c;
	send.send.object = PLACE | MEMORY_WRITABLE;
	receive.partner = b;
	tell(c, &receive);
	settle();
	tell(b, &send);
	ask(b);
	ask(c);
	check(read_word(c, PLACE + PAGE) == 22 && read_word(c, PLACE) == 21,
	    "an object that is handed on untouched");
	write_word(c, PLACE, 23);
	check(read_word(b, PLACE) == 23 && read_word(a, page_at(0)) == 23,
	    "all three see it");
	parties_delete();
	unmap_in(2, 2);
	unmap_in(3, 2);
}

void test_faults(void)
{
	test_page_by_page(HERE);
	test_page_by_page(THERE);
	test_refused();
	test_overlapping_answer();
	test_missing_buffer(THERE, HERE);
	test_missing_buffer(HERE, THERE);
	test_missing_buffer(HERE, HERE);
	test_missing_message(HERE);
	test_missing_message(THERE + 1);
	test_silent_pagers(HERE);
	test_silent_pagers(THERE + 1);
	test_bad_patience(HERE);
	test_bad_patience(THERE + 1);
	test_death_meanwhile(0);
	test_death_meanwhile(1);
	test_death_meanwhile(2);
	test_objects(THERE + 1);
	test_objects(HERE);
	test_read_only();
	check(send_in_vain() == send_in_vain(), "nothing is left of it");
	test_chain();
	test_unmapped_is_free();
}
