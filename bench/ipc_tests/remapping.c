/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages that move (7.2), for kernels with the extension PAGE_REMAPPING. Parties
 * have them at PLACE, from a pager that keeps them, too.
 */
#include "paging.h"
#include "tests.h"

#define MOVED (MEMORY_MOVE | MEMORY_WRITABLE)
#define REGION 0x400000u

static uid_t pager;
static bool by_call; /* or by send, which never takes the hand-coded path */

static uint32_t place(uint32_t n)
{
	return PLACE + n * PAGE;
}

static uid_t party(uint32_t space)
{
	return client_create(space, pager);
}

static void begin(uid_t *a, uint32_t a_space, uid_t *b, uint32_t b_space)
{
	pager = party_create(SPACES - 1);
	*a = party(a_space);
	*b = party(b_space);
}

static bool end(bool passed)
{
	uint32_t space;

	parties_delete();
	for (space = 0; space < SPACES; space++)
		unmap_in(space, 4);
	return passed;
}

/* Touching the page at the address is a fault: the pager gives it its n-th. */
static bool faults(uid_t a, uint32_t address, uint32_t n)
{
	struct order read = order_memory(READ, address);
	bool asked;

	tell(a, &read);
	asked = gets_fault(pager, a, address, false) &&
		answer(pager, a, page_at(n) | MEMORY_WRITABLE, PAGE) == IPC_OK;
	return asked && (ask(a), true);
}

static bool is_missing(uid_t a, uint32_t n)
{
	return faults(a, place(n), 9);
}

/* The n-th page of the pager, with a value. */
static void have_at(uid_t a, uint32_t address, uint32_t n, uint32_t value)
{
	write_word(pager, page_at(n), value);
	faults(a, address, n);
}

static void have(uid_t a, uint32_t n, uint32_t value)
{
	have_at(a, place(n), n, value);
}

static bool answered(uid_t a, uid_t b)
{
	struct order reply = order_send(a, 0, 0);
	struct report r;

	if (tell_and_ask(b, &reply).result != IPC_OK)
		return false;
	r = ask(a);
	return received_all(&r, &reply, b);
}

static struct order call_with_object(uid_t to)
{
	struct order call = order_call(to);

	call.send.dope = DOPE_WITH_OBJECTS(0, 0, 1);
	return call;
}

/* Bytes from PLACE on, to where the other has a place for some. */
static struct report send(uid_t a, uid_t b, uint32_t bytes, uint32_t flags,
    uint32_t to, uint32_t to_bytes)
{
	struct order send = by_call
				? call_with_object(b)
				: order_send(b, DOPE_WITH_OBJECTS(0, 0, 1), 0);
	struct order receive = order_receive(a, DOPE_WITH_OBJECTS(0, 0, 1), 0);
	struct report r;

	send.send.object = PLACE | flags;
	send.send.object_bytes = bytes;
	receive.receive.address += 256;
	receive.receive.object = to;
	receive.receive.object_bytes = to_bytes;
	tell(b, &receive);
	settle();
	tell(a, &send);
	settle();
	if (!is_done(b, &r) ||
	    (by_call ? !answered(a, b) : ask(a).result != IPC_OK))
		return (struct report){.result = ~0u};
	return r;
}

static bool arrives(uid_t a, uid_t b, uint32_t pages)
{
	return send(a, b, pages * PAGE, MOVED, PLACE, pages * PAGE).result ==
	       DOPE_WITH_OBJECTS(0, 0, 1);
}

static bool moved(uint32_t from, uint32_t to)
{
	uid_t a, b;

	begin(&a, from, &b, to);
	have(a, 0, 10);
	have(a, 1, 11);
	if (!arrives(a, b, 2) || read_word(b, place(0)) != 10 ||
	    read_word(b, place(1)) != 11)
		return end(false);
	write_word(b, place(0), 77);
	return end(read_word(pager, page_at(0)) == 77 && is_missing(a, 0) &&
		   is_missing(a, 1) && arrives(b, a, 2) &&
		   read_word(a, place(0)) == 77 && is_missing(b, 0));
}

static bool here_to_there(void)
{
	return moved(HERE, THERE);
}

static bool there_to_here(void)
{
	return moved(THERE, HERE);
}

static bool between_others(void)
{
	return moved(THERE, THERE + 1);
}

static bool replace(void)
{
	uid_t a, b;
	bool passed;

	begin(&a, HERE, &b, THERE);
	have(a, 0, 10);
	have(a, 2, 12);
	have_at(b, place(0), 4, 20);
	have_at(b, place(1), 5, 21);
	passed = arrives(a, b, 3) && read_word(b, place(0)) == 10 &&
		 read_word(b, place(2)) == 12 && is_missing(b, 1);
	write_word(b, place(0), 30);
	return end(passed && read_word(pager, page_at(4)) == 20);
}

static bool lent_to_others(void)
{
	uid_t a, b, c;
	bool passed;

	begin(&a, HERE, &b, THERE);
	c = party(THERE + 1);
	have(a, 0, 10);
	have(a, 1, 11);
	send(a, c, 2 * PAGE, MEMORY_WRITABLE, PLACE, 2 * PAGE);
	passed = read_word(c, place(0)) == 10 && arrives(a, b, 2);
	write_word(b, place(0), 40);
	return end(passed && read_word(c, place(0)) == 40 && is_missing(c, 1) &&
		   read_word(b, place(1)) == 11);
}

/* What has not appeared yet does not move, nor does it appear later. */
static bool received_before(void)
{
	uid_t a, b, c;

	begin(&a, HERE, &b, THERE);
	c = party(THERE + 1);
	have(c, 0, 10);
	have(c, 1, 11);
	send(c, a, 2 * PAGE, MEMORY_WRITABLE, PLACE, 2 * PAGE);
	return end(read_word(a, place(1)) == 11 && arrives(a, b, 2) &&
		   read_word(b, place(1)) == 11 && is_missing(b, 0) &&
		   is_missing(a, 0) && is_missing(a, 1) &&
		   read_word(c, place(0)) == 10);
}

/* The receiver's objects in that place are gone, too. */
static bool objects_replaced(void)
{
	uid_t a, b, c;

	begin(&a, HERE, &b, THERE);
	c = party(THERE + 1);
	have(c, 0, 10);
	have(c, 1, 11);
	send(c, b, 2 * PAGE, MEMORY_WRITABLE, PLACE, 2 * PAGE);
	have_at(a, place(0), 4, 20);
	return end(arrives(a, b, 2) && read_word(b, place(0)) == 20 &&
		   is_missing(b, 1));
}

static bool read_only_pages(void)
{
	struct order write = order_memory(WRITE, PLACE);
	uid_t a, b;
	bool passed;

	begin(&a, HERE, &b, THERE);
	have(a, 0, 10);
	send(a, b, PAGE, MEMORY_MOVE, PLACE, PAGE);
	passed = read_word(b, place(0)) == 10;
	tell(b, &write);
	return end(passed && gets_fault(pager, b, PLACE, true));
}

static bool cut(void)
{
	const uint32_t is_cut =
	    DOPE_WITH_OBJECTS(0, 0, 1) | IPC_CUT | IPC_IN_RECEIVE;
	uid_t a, b;

	begin(&a, HERE, &b, THERE);
	have(a, 0, 10);
	have(a, 1, 11);
	if (send(a, b, 2 * PAGE, MOVED, place(1), 8 * PAGE).result != is_cut ||
	    send(a, b, 2 * PAGE, MOVED, PLACE - PAGE, PAGE).result != is_cut ||
	    read_word(a, place(0)) != 10)
		return end(false);
	return end(send(a, b, 2 * PAGE, MOVED, PLACE - PAGE, 2 * PAGE).result ==
		       is_cut &&
		   read_word(b, place(0)) == 10 &&
		   read_word(a, place(1)) == 11 && is_missing(a, 0) &&
		   is_missing(b, 1));
}

static bool in_one_space(uint32_t space)
{
	uid_t a, b;

	begin(&a, space, &b, space);
	have(a, 0, 10);
	return end(arrives(a, b, 1) && read_word(a, place(0)) == 10 &&
		   read_word(b, place(0)) == 10);
}

static bool in_one(void)
{
	return in_one_space(HERE) && in_one_space(THERE);
}

/* Pages far apart, page tables between them missing in one or in both. */
static bool far_apart(void)
{
	const uint32_t bytes = 20 * REGION;
	struct order unmap_it = order_memory(UNMAP, PLACE + 7 * REGION);
	uid_t a, b;
	bool passed;

	begin(&a, HERE, &b, THERE);
	have(a, 0, 10);
	have_at(a, PLACE + 7 * REGION, 4, 17);
	have_at(b, PLACE + 13 * REGION, 5, 23);
	passed = send(a, b, bytes, MOVED, PLACE, bytes).result ==
		     DOPE_WITH_OBJECTS(0, 0, 1) &&
		 read_word(b, place(0)) == 10 &&
		 read_word(b, PLACE + 7 * REGION) == 17 &&
		 faults(b, PLACE + 13 * REGION, 9);
	tell_and_ask(b, &unmap_it);
	unmap_it.detail = PLACE + 13 * REGION;
	tell_and_ask(b, &unmap_it);
	return end(passed);
}

/* An answer to a fault goes elsewhere: its pages are shared. */
static bool answers(void)
{
	struct order read = order_memory(READ, PLACE);
	uid_t a, b;
	bool passed;

	begin(&a, HERE, &b, THERE);
	write_word(pager, page_at(0), 10);
	tell(b, &read);
	passed = gets_fault(pager, b, PLACE, false) &&
		 answer(pager, b, page_at(0) | MOVED, PAGE) == IPC_OK &&
		 ask(b).words[0] == 10;
	return end(passed && read_word(pager, page_at(0)) == 10);
}

static bool nothing_lost(void)
{
	struct memory_state before;
	bool passed;

	memory_in_use(&before);
	passed = moved(HERE, THERE) && replace() && lent_to_others() &&
		 received_before() && objects_replaced();
	return passed && memory_is_back(&before);
}

static bool go_with_task(void)
{
	struct memory_state before;
	uid_t a, b;
	bool passed;

	memory_in_use(&before);
	begin(&a, HERE, &b, THERE);
	have(a, 0, 10);
	/* Its stack comes from a pager of its own. */
	space_create(SPACES);
	b = party_create(SPACES);
	passed = arrives(a, b, 1) && read_word(b, place(0)) == 10;
	space_delete(SPACES);
	write_word(pager, page_at(0), 12);
	passed = passed && read_word(pager, page_at(0)) == 12;
	return end(passed) && memory_is_back(&before);
}

/* A page with all that the kernel needs of the sender. The stubs might have
 * messages of their own. */
static bool arrives_raw(uid_t a, uid_t b, struct order *send)
{
	struct order receive = order_receive(a, DOPE_WITH_OBJECTS(0, 0, 1), 0);
	struct report r = {0};

	send->raw = receive.raw = true;
	send->send.object = PLACE | MOVED;
	send->send.object_bytes = PAGE;
	receive.receive.object = PLACE;
	receive.receive.object_bytes = PAGE;
	tell(b, &receive);
	settle();
	tell(a, send);
	return is_done(b, &r) && r.result == send->send.dope &&
	       r.words[0] == contents_word(send->seed, 0) &&
	       r.words[1] == contents_word(send->seed, 1);
}

static bool with_message(void)
{
	struct order send, call;
	struct report r;
	uid_t a, b;
	bool passed;

	begin(&a, HERE, &b, THERE);
	send = order_send(b, DOPE_WITH_OBJECTS(0, 0, 1), 0);
	send.send.address = PLACE + 256;
	have(a, 0, 10);
	passed =
	    arrives_raw(a, b, &send) && is_done(a, &r) && r.result == IPC_OK;
	if (!CONFIG_RPC_SYSCALLS || !passed)
		return end(passed);
	call = call_with_object(b);
	call.send.address = PLACE + 256;
	have(a, 0, 10);
	return end(arrives_raw(a, b, &call) && answered(a, b));
}

static bool with_parameters(void)
{
	struct order call;
	uid_t a, b;

	if (CONFIG_REGISTER_PARAMETERS || !CONFIG_RPC_SYSCALLS)
		return skip("no parameters in memory, or no calls");
	begin(&a, HERE, &b, THERE);
	call = call_with_object(b);
	call.block = PLACE + 256;
	have(a, 0, 10);
	put_block(a, call.block, &call);
	return end(arrives_raw(a, b, &call) && answered(a, b));
}

struct test {
	bool (*passes)(void);
	const char *what;
};

/* By send, and once more by call. */
static const struct test tests[] = {{here_to_there, "pages move, and back"},
    {there_to_here, "the same from elsewhere"},
    {between_others, "and between others"},
    {replace, "instead of what the receiver has there"},
    {lent_to_others, "pages that others have, too"},
    {received_before, "pages of an object that has been received"},
    {objects_replaced, "instead of an object"}, {read_only_pages, "read-only"},
    {cut, "no further than the receiver's place"},
    {in_one, "inside one space nothing moves"}, {far_apart, "pages far apart"},
    {nothing_lost, "no page is lost"},
    {go_with_task, "they go with their new task"}};

/* These choose their calls themselves. */
static const struct test others[] = {
    {answers, "answers to page faults are shared"},
    {with_message, "a message moves with its pages"},
    {with_parameters, "parameters move with their pages"}};

static bool passes(const struct test *test, bool call)
{
	if (!CONFIG_PAGE_REMAPPING)
		return skip("no page remapping");
	if (call && !CONFIG_RPC_SYSCALLS)
		return skip("no calls");
	by_call = call;
	return test->passes();
}

static bool refused(void)
{
	uid_t a = party_create(HERE), b = party_create(THERE);
	struct order send = order_send(b, DOPE_WITH_OBJECTS(0, 0, 1), 0);
	struct order receive = order_receive(a, DOPE_WITH_OBJECTS(0, 0, 1), 0);

	send.send.object = page_at(0) | MOVED;
	tell(b, &receive);
	settle();
	return tell_and_ask(a, &send).result == IPC_FAULT;
}

void test_remapping(void)
{
	uint32_t n;

	for (n = 0; n < sizeof(tests) / sizeof(tests[0]); n++) {
		check(passes(tests + n, false), "remapping: %s", tests[n].what);
		check(passes(tests + n, true), "remapping: %s, by call",
		    tests[n].what);
	}
	for (n = 0; n < sizeof(others) / sizeof(others[0]); n++)
		check(
		    passes(others + n, false), "remapping: %s", others[n].what);
	check(CONFIG_PAGE_REMAPPING ? skip("page remapping") : refused(),
	    "remapping: without the extension no page moves");
	parties_delete();
}
