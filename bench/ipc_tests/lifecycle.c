/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tasks that are made and deleted, whatever they are doing, and what their
 * partners are told of it.
 */
#include "paging.h"
#include "registers.h"
#include "tests.h"

#define MADE SPACES
#define OTHER_MADE (SPACES + 1)

#define IRQ 5

/* Pages have to come before everybody waits. */
static void rest(void)
{
	uint32_t n;

	for (n = 0; n < 4; n++)
		settle();
}

static const char *const whom[] = {"thread", "task"};

/* The end of a party of the made space: alone, or with all its task. */
static void end(uid_t dead, bool task)
{
	if (task) {
		if (space_delete(MADE) != SERVICE_OK)
			fail("a task cannot be deleted");
		space_create(MADE);
	} else {
		thread_delete(dead);
	}
	rest();
}

static void exchange(uint32_t from_space, uint32_t to_space)
{
	uid_t a = party_create(from_space), b = party_create(to_space);
	struct order send = order_send(b, DOPE(100, 1), 5000);
	struct order receive = order_receive(a, DOPE(100, 1), 5000);
	struct report r;

	receive.receive.string += 100000;
	tell(b, &receive);
	tell(a, &send);
	r = ask(b);
	check(ask(a).result == IPC_OK && received_all(&r, &send, a),
	    "a message from space %u to %u", from_space, to_space);
	parties_delete();
}

/* Nothing is left of it for the one to which it wanted to send. */
static void ends_sending(bool task, uint32_t dope)
{
	uid_t dead = party_create(MADE), b = party_create(THERE);
	struct order send = order_send(b, dope, 5000);
	struct order receive = order_receive(NOBODY, DOPE(20, 1), 5000);

	tell(dead, &send);
	rest();
	end(dead, task);
	receive.receive_timeout = TIMEOUT_NONE;
	check(
	    tell_and_ask(b, &receive).result == (IPC_TIMEOUT | IPC_IN_RECEIVE),
	    "a %s that ends while it sends has not sent", whom[task]);
	receive.partner = dead;
	check(tell_and_ask(b, &receive).result ==
		  (IPC_NO_PARTNER | IPC_IN_RECEIVE),
	    "nor can it be received from");
	parties_delete();
}

/* It answers its request, too late. */
static void ends_calling(bool task)
{
	uid_t dead = party_create(MADE), b = party_create(THERE);
	struct order call = order_call(b);
	struct order receive = order_receive(dead, 0, 0);
	struct order reply = order_send(dead, 0, 0);

	tell(dead, &call);
	check(tell_and_ask(b, &receive).result == IPC_OK, "a call comes");
	rest();
	end(dead, task);
	check(tell_and_ask(b, &reply).result == IPC_NO_PARTNER,
	    "a %s that ends while it calls gets no answer", whom[task]);
	parties_delete();
}

static void partner_is_told(
    bool task, struct order order, uint32_t expected, const char *what)
{
	uid_t dead = party_create(MADE), a = party_create(THERE);
	struct order receive = order_receive(a, 0, 0);
	struct report r;

	order.partner = dead;
	if (order.operation == CALL)
		tell(dead, &receive);
	rest();
	tell(a, &order);
	check(!is_done(a, &r), "%s waits", what);
	end(dead, task);
	check(is_done(a, &r) && r.result == expected,
	    "%s is told of the end of its partner's %s", what, whom[task]);
	parties_delete();
}

/* It is being copied from while a page of the buffer is missing. */
static void ends_copied_from(bool task)
{
	uid_t pager = party_create(3), dead = party_create(MADE),
	      b = client_create(THERE, pager);
	struct order send = order_send(b, DOPE(5, 0), 0);
	struct order receive = order_receive(dead, DOPE(5, 0), 0);
	struct report r;

	send.raw = receive.raw = true;
	receive.receive.address = PLACE;
	receive.receive.made_up = NOTHING;
	tell(b, &receive);
	settle();
	tell(dead, &send);
	gets_fault(pager, b, PLACE, false);
	if (!CONFIG_DIRECT_TRANSFER)
		ask(dead);
	end(dead, task);
	answer(pager, b, page_at(0) | MEMORY_WRITABLE, PAGE);
	r = ask(b);
	/* With a buffer in the kernel it had sent. */
	check(r.result == (CONFIG_DIRECT_TRANSFER
				  ? IPC_NO_PARTNER | IPC_IN_RECEIVE
				  : IPC_CUT | IPC_IN_RECEIVE),
	    "a %s that ends while it is copied from", whom[task]);
	parties_delete();
	unmap_in(THERE, 1);
}

/* It is to be copied to while a page of the message is missing. */
static void ends_copied_to(bool task)
{
	uid_t pager = party_create(3), dead = party_create(MADE),
	      a = client_create(THERE, pager);
	struct order send = order_send(dead, DOPE(5, 0), 0);
	struct order receive = order_receive(a, DOPE(5, 0), 0);
	struct order write = order_memory(WRITE, PLACE);

	tell(a, &write);
	serve(pager, a, PLACE, page_at(0));
	ask(a);
	send.raw = true;
	send.send.address = PLACE + PAGE - sizeof(struct message);
	send.send.made_up = HEAD;
	tell(dead, &receive);
	rest();
	tell(a, &send);
	gets_fault(pager, a, PLACE + PAGE, false);
	end(dead, task);
	answer(pager, a, page_at(1), PAGE);
	check(ask(a).result == IPC_NO_PARTNER,
	    "the sender to a %s that ends while it is copied to is told",
	    whom[task]);
	parties_delete();
	unmap_in(THERE, 2);
}

/* Before, or after, its pager has got the fault. */
static void ends_faulting(bool task, bool received)
{
	uid_t pager = party_create(3), dead = party_create(MADE);
	struct order read = order_memory(READ, (uint32_t)area);
	struct order set = {.operation = PAGER, .partner = pager};
	struct order receive = order_receive(NOBODY, 0, 0);

	tell_and_ask(dead, &read);
	tell_and_ask(dead, &set);
	read.detail = PLACE;
	tell(dead, &read);
	rest();
	if (received)
		check(gets_fault(pager, dead, PLACE, false), "a fault comes");
	end(dead, task);
	receive.receive_timeout = TIMEOUT_NONE;
	check(received ? answer(pager, dead, page_at(0), PAGE) == IPC_NO_PARTNER
		       : tell_and_ask(pager, &receive).result ==
			     (IPC_TIMEOUT | IPC_IN_RECEIVE),
	    "the pager of a %s that ends %s is not disturbed", whom[task],
	    received ? "while it waits" : "before it is asked");
	parties_delete();
}

static void ends_as_pager(bool task, bool received)
{
	uid_t pager = party_create(MADE), client = client_create(THERE, pager);
	struct order write = order_memory(WRITE, PLACE);
	struct order probe = order_send(client, 0, 0);
	struct report r;

	tell(client, &write);
	rest();
	if (received)
		check(gets_fault(pager, client, PLACE, true), "a fault comes");
	end(pager, task);
	check(!is_done(client, &r) && perform(&probe).result == IPC_NO_PARTNER,
	    "the %s of a pager ends %s: so does its client", whom[task],
	    received ? "while it is waited for" : "before it is asked");
	parties_delete();
}

/* What has been touched stays. */
static void ends_as_source(bool task)
{
	uid_t dead = party_create(MADE), b = party_create(THERE);
	struct order send = order_send(b, DOPE_WITH_OBJECTS(0, 0, 1), 0);
	struct order receive =
	    order_receive(dead, DOPE_WITH_OBJECTS(0, 0, 1), 0);
	struct order read = order_memory(READ, PLACE + PAGE);
	struct order probe = order_send(b, 0, 0);
	struct report r;

	send.send.object = page_at(0) | MEMORY_WRITABLE;
	send.send.object_bytes = 2 * PAGE;
	receive.receive.object = PLACE;
	receive.receive.object_bytes = 2 * PAGE;
	write_word(dead, page_at(0), 21);
	write_word(dead, page_at(1), 22);
	tell(b, &receive);
	tell(dead, &send);
	ask(b);
	ask(dead);
	check(read_word(b, PLACE) == 21, "a page of an object");
	end(dead, task);
	check(read_word(b, PLACE) == 21, "stays when its source's %s ends",
	    whom[task]);
	tell(b, &read);
	check(task ? !is_done(b, &r) && perform(&probe).result == IPC_NO_PARTNER
		   : ask(b).words[0] == 22,
	    "and another one, not touched before, %s", task ? "goes" : "comes");
	parties_delete();
	unmap_in(THERE, 2);
}

static void ends_as_coprocessor_owner(bool task)
{
	uid_t dead = party_create(MADE), b = party_create(THERE), c;
	struct order use = {.operation = USE_COPROCESSOR,
	    .detail = LOAD_ALL,
	    .seed = next_seed()};

	tell_and_ask(b, &use);
	use.seed = next_seed();
	tell_and_ask(dead, &use);
	end(dead, task);
	c = party_create(THERE + 1);
	use.detail = CHECK_NEW;
	check(tell_and_ask(c, &use).result == 0,
	    "the owner of the coprocessor ends: a new thread's registers");
	use.detail = CHECK_ALL;
	use.seed--;
	check(tell_and_ask(b, &use).result == 0, "and another one's");
	parties_delete();
}

static void test_endings(bool task)
{
	ends_sending(task, 0);
	ends_sending(task, DOPE(20, 1));
	ends_calling(task);
	partner_is_told(
	    task, order_send(NOBODY, 0, 0), IPC_NO_PARTNER, "a sender");
	partner_is_told(task, order_send(NOBODY, DOPE(20, 1), 5000),
	    IPC_NO_PARTNER, "a sender of much");
	partner_is_told(task, order_receive(NOBODY, 0, 0),
	    IPC_NO_PARTNER | IPC_IN_RECEIVE, "a receiver");
	partner_is_told(task, order_call(NOBODY),
	    IPC_NO_PARTNER | IPC_IN_RECEIVE, "a caller");
	ends_copied_from(task);
	ends_copied_to(task);
	ends_faulting(task, false);
	ends_faulting(task, true);
	ends_as_pager(task, false);
	ends_as_pager(task, true);
	ends_as_source(task);
	ends_as_coprocessor_owner(task);
}

/* Each calls the next one: nobody receives, until one ends. */
static void test_call_cycle(void)
{
	uid_t a = party_create(MADE), b = party_create(THERE),
	      c = party_create(HERE);
	struct order a_to_b = order_call(b), b_to_c = order_call(c),
		     c_to_a = order_call(a), send = order_send(c, 0, 0);
	struct order receive = order_receive(c, 0, 0);
	struct report r;

	tell(a, &a_to_b);
	tell(b, &b_to_c);
	tell(c, &c_to_a);
	rest();
	check(!is_done(a, &r) && !is_done(b, &r) && !is_done(c, &r),
	    "three that call one another in a circle wait");
	thread_delete(b);
	check(ask(a).result == IPC_NO_PARTNER, "one ends: its caller is told");
	check(tell_and_ask(a, &receive).result == IPC_OK,
	    "and gets the call of the third one");
	send.partner = c;
	check(tell_and_ask(a, &send).result == IPC_OK && ask(c).result == 0,
	    "which it answers");
	parties_delete();
}

static void test_interrupt_handler(void)
{
	uid_t dead = party_create(HERE), b = party_create(HERE);
	struct order attach = {.operation = ATTACH, .detail = IRQ};
	struct order receive = order_receive(INTERRUPT(IRQ), 0, 0);

	tell_and_ask(dead, &attach);
	tell(dead, &receive);
	settle();
	thread_delete(dead);
	settle();
	check(tell_and_ask(b, &attach).result == SERVICE_OK,
	    "who waits for an interrupt ends: another one attaches it");
	attach.operation = DETACH;
	tell_and_ask(b, &attach);
	parties_delete();
}

static struct order order_delete(uid_t whom, bool task)
{
	return (struct order){
	    .operation = DELETE, .partner = whom, .detail = task};
}

/* Who may delete whom. */
static void test_rights(void)
{
	uid_t a = party_create(MADE), b = party_create(MADE),
	      c = party_create(THERE), of_other = party_create(OTHER_MADE);
	struct order create = {.operation = CREATE};
	struct order o = order_delete(of_other, false);
	uid_t child;
	uint32_t task;

	for (task = 0; task < 2; task++) {
		o = order_delete(of_other, task);
		check(tell_and_ask(a, &o).result == SERVICE_DENIED &&
			  tell_and_ask(c, &o).result == SERVICE_DENIED,
		    "a %s of somebody else's is not deleted", whom[task]);
		o.partner = thread_self();
		check(tell_and_ask(a, &o).result == SERVICE_DENIED,
		    "nor is its creator's %s", whom[task]);
		child = tell_and_ask(a, &create).from;
		check(child != NOBODY, "a made task makes another one");
		rest();
		o.partner = child;
		check(tell_and_ask(b, &o).result == SERVICE_DENIED,
		    "another thread of its creator's task is denied");
		check(tell_and_ask(a, &o).result == SERVICE_OK,
		    "its creator deletes the %s", whom[task]);
		check(tell_and_ask(a, &o).result == SERVICE_NO_THREAD,
		    "not twice");
	}
	parties_delete();
}

/* What the two deletions of oneself take along. */
static void test_suicides(void)
{
	uid_t a = party_create(MADE), b = party_create(MADE);
	struct order o = order_delete(a, false);
	struct order probe = order_send(a, 0, 0);
	struct order nothing = order_memory(READ, (uint32_t)area);
	struct report r;

	tell(a, &o);
	check(!is_done(a, &r) && perform(&probe).result == IPC_NO_PARTNER,
	    "a thread deletes itself");
	check(tell_and_ask(b, &nothing).result == 0, "another one goes on");
	o = order_delete(first_thread(MADE), true);
	tell(b, &o);
	probe.partner = b;
	check(!is_done(b, &r) && perform(&probe).result == IPC_NO_PARTNER,
	    "a thread deletes its task");
	check(space_delete(MADE) == SERVICE_NO_THREAD, "all of it");
	parties_delete();
	space_create(MADE);
}

/* Everything that takes memory for a while. */
static void go_round(void)
{
	uint32_t task;

	space_create(MADE);
	space_create(OTHER_MADE);
	exchange(MADE, HERE);
	exchange(THERE, MADE);
	exchange(MADE, OTHER_MADE);
	exchange(MADE, MADE);
	for (task = 0; task < 2; task++)
		test_endings(task);
	test_call_cycle();
	test_interrupt_handler();
	test_rights();
	test_suicides();
	check(space_delete(MADE) == SERVICE_OK &&
		  space_delete(OTHER_MADE) == SERVICE_OK,
	    "the tasks are deleted");
}

void memory_in_use(struct memory_state *state)
{
	uint32_t since = clock_ticks();
	struct service_result r;

	rest();
	/* The kernel may take some timeslices' time to give it back. */
	while (clock_ticks() - since < 20)
		;
	r = service(SERVICE_MEMORY, 0, 0, NOBODY);
	state->frames = r.ebx;
	state->heap = r.ecx;
}

bool memory_is_back(const struct memory_state *before)
{
	struct memory_state now;

	memory_in_use(&now);
	if (now.frames == before->frames && now.heap == before->heap)
		return true;
	print("# frames free %u, now %u; heap used %u, now %u\n",
	    before->frames, now.frames, before->heap, now.heap);
	return false;
}

void test_life_cycle(void)
{
	struct memory_state before;

	go_round();
	memory_in_use(&before);
	go_round();
	check(memory_is_back(&before), "all memory comes back");
}
