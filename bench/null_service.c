/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Into the kernel and out again (sections 3 and 5.5): a kernel service that
 * does nothing but tell the caller's uid, as Mach's mach_thread_self. In a
 * loop; and each time after an answer from another address space, when the TLB
 * is empty.
 *
 * Modules: this program twice. The second one answers. Command line: calls=N.
 */
#include "runtime/runtime.h"

#define CALLS 1000
#define WARM_UP 10

static MESSAGE_VARIABLE(0, 0) message = {.head = {0}};

static void call_service(uint32_t calls)
{
	while (calls--)
		thread_self();
}

static void call_service_after_switch(uid_t other, uint32_t calls)
{
	while (calls--) {
		ipc_call(other, &message.head, TIMEOUT_NEVER, &message.head,
		    TIMEOUT_NEVER);
		thread_self();
	}
}

static void measure(uid_t other, bool switches, uint32_t calls)
{
	uint64_t start = read_tsc(), end;

	if (switches)
		call_service_after_switch(other, calls);
	else
		call_service(calls);
	end = read_tsc();
	record_sample("switches=%u calls=%u start=%U end=%U", switches, calls,
	    start, end);
}

static void answer(uid_t root)
{
	struct received r;

	ipc_send(root, &message.head, TIMEOUT_NEVER);
	r = ipc_receive(root, &message.head, TIMEOUT_NEVER);
	while (code(r) == IPC_OK)
		r = ipc_reply_and_receive_next(r.from, &message.head,
		    TIMEOUT_NEVER, &message.head, TIMEOUT_NEVER);
	fail("the other task: result %u", code(r));
}

void program(const char *command_line, uid_t root)
{
	uint32_t calls = argument(command_line, "calls", CALLS);
	struct received hello;

	if (root != NOBODY)
		answer(root);
	hello = ipc_receive(NOBODY, &message.head, TIMEOUT_NEVER);
	if (code(hello) != IPC_OK)
		fail("no other task: result %u", code(hello));
	record_begin("null_service");
	call_service(WARM_UP);
	call_service_after_switch(hello.from, WARM_UP);
	measure(hello.from, false, calls);
	measure(hello.from, true, calls);
	record_end();
	machine_stop(0);
}
