/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ports (7.1), for kernels with the extension CONFIG_PORTS. Others have none.
 */
#include "paging.h"
#include "tests.h"

#define LINK 100 /* where clients have theirs */
#define REPLY 3	 /* where servers have theirs */
#define MADE SPACES

static struct report ask_service(
    uid_t party, uint32_t number, uint32_t ebx, uint32_t ecx, uid_t uid)
{
	struct order o = {.operation = ASK_KERNEL,
	    .detail = number,
	    .seed = ebx,
	    .send_timeout = ecx,
	    .partner = uid};

	return tell_and_ask(party, &o);
}

static uint32_t create(uid_t party, uint32_t reply)
{
	struct report r =
	    ask_service(party, SERVICE_CREATE_PORT, reply, 0, NOBODY);

	return r.result == SERVICE_OK ? r.words[0] : NO_PORT;
}

static uint32_t assign(uid_t party, uint32_t port, uid_t to)
{
	return ask_service(party, SERVICE_ASSIGN_PORT, port, 0, to).result;
}

static uint32_t link(uid_t party, uint32_t index, uint32_t port)
{
	return ask_service(party, SERVICE_LINK_PORT, index, port, NOBODY)
	    .result;
}

/* The client's message reaches the server by PORT(index), and from there. */
static bool arrives(uid_t client, uint32_t index, uid_t server, uid_t from)
{
	struct order send = order_send(PORT(index), DOPE(3, 0), 0);
	struct order receive = order_receive(NOBODY, DOPE(3, 0), 0);
	struct report r;

	tell(server, &receive);
	settle();
	if (tell_and_ask(client, &send).result != IPC_OK)
		return false;
	r = ask(server);
	return received_all(&r, &send, from);
}

static bool leads_nowhere(uid_t client, uint32_t index)
{
	struct order send = order_send(PORT(index), 0, 0);
	struct order receive = order_receive(PORT(index), 0, 0);

	return tell_and_ask(client, &send).result == IPC_NO_PARTNER &&
	       tell_and_ask(client, &receive).result ==
		   (IPC_NO_PARTNER | IPC_IN_RECEIVE);
}

/* A call by a port, answered by the link that the server gets. */
static bool is_answered(uint32_t client_space, uint32_t server_space)
{
	uid_t client = party_create(client_space);
	uid_t server = party_create(server_space);
	struct order call = order_call(PORT(LINK)), answer;
	struct order receive = order_receive(NOBODY, 0, 0);
	struct report r;

	if (link(client, LINK, create(server, REPLY)) != SERVICE_OK)
		return false;
	receive.receive.address += 256;
	tell(server, &receive);
	tell(client, &call);
	r = ask(server);
	if (!received_all(&r, &call, PORT(REPLY)))
		return false;
	answer = order_send(r.from, 0, 0);
	answer.send.address += 512;
	if (tell_and_ask(server, &answer).result != IPC_OK)
		return false;
	r = ask(client);
	return received_all(&r, &answer, server);
}

static bool between_spaces(void)
{
	return is_answered(HERE, THERE);
}

static bool between_others(void)
{
	return is_answered(THERE, THERE + 1);
}

static bool in_one_space(void)
{
	return is_answered(THERE, THERE);
}

/* Each of two clients gets its own answer, by the shortest ways through the kernel: with
 * an index that is too large, and to whatever the link led before. */
static bool each_client(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);
	uid_t server = party_create(HERE), clients[] = {a, b, b, a};
	struct order receive = order_receive(NOBODY, 0, 0);
	struct order call = order_call(PORT(LINK + PORT_LINKS));
	struct order answer = order_reply(PORT(REPLY));
	uint32_t port = create(server, REPLY), n;
	struct report r;

	link(a, LINK, port);
	link(b, LINK, port);
	tell(server, &receive);
	for (n = 0; n < sizeof(clients) / sizeof(clients[0]); n++) {
		settle();
		call.seed = next_seed();
		tell(clients[n], &call);
		r = ask(server);
		if (!received_all(&r, &call, PORT(REPLY)))
			return false;
		settle();
		answer.seed = next_seed();
		tell(server, &answer);
		r = ask(clients[n]);
		if (!received_all(&r, &answer, server))
			return false;
	}
	return true;
}

static bool empty_links(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);

	return leads_nowhere(a, 0) && leads_nowhere(a, LINK) &&
	       leads_nowhere(a, PORT_LINKS - 1) && create(a, 0) &&
	       leads_nowhere(a, LINK) && leads_nowhere(a, 0) &&
	       leads_nowhere(b, LINK);
}

static bool index_is_restricted(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);

	link(a, LINK, create(b, REPLY));
	return arrives(a, LINK + 7 * PORT_LINKS, b, PORT(REPLY)) &&
	       arrives(a, LINK - PORT_LINKS, b, PORT(REPLY)) &&
	       leads_nowhere(a, LINK + 1);
}

static bool other_messages(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);
	struct order send = order_send(b, 0, 0);
	struct order receive = order_receive(NOBODY, 0, 0);
	struct report r;

	link(a, LINK, create(b, REPLY));
	tell(b, &receive);
	tell_and_ask(a, &send);
	r = ask(b);
	return received_all(&r, &send, a);
}

static bool received_from(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);
	uid_t c = party_create(HERE);
	struct order receive = order_receive(PORT(LINK), DOPE(3, 0), 0);
	struct order send = order_send(a, DOPE(3, 0), 0), other = send;
	struct report r;

	link(a, LINK, create(b, REPLY));
	tell(a, &receive);
	other.send_timeout = TIMEOUT_NONE;
	if (tell_and_ask(c, &other).result != IPC_TIMEOUT ||
	    tell_and_ask(b, &send).result != IPC_OK)
		return false;
	r = ask(a);
	return received_all(&r, &send, b);
}

static bool other_receiver(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);
	uid_t c = party_create(THERE + 1), d = party_create(HERE);
	uint32_t port = create(b, REPLY);

	link(a, LINK, port);
	return arrives(a, LINK, b, PORT(REPLY)) &&
	       assign(d, port, d) == SERVICE_DENIED &&
	       assign(b, port, d) == SERVICE_DENIED &&
	       assign(b, port, b ^ 1) == SERVICE_NO_THREAD &&
	       assign(c, port, c) == SERVICE_OK &&
	       arrives(a, LINK, c, PORT(REPLY));
}

static bool closed(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);
	uint32_t port = create(b, REPLY), other;

	link(a, LINK, port);
	if (!arrives(a, LINK, b, PORT(REPLY)) ||
	    assign(b, port, NOBODY) != SERVICE_OK)
		return false;
	/* Links to it have not become links to the next one. */
	other = create(b, REPLY);
	return leads_nowhere(a, LINK) && leads_nowhere(b, REPLY) &&
	       other != port && assign(b, port, b) == SERVICE_BAD_ARGUMENT &&
	       link(a, LINK + 1, port) == SERVICE_BAD_ARGUMENT &&
	       link(a, LINK, other) == SERVICE_OK &&
	       arrives(a, LINK, b, PORT(REPLY)) && create(b, REPLY) == port &&
	       link(a, LINK, NO_PORT) == SERVICE_OK && leads_nowhere(a, LINK);
}

static bool dead_receiver(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);
	uid_t c = party_create(THERE + 1);
	uint32_t port = create(b, REPLY);

	link(a, LINK, port);
	party_delete(b);
	return leads_nowhere(a, LINK) && assign(c, port, c) == SERVICE_OK &&
	       arrives(a, LINK, c, PORT(REPLY));
}

/* Who is to be answered has died: its link leads to nobody else. */
static bool dead_client(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);

	link(a, LINK, create(b, REPLY));
	if (!arrives(a, LINK, b, PORT(REPLY)))
		return false;
	party_delete(a);
	party_create(THERE);
	return leads_nowhere(b, REPLY);
}

static bool bad_arguments(void)
{
	uid_t a = party_create(THERE);
	uint32_t port = create(a, REPLY);

	return !create(a, PORT_REPLIES) && !create(a, ~0u) &&
	       link(a, 0, port) == SERVICE_BAD_ARGUMENT &&
	       link(a, PORT_REPLIES - 1, port) == SERVICE_BAD_ARGUMENT &&
	       link(a, PORT_LINKS, port) == SERVICE_BAD_ARGUMENT &&
	       link(a, ~0u, port) == SERVICE_BAD_ARGUMENT &&
	       link(a, LINK, MAX_PORTS) == SERVICE_BAD_ARGUMENT &&
	       link(a, LINK, ~0u) == SERVICE_BAD_ARGUMENT &&
	       link(a, LINK, port + 1) == SERVICE_BAD_ARGUMENT &&
	       assign(a, NO_PORT, a) == SERVICE_BAD_ARGUMENT &&
	       assign(a, MAX_PORTS, a) == SERVICE_BAD_ARGUMENT &&
	       assign(a, ~0u, a) == SERVICE_BAD_ARGUMENT;
}

/* The port becomes another's while a message waits to go by it. */
static bool changed_meanwhile(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);
	uid_t c = party_create(THERE + 1);
	struct order send = order_send(PORT(LINK), DOPE(3, 0), 0);
	struct order receive = order_receive(NOBODY, DOPE(3, 0), 0);
	uint32_t port = create(b, REPLY);
	struct report r;

	link(a, LINK, port);
	tell(a, &send);
	settle();
	assign(c, port, c);
	r = tell_and_ask(b, &receive);
	if (!received_all(&r, &send, a) || ask(a).result != IPC_OK)
		return false;
	assign(c, port, b);
	tell(a, &send);
	settle();
	assign(b, port, NOBODY);
	r = tell_and_ask(b, &receive);
	return received_all(&r, &send, a) && ask(a).result == IPC_OK;
}

/* The receiver is the sender's pager, too. */
static bool faults_are_no_messages(void)
{
	uid_t b = party_create(HERE), a = client_create(THERE, b);
	struct order send = order_send(PORT(LINK), DOPE(3, 0), 0);
	bool asked;

	link(a, LINK, create(b, REPLY));
	send.raw = true;
	send.send.address = PLACE;
	send.send.made_up = NOTHING;
	tell(a, &send);
	asked = gets_fault(b, a, PLACE, false);
	answer(b, a, page_at(0), PAGE);
	parties_delete();
	unmap_in(THERE, 1);
	return asked;
}

/* What is checked of messages to a uid is of these, too. */
static bool kernels_memory(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);
	struct order receive = order_receive(NOBODY, 0, 0);
	struct order send = order_send(b, 0, 0);
	struct order call = order_call(PORT(LINK));
	struct report r;

	/* Stubs that copy would do it themselves. */
	if (!CONFIG_SHARED_BUFFERS || !CONFIG_COMPLEX_MESSAGES) {
		call = order_send(PORT(LINK), 0, 0);
		call.raw = true;
	}
	link(a, LINK, create(b, REPLY));
	tell(b, &receive);
	settle();
	call.send.made_up = NOTHING;
	call.send.address = 0xF0100000;
	if (tell_and_ask(a, &call).result != IPC_FAULT)
		return false;
	tell_and_ask(a, &send);
	r = ask(b);
	return received_all(&r, &send, a);
}

static bool goes_with_task(void)
{
	struct memory_state before;
	uid_t made, here = party_create(HERE), there = party_create(THERE);
	uint32_t n, port, count = 0, first = create(here, REPLY);
	bool in_made;

	/* The table of links stays as long as the task. */
	create(there, REPLY);
	link(here, LINK, first);
	memory_in_use(&before);
	space_create(MADE);
	made = party_create(MADE);
	port = create(made, REPLY);
	link(here, LINK, port);
	link(made, LINK, first);
	in_made = arrives(here, LINK, made, PORT(REPLY));
	while (create(made, count % PORT_REPLIES))
		count++;
	for (n = PORT_REPLIES; n < PORT_LINKS; n++)
		link(made, n, n % 2 ? first : port);
	space_delete(MADE);
	return in_made && count > 100 && leads_nowhere(here, LINK) &&
	       link(here, LINK, NO_PORT) == SERVICE_OK &&
	       create(there, REPLY) != NO_PORT && memory_is_back(&before);
}

static const struct {
	bool (*passes)(void);
	const char *what;
} tests[] = {{between_spaces, "a call, answered by a link"},
    {between_others, "the same between others"},
    {in_one_space, "and inside one space"},
    {each_client, "each client gets its answer"},
    {empty_links, "a link that leads nowhere"},
    {index_is_restricted, "an index too large"},
    {other_messages, "who sends to a uid is known by his"},
    {received_from, "receiving from who is behind a port"},
    {other_receiver, "another thread receives"},
    {closed, "a port that is no more"},
    {dead_receiver, "its receiver has died"},
    {dead_client, "who is to be answered has died"},
    {bad_arguments, "bad arguments"},
    {changed_meanwhile, "changes while a message waits"},
    {faults_are_no_messages, "a page fault does not come by one"},
    {kernels_memory, "what is the kernel's is not sent"},
    {goes_with_task, "ports and links go with their task"}};

static bool there_are_none(void)
{
	uid_t a = party_create(THERE);

	return ask_service(a, SERVICE_CREATE_PORT, 0, 0, NOBODY).result ==
		   SERVICE_UNKNOWN &&
	       assign(a, 1, a) == SERVICE_UNKNOWN &&
	       link(a, LINK, 1) == SERVICE_UNKNOWN && leads_nowhere(a, LINK);
}

void test_ports(void)
{
	uint32_t n;

	for (n = 0; n < sizeof(tests) / sizeof(tests[0]); n++) {
		check(CONFIG_PORTS ? tests[n].passes() : skip("no ports"),
		    "ports: %s", tests[n].what);
		parties_delete();
	}
	check(CONFIG_PORTS ? skip("ports") : there_are_none(),
	    "ports: without the extension there are none");
	parties_delete();
}
