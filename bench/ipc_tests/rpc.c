/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests.h"

static void test_call(uint32_t client_space, uint32_t server_space)
{
	uid_t client = party_create(client_space);
	uid_t server = party_create(server_space);
	uid_t third = party_create(THERE + 1);
	struct order call = order_call(server);
	struct order receive = order_receive(NOBODY, 0, 0);
	struct order reply = order_send(client, 0, 0);
	struct order intrude = order_send(client, 0, 0);
	struct report r;

	tell(client, &call);
	r = tell_and_ask(server, &receive);
	check(received_all(&r, &call, client),
	    "call, space %u to %u: the request", client_space, server_space);
	intrude.send_timeout = TIMEOUT_NONE;
	check(tell_and_ask(third, &intrude).result == IPC_TIMEOUT,
	    "nobody else can answer a call");
	check(!is_done(client, &r), "the client waits for the answer");
	tell(server, &reply);
	r = ask(client);
	check(received_all(&r, &reply, server), "the answer");
	check(ask(server).result == IPC_OK, "the server goes on");

	call.send_timeout = TIMEOUT_NONE;
	check(tell_and_ask(client, &call).result == IPC_TIMEOUT,
	    "call, not waiting, to one that does not receive");
	call.send_timeout = TIMEOUT_NEVER;
	call.receive_timeout = TIMEOUT_NONE;
	tell(server, &receive);
	settle();
	tell(client, &call);
	r = ask(client);
	check(r.result == (IPC_TIMEOUT | IPC_IN_RECEIVE),
	    "call that does not wait for the answer");
	r = ask(server);
	check(received_all(&r, &call, client), "has sent the request");
	parties_delete();
}

/* Three clients; the server answers each and takes the next at once. */
static void test_reply_and_receive_next(void)
{
	uid_t server = party_create(3), clients[3];
	struct order calls[3], receive = order_receive(NOBODY, 0, 0), reply;
	struct report r;
	uint32_t n;

	for (n = 0; n < 3; n++) {
		clients[n] = party_create(n);
		calls[n] = order_call(server);
		tell(clients[n], &calls[n]);
		settle();
	}
	r = tell_and_ask(server, &receive);
	check(received_all(&r, &calls[0], clients[0]), "the first of three");
	for (n = 0; n < 2; n++) {
		reply = order_reply(clients[n]);
		tell(server, &reply);
		r = ask(clients[n]);
		check(received_all(&r, &reply, server),
		    "reply & receive next: the answer to %u", n);
		r = ask(server);
		check(received_all(&r, &calls[n + 1], clients[n + 1]),
		    "reply & receive next: the request of %u", n + 1);
	}
	reply = order_reply(clients[2]);
	tell(server, &reply);
	r = ask(clients[2]);
	check(received_all(&r, &reply, server), "the last answer");
	check(!is_done(server, &r), "the server waits for more");
	tell(clients[1], &calls[1]);
	r = ask(server);
	check(received_all(&r, &calls[1], clients[1]), "which it gets");
	parties_delete();
}

/* Answers have contents of all kinds too. */
static void test_long_answers(void)
{
	uid_t client = party_create(HERE), server = party_create(THERE);
	struct order call = order_call(server),
		     reply = order_send(client, DOPE(7, 1), 5000);
	struct order receive = order_receive(client, 0, 0);
	struct report r;

	call.receive.dope = DOPE(10, 1);
	call.receive.length = 6000;
	tell(server, &receive);
	tell(client, &call);
	ask(server);
	tell(server, &reply);
	r = ask(client);
	check(received_all(&r, &reply, server), "a call with a long answer");
	parties_delete();
}

void test_rpc(void)
{
	test_call(HERE, HERE);
	test_call(HERE, THERE);
	test_call(THERE, HERE);
	test_reply_and_receive_next();
	test_long_answers();
}
