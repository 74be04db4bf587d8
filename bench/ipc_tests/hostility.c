/* SPDX-License-Identifier: BSD-2-Clause */
#include "hostile.h"
#include "tests.h"

/* After it two others can still talk, in and between spaces. */
static void check_others(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);
	struct order send = order_send(b, DOPE(20, 1), 5000);
	struct order receive = order_receive(a, DOPE(20, 1), 5000);
	struct report r;

	tell(b, &receive);
	tell(a, &send);
	r = ask(b);
	check(ask(a).result == IPC_OK && received_all(&r, &send, a),
	    "the others go on");
	parties_delete();
}

/*
 * A processor does not execute it at the user's level, whatever the kernel has
 * done. If a thread has and is still at that level, it is the emulator (QEMU
 * from 9 on).
 */
static bool allowed[FATAL];

static bool emulator_allows(enum hostile what, const struct report *r)
{
	allowed[what] =
	    (what == FLUSH_CACHE || what == WRITE_CACHE_BACK) && r->result == 3;
	return allowed[what] && skip("not with this emulator");
}

void tell_of_emulator(void)
{
	enum hostile what;

	for (what = 0; what < FATAL; what++)
		if (allowed[what])
			print("# not tested, as this emulator does not do what "
			      "a processor does: a thread that %s is ended\n",
			    hostile_names[what]);
}

static void test_fatal(enum hostile what)
{
	bool done, passed;
	uid_t a = party_create(THERE), b = party_create(THERE + 1);
	struct order o = order_send(b, DOPE(20, 1), 5000);
	struct order receive = order_receive(a, DOPE(20, 1), 5000);
	struct order send = order_send(a, 0, 0);
	struct report r;

	receive.receive.address = o.send.address;
	receive.receive.string = o.send.address + 8192;
	o.operation = HOSTILE;
	o.detail = what;
	if (what == READ_WINDOW_AFTER_SENDING ||
	    what == READ_WINDOW_AFTER_FAILING)
		tell(b, &receive);
	tell(a, &o);
	done = is_done(a, &r);
	passed = done ? emulator_allows(what, &r)
		      : perform(&send).result == IPC_NO_PARTNER;
	check(passed, "a thread that %s is ended", hostile_names[what]);
	check_others();
}

static void test_harmless(enum hostile what, uint32_t expected)
{
	uid_t a = party_create(THERE);
	struct order o = {
	    .operation = HOSTILE, .detail = what, .partner = thread_self()};

	check(tell_and_ask(a, &o).result == expected,
	    "a thread that %s gets %u", hostile_names[what], expected);
	check_others();
}

static void test_direction_flag(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);
	struct order o =
	    order_send(b, DOPE(100, CONFIG_COMPLEX_MESSAGES), 50000);
	struct order receive = order_receive(a, DOPE(100, 1), 50000);
	struct report r;

	o.operation = HOSTILE;
	o.detail = DIRECTION_FLAG;
	tell(b, &receive);
	check(tell_and_ask(a, &o).result == IPC_OK, "a thread that %s",
	    hostile_names[DIRECTION_FLAG]);
	r = ask(b);
	check(received_all(&r, &o, a), "its message arrives");
	parties_delete();
}

/* Calls for ever, with the direction flag set. */
static void call_backwards(void *server)
{
	static MESSAGE_VARIABLE(0, 0) message;
	uid_t to = *(uid_t *)server;

	for (;;) {
		const struct ipc_parameters parameters = {(uint32_t)&message,
		    TIMEOUT_NEVER, (uint32_t)&message, (uint32_t)to,
		    (uint32_t)(to >> 32), TIMEOUT_NEVER};
		uint32_t eax, ebx, ecx, edx, esi, edi;

		asm volatile("std; pushl %%ebp; int %6; popl %%ebp; cld"
			     : "=a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx),
			     "=S"(esi), "=D"(edi)
			     : "i"(CONFIG_RPC_SYSCALLS ? IPC_CALL : IPC_SEND),
			     IPC_PARAMETERS(parameters)
			     : "memory");
		if (!CONFIG_RPC_SYSCALLS)
			ipc_receive(to, &message.head, TIMEOUT_NEVER);
	}
}

static void answer_calls(void *unused)
{
	static MESSAGE_VARIABLE(0, 0) message;
	struct received r = ipc_receive(NOBODY, &message.head, TIMEOUT_NEVER);

	(void)unused;
	for (;;)
		r = ipc_reply_and_receive_next(r.from, &message.head,
		    TIMEOUT_NEVER, &message.head, TIMEOUT_NEVER);
}

#define SOME_TICKS (1 << 19) /* bytes; takes some timeslices of a tick */

/* While others are in the middle of a copy. */
static void test_calls_backwards(void)
{
	static char stacks[2][1024] __attribute__((aligned(16)));
	uid_t a = party_create(THERE), b = party_create(THERE + 1), caller;
	uid_t server = thread_create(answer_calls, NULL, stacks[0], 1024);
	struct order send = order_send(b, DOPE(0, 1), SOME_TICKS);
	struct order receive = order_receive(a, DOPE(0, 1), SOME_TICKS);
	struct order schedule = {.operation = SCHEDULE,
	    .partner = a,
	    .detail = SCHEDULE_KEEP,
	    .send_timeout = 1};
	struct report r;

	tell_and_ask(a, &schedule);
	tell(b, &receive);
	settle();
	caller = thread_create(
	    call_backwards, &server, stacks[1], sizeof(stacks[1]));
	tell(a, &send);
	r = ask(b);
	check(ask(a).result == IPC_OK && received_all(&r, &send, a),
	    "a long string, others call with the direction flag set");
	thread_delete(caller);
	thread_delete(server);
	parties_delete();
}

void test_hostility(void)
{
	enum hostile what;

	for (what = 0; what < FATAL; what++)
		test_fatal(what);
	test_harmless(WRITE_TO_CONSOLE, SERVICE_DENIED);
	test_harmless(STOP_MACHINE, SERVICE_DENIED);
	test_harmless(DELETE_FOREIGN_THREAD, SERVICE_DENIED);
	test_harmless(ATTACH_INTERRUPT, SERVICE_DENIED);
	test_harmless(READ_PORT, SERVICE_DENIED);
	test_harmless(WRITE_PORT, SERVICE_DENIED);
	test_harmless(READ_ABOUT_MACHINE, SERVICE_DENIED);
	test_harmless(READ_MODEL_REGISTER, SERVICE_DENIED);
	test_harmless(READ_ACPI_TIMER, SERVICE_DENIED);
	test_harmless(SWAP_OUT_THREAD, SERVICE_DENIED);
	test_harmless(UNKNOWN_SERVICE, SERVICE_UNKNOWN);
	test_direction_flag();
	test_calls_backwards();
	for (what = NULL_SEGMENTS; what < HOSTILITIES; what++)
		test_harmless(what, 0);
}
