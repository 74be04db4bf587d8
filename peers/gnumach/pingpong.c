/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ping-pong of bench/pingpong.c on GNU Mach: n bytes inline go to and fro
 * between two tasks. Each message to the server carries a right to reply once,
 * as remote procedure calls on Mach do. Either each side sends and receives the
 * next message by one kernel call, or it makes two. The timed loops are after a
 * warm-up; first and last messages are checked. Then the null kernel call.
 *
 * The kernel boots it twice, as tasks: "server", and "client PORT [N]", PORT
 * being the client's name for the server's task, N the number of round trips.
 */
#include "runtime.h"

#define ROUND_TRIPS 10000u
#define WARM_UP 100

#define SERVER_PORT 0x1000 /* the server's own name for where it receives */

static const uint32_t sizes[] = {8, 12, 128, 512, 1024, 2048, 4096};

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static struct ping m __attribute__((aligned(4096)));

/* Sends m and receives the next message in it. */
static inline uint32_t exchange(port_t receive, uint32_t traps)
{
	uint32_t result;

	if (traps == 1)
		return mach_msg_trap(&m.header, OPTION_SEND | OPTION_RECEIVE,
		    m.header.size, sizeof(m), receive, 0, 0);
	result =
	    mach_msg_trap(&m.header, OPTION_SEND, m.header.size, 0, 0, 0, 0);
	if (result != MACH_SUCCESS)
		return result;
	return mach_msg_trap(
	    &m.header, OPTION_RECEIVE, 0, sizeof(m), receive, 0, 0);
}

/* --- server ------------------------------------------------------------------
 */

/* One series; m holds the order. Returns with the next order in m. */
static void serve(void)
{
	uint32_t bytes = m.data[0], n = m.data[1], traps = m.data[2];

	message_return(&m);
	while (n--) {
		if (exchange(SERVER_PORT, traps) != MACH_SUCCESS)
			fail("server: send or receive has failed");
		if (m.header.id != PING)
			message_fill(&m, bytes,
			    message_holds(&m, bytes, REQUEST) ? ANSWER : WRONG);
		message_return(&m);
	}
	if (exchange(SERVER_PORT, 1) != MACH_SUCCESS)
		fail("server: no more orders");
}

static void server(void)
{
	uint32_t result;

	/* Until the client has given us the port. */
	while ((result = mach_msg_trap(&m.header, OPTION_RECEIVE, 0, sizeof(m),
		    SERVER_PORT, 0, 0)) == RECEIVE_INVALID_NAME)
		swtch_pri(0);
	if (result != MACH_SUCCESS)
		fail("server: cannot receive, %x", result);
	for (;;)
		serve();
}

/* --- client ------------------------------------------------------------------
 */

static port_t to_server, reply;

static void play(uint32_t n, uint32_t traps)
{
	uint32_t result;

	while (n--) {
		message_address(&m, to_server, reply);
		result = exchange(reply, traps);
		if (result != MACH_SUCCESS)
			fail("client: send or receive has failed, %x", result);
	}
}

static void play_checked(uint32_t bytes, uint32_t traps)
{
	message_prepare(&m, bytes, REQUEST);
	message_fill(&m, bytes, REQUEST);
	play(1, traps);
	if (!message_holds(&m, bytes, ANSWER))
		fail("%u bytes did not arrive as they were sent", bytes);
}

static void order(uint32_t bytes, uint32_t n, uint32_t traps)
{
	message_prepare(&m, 12, ORDER);
	m.data[0] = bytes;
	m.data[1] = n;
	m.data[2] = traps;
	play(1, 1);
}

static void measure(uint32_t bytes, uint32_t traps, uint32_t rounds)
{
	uint64_t start, end;

	order(bytes, 1 + WARM_UP + rounds + 1, traps);
	play_checked(bytes, traps);
	message_prepare(&m, bytes, PING);
	play(WARM_UP, traps);
	start = read_tsc();
	play(rounds, traps);
	end = read_tsc();
	play_checked(bytes, traps);
	record_sample("bytes=%u traps=%u round_trips=%u start=%U end=%U", bytes,
	    traps, rounds, start, end);
}

static void call_null(uint32_t n)
{
	while (n--)
		mach_thread_self();
}

static void measure_null_call(uint32_t rounds)
{
	uint64_t start, end;

	call_null(WARM_UP);
	start = read_tsc();
	call_null(rounds);
	end = read_tsc();
	record_sample("bytes=0 traps=0 round_trips=%u start=%U end=%U", rounds,
	    start, end);
}

/* A port whose receive right goes to the server and a send right stays here. */
static void make_ports(port_t server_task)
{
	port_t self = mach_task_self();

	if (mach_port_allocate(self, RIGHT_RECEIVE, &to_server) ||
	    mach_port_insert_right(self, to_server, to_server, MAKE_SEND) ||
	    mach_port_insert_right(
		server_task, SERVER_PORT, to_server, MOVE_RECEIVE))
		fail("client: no port to the server");
	reply = mach_reply_port();
}

static void client(port_t server_task, uint32_t rounds)
{
	uint32_t n, traps;

	make_ports(server_task);
	print("\n"); /* the kernel leaves its line unfinished */
	record_begin("gnumach");
	measure_null_call(rounds);
	for (n = 0; n < SIZES; n++)
		for (traps = 1; traps <= 2; traps++)
			measure(sizes[n], traps, rounds);
	record_end();
	machine_stop(0);
	for (;;)
		thread_yield();
}

static uint32_t number(const char *text)
{
	uint32_t value = 0;

	while (*text >= '0' && *text <= '9')
		value = value * 10 + (uint32_t)(*text++ - '0');
	return value;
}

void program(uint32_t argc, char **argv)
{
	if (argc == 2)
		server();
	if (argc == 3)
		client(number(argv[2]), ROUND_TRIPS);
	if (argc == 4)
		client(number(argv[2]), number(argv[3]));
	fail("%u arguments: neither server nor client", argc);
}
