/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A load, as of a system with some users (5.3.4): how often do threads go into
 * the ready queue and out of it, and how many messages are sent meanwhile? The
 * program counts its messages, the harness the operations on queues.
 *
 * Clients sleep, wake, and have something done: each call goes to a server in
 * another address space, which calls a second one in a third before it answers;
 * before each call the client computes a little. Other threads compute all the
 * time at a lower priority, so that timeslices end. How many calls a client
 * makes each time it wakes is the parameter: the more, the more messages to a
 * wakeup.
 *
 * Modules: this program three times. Command line: calls=N, for this number
 * only.
 */
#include "runtime/runtime.h"

#define CLIENTS 4u
#define COMPUTERS 2u
#define STACK_BYTES 2048u
#define MEASURED 1000u /* ms */
#define SETTLE 200u    /* ms */

/* In loops of compute. */
#define CLIENT_COMPUTES 200u /* before each call */
#define SERVER_COMPUTES 100u /* before each answer */

#define MESSAGES_A_CALL 4u /* to each server and back */

static const uint32_t calls_a_time[] = {1, 2, 5, 10, 20, 50};

#define SERIES (sizeof(calls_a_time) / sizeof(calls_a_time[0]))

struct client {
	uint32_t sleeps; /* ms */
	volatile uint32_t calls, wakeups;
};

static struct client clients[CLIENTS];
static volatile uint32_t calls_wanted;
static uid_t server;
static char stacks[CLIENTS + COMPUTERS][STACK_BYTES]
    __attribute__((aligned(16)));

/* Receives from the server, which sends nothing of its own accord. */
static void sleep(uint32_t ms)
{
	MESSAGE_VARIABLE(0, 0) m = {.head = {0}};

	ipc_receive(server, &m.head, ms);
}

static void call(uid_t to)
{
	MESSAGE_VARIABLE(0, 0) m = {.head = {0}};
	struct received r =
	    ipc_call(to, &m.head, TIMEOUT_NEVER, &m.head, TIMEOUT_NEVER);

	if (code(r) != IPC_OK)
		fail("call: result %u", code(r));
}

static void run_client(void *argument)
{
	struct client *me = argument;
	uint32_t n;

	for (;;) {
		sleep(me->sleeps);
		me->wakeups++;
		for (n = calls_wanted; n; n--) {
			compute(CLIENT_COMPUTES);
			call(server);
			me->calls++;
		}
	}
}

static void run_computer(void *unused)
{
	(void)unused;
	for (;;)
		compute(1000);
}

/* Calls the next one, if there is one, before it answers. */
static void serve(uid_t next)
{
	MESSAGE_VARIABLE(0, 0) m = {.head = {0}};
	struct received r = ipc_receive(NOBODY, &m.head, TIMEOUT_NEVER);

	for (;;) {
		if (code(r) != IPC_OK)
			fail("server: result %u", code(r));
		if (next != NOBODY)
			call(next);
		compute(SERVER_COMPUTES);
		r = ipc_reply_and_receive_next(
		    r.from, &m.head, TIMEOUT_NEVER, &m.head, TIMEOUT_NEVER);
	}
}

/* Another module: the root thread tells which server comes next. */
static void run_server(uid_t root)
{
	MESSAGE_VARIABLE(0, 0) m = {.head = {0}};
	struct received r =
	    ipc_call(root, &m.head, TIMEOUT_NEVER, &m.head, TIMEOUT_NEVER);

	serve((uid_t)r.words[1] << 32 | r.words[0]);
}

/* Both have called. The first one is the clients', the second one the first's.
 */
static void start_servers(void)
{
	MESSAGE_VARIABLE(0, 0) m = {.head = {0}};
	struct received first, second;

	first = ipc_receive(NOBODY, &m.head, TIMEOUT_NEVER);
	second = ipc_receive(NOBODY, &m.head, TIMEOUT_NEVER);
	m.head.words[0] = m.head.words[1] = 0;
	ipc_send(second.from, &m.head, TIMEOUT_NEVER);
	m.head.words[0] = (uint32_t)second.from;
	m.head.words[1] = (uint32_t)(second.from >> 32);
	ipc_send(first.from, &m.head, TIMEOUT_NEVER);
	server = first.from;
}

static void start_threads(void)
{
	uint32_t n;

	for (n = 0; n < CLIENTS; n++) {
		clients[n].sleeps = 12 + 8 * n;
		thread_create(run_client, clients + n, stacks[n], STACK_BYTES);
	}
	for (n = 0; n < COMPUTERS; n++) {
		uid_t uid = thread_create(
		    run_computer, NULL, stacks[CLIENTS + n], STACK_BYTES);

		thread_schedule(uid, PRIORITY_DEFAULT - 1, SCHEDULE_KEEP);
	}
}

static struct client sum(void)
{
	struct client all = {0};
	uint32_t n;

	for (n = 0; n < CLIENTS; n++) {
		all.calls += clients[n].calls;
		all.wakeups += clients[n].wakeups;
	}
	return all;
}

static void measure(uint32_t wanted)
{
	struct client before, after;
	uint64_t start, end;
	uint32_t ticks;

	calls_wanted = wanted;
	sleep(SETTLE);
	before = sum();
	ticks = clock_ticks();
	start = read_tsc();
	sleep(MEASURED);
	end = read_tsc();
	ticks = clock_ticks() - ticks;
	after = sum();
	record_sample("calls_a_time=%u messages=%u wakeups=%u ticks=%u "
		      "start=%U end=%U",
	    wanted, (after.calls - before.calls) * MESSAGES_A_CALL,
	    after.wakeups - before.wakeups, ticks, start, end);
}

void program(const char *command_line, uid_t root)
{
	uint32_t only = argument(command_line, "calls", 0), n;

	if (root != NOBODY)
		run_server(root);
	start_servers();
	start_threads();
	record_begin("load");
	for (n = 0; n < SERIES; n++)
		if (!only || only == calls_a_time[n])
			measure(calls_a_time[n]);
	record_end();
	machine_stop(0);
}
