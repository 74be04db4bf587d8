/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attacks by way of memory objects, pagers and messages that change on their
 * way. Each must fail, cost nobody else anything, and leave nothing behind.
 */
#include "hostile.h"
#include "paging.h"
#include "tests.h"

#define MADE SPACES
#define KERNEL 0xF0100000u
#define TCBS 0xE0001000u
#define WINDOW 0xFF800000u
#define FIREWALL 0xDFFFF000u /* the last page of user space */
#define CANARY 0xC0FFEE11u

#define OBJECTS(n) DOPE_WITH_OBJECTS(0, 0, n)

static bool is_ended(uid_t party)
{
	struct order probe = order_send(party, 0, 0);
	struct report r;

	probe.send_timeout = TIMEOUT_NONE;
	return !is_done(party, &r) && perform(&probe).result == IPC_NO_PARTNER;
}

static void rest(void)
{
	uint32_t n;

	for (n = 0; n < 4; n++)
		settle();
}

/* Who does it goes on, or is ended. */
static bool ends_by(uid_t party, enum operation operation, uint32_t address)
{
	struct order o = order_memory(operation, address);

	tell(party, &o);
	rest();
	return is_ended(party);
}

static struct order give_object(uid_t to, uint32_t address, uint32_t bytes)
{
	struct order o = order_send(to, OBJECTS(1), 0);

	o.send.object = address;
	o.send.object_bytes = bytes;
	o.raw = true;
	return o;
}

static struct order take_object(uid_t from, uint32_t address, uint32_t bytes)
{
	struct order o = order_receive(from, OBJECTS(1), 0);

	o.receive.object = address;
	o.receive.object_bytes = bytes;
	o.raw = true;
	return o;
}

/* From a's space, where it need not be, to b's. */
static uint32_t hand_over(
    uid_t a, uint32_t from, uid_t b, uint32_t to, uint32_t bytes)
{
	struct order give = give_object(b, from, bytes);
	struct order take = take_object(a, to, bytes);

	tell(b, &take);
	rest();
	tell_and_ask(a, &give);
	return ask(b).result;
}

static void test_bad_objects(void)
{
	static const struct {
		uint32_t address, bytes;
		const char *name;
	} bad[] = {{KERNEL, PAGE, "the kernel"}, {TCBS, PAGE, "the tcbs"},
	    {WINDOW, PAGE, "the window"},
	    {FIREWALL, 2 * PAGE, "the end of user space and more"},
	    {PLACE, 0xD0000000, "too much"}, {0xFFFFF000, PAGE, "the end"},
	    {PLACE, 100, "no whole page"}};
	uint32_t n;

	for (n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
		uid_t a = party_create(THERE), b = party_create(THERE + 1);
		struct order give =
		    give_object(b, bad[n].address, bad[n].bytes);
		struct order take = take_object(a, PLACE, PAGE);
		struct report r;

		tell(b, &take);
		settle();
		check(tell_and_ask(a, &give).result == IPC_FAULT &&
			  !is_done(b, &r),
		    "to send %s as an object", bad[n].name);
		parties_delete();
		a = party_create(THERE);
		b = party_create(THERE + 1);
		give = give_object(b, page_at(0), 2 * PAGE);
		take = take_object(a, bad[n].address, 2 * PAGE);
		if (bad[n].address == PLACE)
			take.receive.object += 8;
		tell(b, &take);
		settle();
		tell(a, &give);
		check(ask(b).result == (bad[n].address == PLACE
					       ? OBJECTS(1)
					       : IPC_FAULT | IPC_IN_RECEIVE) &&
			  ask(a).result == IPC_OK,
		    "to receive one into %s", bad[n].name);
		parties_delete();
	}
	unmap_in(THERE + 1, 2);
}

/* The page below it is there, it never. */
static void test_firewall(void)
{
	uid_t a = party_create(HERE), b = party_create(MADE), pager;
	struct order send = order_send(a, DOPE(1, 0), 0);
	struct order receive = order_receive(b, DOPE(1, 0), 0);
	struct order read = order_memory(READ, (uint32_t)area);

	hand_over(
	    a, page_at(0) | MEMORY_WRITABLE, b, FIREWALL - PAGE, 2 * PAGE);
	write_word(a, page_at(0), 31);
	check(read_word(b, FIREWALL - PAGE) == 31, "an object ends below it");
	send.raw = true;
	send.send.address = FIREWALL - sizeof(struct message);
	send.send.made_up = HEAD;
	tell(a, &receive);
	check(tell_and_ask(b, &send).result == IPC_FAULT,
	    "a message on the last page of user space");
	check(ends_by(b, READ, FIREWALL), "who reads there is ended");
	parties_delete();

	pager = party_create(3);
	b = party_create(MADE);
	tell_and_ask(b, &read);
	read = (struct order){.operation = PAGER, .partner = pager};
	tell_and_ask(b, &read);
	read = order_memory(READ, FIREWALL - 2 * PAGE);
	tell(b, &read);
	check(gets_fault(pager, b, FIREWALL - 2 * PAGE, false) &&
		  answer(pager, b, page_at(0), 16 * PAGE) == IPC_OK,
	    "a pager gives more than there is room for");
	ask(b);
	read_word(b, FIREWALL - PAGE);
	check(ends_by(b, READ, FIREWALL), "not on the last page");
	parties_delete();
}

static void test_answers(void)
{
	uid_t pager = party_create(3), client = client_create(THERE, pager);
	uid_t other = party_create(THERE + 1);
	struct order read = order_memory(READ, PLACE);
	struct order give = give_object(client, page_at(0), PAGE);
	struct report r;

	write_word(pager, page_at(0), 41);
	tell(client, &read);
	gets_fault(pager, client, PLACE, false);
	give.send_timeout = TIMEOUT_NONE;
	check(tell_and_ask(other, &give).result == IPC_TIMEOUT &&
		  !is_done(client, &r),
	    "somebody else's page is no answer");
	check(answer(pager, client, KERNEL, PAGE) == IPC_FAULT &&
		  answer(pager, client, FIREWALL, 2 * PAGE) == IPC_FAULT &&
		  answer(pager, client, PLACE, PAGE) == IPC_FAULT &&
		  !is_done(client, &r),
	    "nor are the kernel, the end of user space, nothing");
	check(answer(pager, client, page_at(0), PAGE) == IPC_OK &&
		  ask(client).words[0] == 41,
	    "the pager's page is");
	parties_delete();
	unmap_in(THERE, 1);
}

/* Pagers of each other, and a pager whose pager is silent. */
static void test_pager_cycles(void)
{
	uid_t a = party_create(MADE), b = party_create(MADE), c;
	struct order read = order_memory(READ, (uint32_t)area);
	struct order set_a = {.operation = PAGER, .partner = b};
	struct order set_b = {.operation = PAGER, .partner = a};
	struct report r;

	tell_and_ask(a, &read);
	tell_and_ask(b, &read);
	tell_and_ask(a, &set_a);
	tell_and_ask(b, &set_b);
	read.detail = PLACE + 16 * PAGE;
	tell(a, &read);
	tell(b, &read);
	rest();
	thread_delete(a);
	check(is_ended(b), "two that are each other's pager fault: one ends");
	parties_delete();

	read.detail = PLACE;
	c = party_create(THERE);
	b = client_create(THERE, c);
	a = client_create(THERE, b);
	tell(a, &read);
	rest();
	tell(b, &read);
	rest();
	check(!is_done(a, &r) && !is_done(b, &r), "a pager waits for its own");
	check(gets_fault(c, b, PLACE, false) &&
		  answer(c, b, page_at(0), PAGE) == IPC_OK,
	    "which answers");
	ask(b);
	/* The first one's page is there now, but it has asked. */
	check(gets_fault(b, a, PLACE, false) &&
		  answer(b, a, PLACE, PAGE) == IPC_OK,
	    "so does it");
	ask(a);
	parties_delete();
	unmap_in(THERE, 1);
}

/* A read-only page stays so, whoever it is handed to. */
static void test_read_only_handed_on(void)
{
	uid_t a = party_create(HERE), b = party_create(THERE),
	      c = party_create(MADE);
	struct order send = order_send(b, DOPE(0, 1), 64);
	struct order receive = order_receive(a, DOPE(0, 1), 64);

	write_word(a, page_at(0), CANARY);
	hand_over(a, page_at(0), b, PLACE, PAGE);
	hand_over(b, PLACE | MEMORY_WRITABLE, c, PLACE, PAGE);
	check(read_word(c, PLACE) == CANARY, "a read-only page is handed on");
	check(ends_by(c, WRITE, PLACE), "it cannot be written there");
	receive.receive.string = PLACE;
	send.raw = receive.raw = true;
	if (CONFIG_COMPLEX_MESSAGES) {
		tell(b, &receive);
		settle();
		tell_and_ask(a, &send);
	}
	check(if_complex(!CONFIG_COMPLEX_MESSAGES ||
			 ask(b).result == (IPC_FAULT | IPC_IN_RECEIVE)),
	    "nor can a string be received into it");
	check(read_word(a, page_at(0)) == CANARY, "it is as it was");
	parties_delete();
	unmap_in(THERE, 1);
}

/* The program's code, which the root task's pager has lent. */
static void test_string_into_code(void)
{
	uid_t a = party_create(HERE), b = party_create(MADE);
	struct order send = order_send(b, DOPE(0, 1), 64);
	struct order receive = order_receive(a, DOPE(0, 1), 64);
	const uint32_t *code = (const uint32_t *)((uint32_t)perform & -4u);
	uint32_t before = *code;

	receive.receive.string = (uint32_t)code;
	send.raw = receive.raw = true;
	if (CONFIG_COMPLEX_MESSAGES) {
		tell(b, &receive);
		rest();
		tell_and_ask(a, &send);
	}
	check(if_complex(!CONFIG_COMPLEX_MESSAGES ||
			 ask(b).result == (IPC_FAULT | IPC_IN_RECEIVE)),
	    "a string received into the code that all share");
	check(*code == before, "which is as it was");
	parties_delete();
}

static void test_unmap_oneself(void)
{
	uid_t a = party_create(MADE), b;
	struct order o = order_memory(UNMAP, (uint32_t)perform_with & -PAGE);

	check(tell_and_ask(a, &o).result == SERVICE_OK,
	    "who unmaps its code gets it again");
	check(ends_by(a, UNMAP, party_stack(MADE, a)),
	    "who unmaps its stack is ended");
	b = party_create(MADE);
	o = (struct order){.operation = PAGER};
	tell_and_ask(b, &o);
	/* At the latest when it is told to do something else. */
	check(ends_by(b, UNMAP, (uint32_t)perform_with & -PAGE) ||
		  ends_by(b, READ, (uint32_t)area),
	    "and who unmaps its code and has no pager");
	a = party_create(MADE);
	o = order_memory(UNMAP, KERNEL);
	check(tell_and_ask(a, &o).result == SERVICE_FAULT,
	    "the kernel is not unmapped");
	o.detail = FIREWALL;
	check(tell_and_ask(a, &o).result == SERVICE_OK, "the last page may be");
	parties_delete();
}

/* Objects that nobody has. */
static void test_cycle_of_objects(uint32_t other)
{
	uid_t a = party_create(THERE), b = party_create(other);

	hand_over(a, PLACE, b, PLACE, PAGE);
	hand_over(b, PLACE, a, PLACE, PAGE);
	check(ends_by(a, READ, PLACE) && ends_by(b, WRITE, PLACE),
	    "two give each other what none has, spaces %u and %u", THERE,
	    other);
	parties_delete();
	unmap_in(THERE, 1);
	unmap_in(other, 1);
}

#define MANY 1100

/* The kernel keeps 1024; of the others it knows nothing. */
static void test_many_objects(void)
{
	uid_t a = party_create(HERE), b = party_create(MADE);
	uint32_t n, failed = 0;

	for (n = 0; n < MANY; n++)
		if (hand_over(a, page_at(0), b, PLACE + n * PAGE, PAGE) !=
		    OBJECTS(1))
			failed++;
	check(failed == 0, "%u objects", MANY);
	write_word(a, page_at(0), 51);
	check(read_word(b, PLACE + (MANY - 1) * PAGE) == 51,
	    "the last one is there");
	check(ends_by(b, READ, PLACE), "the first one is forgotten");
	parties_delete();
}

/*
 * A string grows while another one's page is asked for, after the kernel may
 * have measured it: on the places of the objects behind it.
 */
static void test_growing_string(uint32_t by)
{
	uid_t pager = party_create(3), a = client_create(THERE, pager),
	      b = party_create(THERE + 1), c = party_create(THERE);
	struct order send = order_send(b, DOPE_WITH_OBJECTS(4, 2, 2), PAGE);
	struct order receive =
	    order_receive(a, DOPE_WITH_OBJECTS(4, 2, 2), 4 * PAGE);
	uint32_t second = send.send.address + 32 + 16, n;
	struct report r;

	send.raw = receive.raw = true;
	send.send.string = PLACE;
	send.send.made_up = ALL_BUT_STRING;
	receive.receive.object = PLACE;
	if (!CONFIG_COMPLEX_MESSAGES) {
		parties_delete();
		check(if_complex(false), "a string grows by %u bytes", by);
		return;
	}
	tell(b, &receive);
	settle();
	tell(a, &send);
	gets_fault(pager, a, PLACE, false);
	write_word(c, second, PAGE + by);
	for (n = 0; n < 3; n++) {
		answer(pager, a, page_at(n), PAGE);
		if (is_done(a, &r))
			break;
		gets_fault(pager, a, PLACE + (n + 1) * PAGE, false);
	}
	check(r.result == IPC_OK || r.result == IPC_FAULT,
	    "a string grows by %u bytes", by);
	parties_delete();
	unmap_in(THERE, 3);
	unmap_in(THERE + 1, 2);
}

/* Two threads: one sends, the other changes the message all the time. */
static void test_changing_message(uint32_t to_space)
{
	uid_t a = party_create(THERE), changer = party_create(THERE);
	struct order send =
	    order_send(NOBODY, DOPE(20, CONFIG_COMPLEX_MESSAGES * 3), 20000);
	struct order change = {
	    .operation = CHANGE, .detail = send.send.address};
	uint32_t n, strange = 0;

	tell(changer, &change);
	for (n = 0; n < 6; n++) {
		uid_t b = party_create(to_space);
		struct order receive = order_receive(
		    a, DOPE(20, CONFIG_COMPLEX_MESSAGES * 3), 20000);
		uint32_t canary;

		receive.receive.string += 1u << 20;
		canary = receive.receive.string + 60000;
		receive.receive.address += 2u << 20;
		receive.raw = send.raw = true;
		write_word(b, canary, CANARY);
		send.partner = b;
		send.send_timeout = 100;
		receive.receive_timeout = 100;
		tell(b, &receive);
		tell(a, &send);
		ask(a);
		ask(b);
		if (read_word(b, canary) != CANARY)
			strange++;
		party_delete(b);
	}
	check(strange == 0, "a message that changes on its way to space %u",
	    to_space);
	parties_delete();
}

/* The buffer goes away in the middle, the memory is others'. */
static void test_unmapped_buffer(uint32_t space)
{
	uid_t pager = party_create(HERE), a = party_create(HERE),
	      b = client_create(space, pager), c = party_create(space);
	struct order send = order_send(b, DOPE(5, 1), 3 * PAGE);
	struct order receive = order_receive(a, DOPE(5, 1), 3 * PAGE);
	struct order write = order_memory(WRITE, PLACE);
	struct order o = order_memory(UNMAP, PLACE);
	uint32_t n;

	for (n = 0; n < 3; n += 2) {
		write.detail = PLACE + n * PAGE;
		tell(b, &write);
		serve(pager, b, write.detail, page_at(n));
		ask(b);
	}
	receive.receive.string = PLACE;
	tell(b, &receive);
	settle();
	tell(a, &send);
	gets_fault(pager, b, PLACE + PAGE, true);
	for (n = 0; n < 3; n += 2) {
		o.detail = PLACE + n * PAGE;
		tell_and_ask(c, &o);
		write_word(pager, page_at(n), CANARY);
	}
	answer(pager, b, page_at(1) | MEMORY_WRITABLE, PAGE);
	check(serve(pager, b, PLACE + 2 * PAGE, page_at(3)),
	    "a buffer is unmapped in the middle, space %u: asked for again",
	    space);
	check(ask(a).result == IPC_OK && gets_fault(pager, b, PLACE, false) &&
		  answer(pager, b, page_at(4), PAGE) == IPC_OK &&
		  ask(b).result == DOPE(5, 1),
	    "the message is delivered");
	check(read_word(pager, page_at(0)) == CANARY &&
		  read_word(pager, page_at(2)) == CANARY,
	    "not to where the buffer was");
	parties_delete();
	unmap_in(space, 3);
}

static void test_unmapped_message(void)
{
	uid_t pager = party_create(3), a = client_create(THERE, pager),
	      b = party_create(THERE + 1), c = party_create(THERE);
	struct order send = order_send(b, DOPE(5, 1), 3 * PAGE);
	struct order receive = order_receive(a, DOPE(5, 1), 3 * PAGE);
	struct order read = order_memory(READ, PLACE);
	struct order o = order_memory(UNMAP, PLACE + 2 * PAGE);
	uint32_t n;

	for (n = 0; n < 3; n += 2) {
		read.detail = PLACE + n * PAGE;
		tell(a, &read);
		gets_fault(pager, a, read.detail, false);
		answer(pager, a, page_at(n), PAGE);
		ask(a);
	}
	send.send.string = PLACE;
	send.send.made_up = ALL_BUT_STRING;
	tell(b, &receive);
	settle();
	tell(a, &send);
	gets_fault(pager, a, PLACE + PAGE, false);
	tell_and_ask(c, &o);
	answer(pager, a, page_at(1), PAGE);
	check(gets_fault(pager, a, PLACE + 2 * PAGE, false) &&
		  answer(pager, a, page_at(3), PAGE) == IPC_OK,
	    "a message is unmapped while it is sent: asked for again");
	check(ask(a).result == IPC_OK && ask(b).result == DOPE(5, 1),
	    "it arrives");
	parties_delete();
	unmap_in(THERE, 3);
}

/*
 * A page to be sent is asked for in the middle of a copy, and the pager's
 * buffer is in another 4 MB than the receiver's: both go through the window.
 */
static void test_pager_in_other_region(void)
{
	uid_t pager = party_create(3), a = client_create(THERE, pager),
	      b = party_create(THERE + 1);
	struct order send = order_send(b, DOPE(5, 1), 2 * PAGE);
	struct order receive = order_receive(a, DOPE(5, 1), 2 * PAGE);
	struct order read = order_memory(READ, PLACE);
	struct order get = order_receive(NOBODY, 0, 0);
	uint32_t other = receive.receive.string + PAGE + (4u << 20);

	write_word(pager, page_at(0), 61);
	write_word(pager, page_at(1), 62);
	tell(a, &read);
	gets_fault(pager, a, PLACE, false);
	answer(pager, a, page_at(0), PAGE);
	ask(a);
	send.send.string = PLACE;
	send.send.made_up = ALL_BUT_STRING;
	get.receive.address = (uint32_t)area + (4u << 20) + 0x20000;
	write_word(b, other, CANARY);
	tell(b, &receive);
	settle();
	tell(a, &send);
	check(tell_and_ask(pager, &get).words[0] == PLACE + PAGE,
	    "a fault in the middle of a copy");
	answer(pager, a, page_at(1), PAGE);
	check(ask(a).result == IPC_OK && ask(b).result == DOPE(5, 1),
	    "the message is sent");
	check(read_word(b, receive.receive.string) == 61 &&
		  read_word(b, receive.receive.string + PAGE) == 62 &&
		  read_word(b, other) == CANARY,
	    "to where it belongs");
	parties_delete();
	unmap_in(THERE, 2);
}

/* The receiver is ended while its sender waits for a page of a descriptor. */
static void test_death_before_string(uint32_t space, bool task)
{
	uid_t pager = party_create(3), a = client_create(THERE, pager),
	      b = party_create(space);
	struct order send = order_send(b, DOPE(0, 1), 0);
	struct order receive = order_receive(a, DOPE(0, 1), 100);
	struct order write = order_memory(WRITE, PLACE);

	tell(a, &write);
	serve(pager, a, PLACE, page_at(0));
	ask(a);
	write_word(pager, page_at(1), 100);
	write_word(pager, page_at(1) + 4, (uint32_t)area);
	send.raw = receive.raw = true;
	send.send.address = PLACE + PAGE - sizeof(struct message);
	send.send.made_up = HEAD;
	if (CONFIG_COMPLEX_MESSAGES) {
		tell(b, &receive);
		rest();
		tell(a, &send);
		gets_fault(pager, a, PLACE + PAGE, false);
		if (task) {
			space_delete(space);
			space_create(space);
		} else {
			thread_delete(b);
		}
		rest();
		answer(pager, a, page_at(1), PAGE);
	}
	check(if_complex(
		  !CONFIG_COMPLEX_MESSAGES || ask(a).result == IPC_NO_PARTNER),
	    "its receiver in space %u ends before a string is looked at",
	    space);
	parties_delete();
	unmap_in(THERE, 2);
}

/* It never gets what it was sent. */
static void test_object_not_delivered(bool dies)
{
	uid_t pager = party_create(3), a = party_create(THERE),
	      b = client_create(THERE + 1, pager);
	struct order give = give_object(b, page_at(0), PAGE);
	struct order take = take_object(a, PLACE, PAGE);
	struct order no = order_send(b, 0, 0);

	take.receive.address = PLACE;
	take.receive.made_up = NOTHING;
	tell(b, &take);
	settle();
	tell(a, &give);
	gets_fault(pager, b, PLACE, false);
	if (dies) {
		thread_delete(b);
	} else {
		tell_and_ask(pager, &no);
		ask(b);
	}
	check(ask(a).result ==
		  (dies && CONFIG_DIRECT_TRANSFER ? IPC_NO_PARTNER : IPC_OK),
	    "an object for somebody who %s", dies ? "dies" : "has no buffer");
	parties_delete();
}

/* Half an object is unmapped, and nothing of another one. */
static void test_unmap_nothing(void)
{
	uid_t a = party_create(HERE), b = party_create(THERE);
	struct order o = {.operation = UNMAP_NOTHING, .detail = PLACE + PAGE};

	write_word(a, page_at(1), 71);
	hand_over(a, page_at(0), b, PLACE, 2 * PAGE);
	tell_and_ask(b, &o);
	check(read_word(b, PLACE + PAGE) == 71, "no pages are unmapped");
	parties_delete();
	unmap_in(THERE, 2);
}

/* Tasks until there is no memory. */
static void test_all_tasks(void)
{
	uid_t a = party_create(MADE), b = party_create(THERE),
	      c = party_create(THERE + 1);
	struct order o = {.operation = CREATE_ALL};
	struct order send = order_send(c, DOPE(9, 0), 0);
	struct order receive = order_receive(b, DOPE(9, 0), 0);
	uint32_t result;

	check(tell_and_ask(a, &o).words[0] > 0, "tasks that take all memory");
	tell(c, &receive);
	settle();
	result = tell_and_ask(b, &send).result;
	check(result == IPC_OK || result == IPC_NO_BUFFER, "others go on");
	o.operation = DELETE_ALL;
	check(tell_and_ask(a, &o).words[0] == 0, "their creator deletes them");
	parties_delete();
}

static void attack(void)
{
	test_bad_objects();
	test_answers();
	test_unmap_nothing();
	test_growing_string(4);
	test_growing_string(12);
	test_growing_string(3 * PAGE);
	test_unmapped_buffer(THERE);
	test_unmapped_buffer(HERE);
	test_unmapped_message();
	test_pager_in_other_region();
	test_object_not_delivered(false);
	test_object_not_delivered(true);
	test_cycle_of_objects(THERE + 1);
	test_cycle_of_objects(THERE);
	test_changing_message(THERE + 1);
	test_changing_message(THERE);
	space_create(MADE);
	test_death_before_string(THERE + 1, false);
	test_death_before_string(THERE, false);
	test_death_before_string(MADE, true);
	test_read_only_handed_on();
	test_firewall();
	test_pager_cycles();
	test_string_into_code();
	test_unmap_oneself();
	space_delete(MADE);
	space_create(MADE);
	test_many_objects();
	test_all_tasks();
	space_delete(MADE);
	parties_delete();
}

void test_attacks(void)
{
	struct memory_state before;

	attack();
	memory_in_use(&before);
	attack();
	check(memory_is_back(&before), "all memory comes back");
}
