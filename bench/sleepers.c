/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What timeouts cost (5.3.3) while k threads sleep: the clock interrupt, and a
 * call that waits with a timeout for its answer. The sleepers are near (they
 * will wake in a second or two) or far (in an hour); the call's timeout is
 * between.
 *
 * The interrupt is timed by a loop that it interrupts. The same loop without
 * interrupts, of two lengths, tells what the loop itself takes.
 *
 * Module: this program once. Command line: sleepers=N, for so many only.
 */
#include "runtime/runtime.h"

#define MOST_SLEEPERS 800u
#define STACK_BYTES 512u

/* ms */
#define NEAR 1900u /* what no kernel takes for far */
#define BETWEEN 5000u
#define FAR 3600000u
#define SETTLE 200u /* until the far ones are where they belong */

#define TICKS                                                                  \
	256u /* a multiple of all periods in which kernels do something        \
	      */
#define FOR_EVER 0xFFFFFFFFu
#define FEW_LOOPS 50u
#define MORE_LOOPS 150u
#define CALLS 5u
#define WARM_UP 2u

enum what { LOOP, INTERRUPTED_LOOP, CALL, CALL_WITH_TIMEOUT };

static const uint32_t crowds[] = {0, 50, 100, 200, 400, MOST_SLEEPERS};

#define CROWDS (sizeof(crowds) / sizeof(crowds[0]))

static uid_t sleepers[MOST_SLEEPERS], root_uid, partner_uid;
static uint32_t sleeper_count;
static char stacks[MOST_SLEEPERS][STACK_BYTES] __attribute__((aligned(16)));
static char partner_stack[4096] __attribute__((aligned(16)));

/* Sleeps as long as it is told, or until it is told again. */
static void sleep_as_told(void *unused)
{
	MESSAGE_VARIABLE(0, 0) m = {.head = {0}};

	(void)unused;
	for (;;) {
		struct received r =
		    ipc_receive(root_uid, &m.head, TIMEOUT_NEVER);

		ipc_receive(root_uid, &m.head, r.words[0]);
	}
}

static void answer(void *unused)
{
	MESSAGE_VARIABLE(0, 0) m = {.head = {0}};
	struct received r = ipc_receive(root_uid, &m.head, TIMEOUT_NEVER);

	(void)unused;
	for (;;)
		r = ipc_reply_and_receive_next(
		    r.from, &m.head, TIMEOUT_NEVER, &m.head, TIMEOUT_NEVER);
}

static void tell_all(uint32_t ms)
{
	MESSAGE_VARIABLE(0, 0) m = {.head = {.words = {ms}}};
	uint32_t n;

	for (n = 0; n < sleeper_count; n++)
		if (ipc_send(sleepers[n], &m.head, TIMEOUT_NEVER) != IPC_OK)
			fail("sleeper %u has gone", n);
}

static void have_sleepers(uint32_t count)
{
	for (; sleeper_count < count; sleeper_count++) {
		sleepers[sleeper_count] = thread_create(
		    sleep_as_told, NULL, stacks[sleeper_count], STACK_BYTES);
		if (sleepers[sleeper_count] == NOBODY)
			fail("no %u threads", count);
	}
}

static void wait(uint32_t ms)
{
	MESSAGE_VARIABLE(0, 0) m = {.head = {0}};

	ipc_receive(partner_uid, &m.head, ms);
}

static void await_tick(void)
{
	uint32_t now = clock_ticks();

	while (clock_ticks() == now)
		;
}

/* Until so many loops or so many ticks; returns how many loops. */
static uint32_t __attribute__((noinline)) spin(uint32_t most, uint32_t ticks)
{
	uint32_t first = clock_ticks(), loops = 0;

	do {
		compute(50);
		loops++;
	} while (loops < most && clock_ticks() - first < ticks);
	return loops;
}

static void measure_loop(enum what what, uint32_t far, uint32_t most)
{
	uint64_t start, end;
	uint32_t loops;

	await_tick();
	spin(WARM_UP, FOR_EVER);
	start = read_tsc();
	loops = spin(most, what == LOOP ? FOR_EVER : TICKS);
	end = read_tsc();
	record_sample("sleepers=%u far=%u what=%u times=%u start=%U end=%U",
	    sleeper_count, far, what, loops, start, end);
}

static void call(uint32_t timeout, uint32_t times)
{
	MESSAGE_VARIABLE(0, 0) m = {.head = {0}};

	while (times--) {
		struct received r = ipc_call(
		    partner_uid, &m.head, TIMEOUT_NEVER, &m.head, timeout);

		if (code(r) != IPC_OK)
			fail("call: result %u", code(r));
	}
}

static void measure_calls(enum what what, uint32_t far)
{
	uint32_t timeout = what == CALL ? TIMEOUT_NEVER : BETWEEN;
	uint64_t start, end;

	await_tick();
	call(timeout, WARM_UP);
	start = read_tsc();
	call(timeout, CALLS);
	end = read_tsc();
	record_sample("sleepers=%u far=%u what=%u times=%u start=%U end=%U",
	    sleeper_count, far, what, CALLS, start, end);
}

static void measure(uint32_t far)
{
	tell_all(far ? FAR : NEAR);
	wait(SETTLE);
	measure_calls(CALL, far);
	measure_calls(CALL_WITH_TIMEOUT, far);
	measure_loop(LOOP, far, FEW_LOOPS);
	measure_loop(LOOP, far, MORE_LOOPS);
	measure_loop(INTERRUPTED_LOOP, far, FOR_EVER);
	if (far)
		tell_all(0);
	else
		wait(NEAR);
}

void program(const char *command_line, uid_t root)
{
	uint32_t only = argument(command_line, "sleepers", FOR_EVER), n;

	(void)root;
	root_uid = thread_self();
	partner_uid =
	    thread_create(answer, NULL, partner_stack, sizeof(partner_stack));
	record_begin("sleepers");
	for (n = 0; n < CROWDS; n++) {
		if (only != FOR_EVER && only != crowds[n])
			continue;
		have_sleepers(crowds[n]);
		measure(0);
		measure(1);
	}
	record_end();
	machine_stop(0);
}
