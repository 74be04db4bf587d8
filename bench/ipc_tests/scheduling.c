/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Priorities and timeslices. In which order threads run is seen in memory
 * that they share: most are in the tests' own space.
 */
#include "tests.h"

#define RUNNERS 3
#define STACK_BYTES 1024
#define STEPS 64
#define ENOUGH 20000000 /* turns of a loop: seconds, should a check fail */

#define LOW 3
#define MIDDLE 5
#define HIGH 7 /* still lower than the tests */
#define ABOVE 12

typedef MESSAGE_VARIABLE(0, 0) short_message_t;

/* Threads in the tests' space, known by their numbers. */
static struct runner {
	char stack[STACK_BYTES] __attribute__((aligned(16)));
	uid_t uid;
	volatile uint32_t turns; /* of its loop */
} runners[RUNNERS];

/* Who has come by, in this order. */
static volatile uint32_t steps[STEPS], steps_done;

static uid_t tests, silent;

static void step(uint32_t number)
{
	if (steps_done < STEPS)
		steps[steps_done++] = number;
}

static bool steps_are(uint32_t a, uint32_t b, uint32_t c)
{
	return steps_done == 3 && steps[0] == a && steps[1] == b &&
	       steps[2] == c;
}

static void sleep(uint32_t ms)
{
	short_message_t nothing = {.head = {0}};

	ipc_receive(silent, &nothing.head, ms);
}

static void send_to(uid_t to)
{
	short_message_t nothing = {.head = {0}};

	ipc_send(to, &nothing.head, TIMEOUT_NEVER);
}

static uid_t receive_from(uid_t from)
{
	short_message_t nothing = {.head = {0}};

	return ipc_receive(from, &nothing.head, TIMEOUT_NEVER).from;
}

static void call(uid_t server)
{
	short_message_t nothing = {.head = {0}};

	ipc_call(
	    server, &nothing.head, TIMEOUT_NEVER, &nothing.head, TIMEOUT_NEVER);
}

static uid_t reply_and_receive_next(uid_t client)
{
	short_message_t nothing = {.head = {0}};

	return ipc_reply_and_receive_next(
	    client, &nothing.head, TIMEOUT_NEVER, &nothing.head, TIMEOUT_NEVER)
	    .from;
}

static uint32_t number_of(uid_t uid)
{
	uint32_t number;

	for (number = 0; number < RUNNERS; number++)
		if (runners[number].uid == uid)
			break;
	return number;
}

/*
 * What runners do. Each begins with waiting for the tests' message, so that it
 * has its priority before it does anything.
 */

static void do_steps(void *number)
{
	for (;;) {
		receive_from(tests);
		step((uint32_t)number);
	}
}

static void do_sleep(void *number)
{
	receive_from(tests);
	sleep(20);
	step((uint32_t)number);
	receive_from(silent);
}

/* A step each time that another one has run before. */
static void do_spin(void *number)
{
	receive_from(tests);
	for (;;) {
		if (!steps_done || steps[steps_done - 1] != (uint32_t)number)
			step((uint32_t)number);
		runners[(uint32_t)number].turns++;
	}
}

/* By send, and then receives. */
static void do_answer(void *number)
{
	for (;;) {
		receive_from(tests);
		step((uint32_t)number);
		send_to(tests);
	}
}

/* Calls the next one. */
static void do_call(void *number)
{
	receive_from(tests);
	for (;;) {
		call(runners[(uint32_t)number + 1].uid);
		step((uint32_t)number);
		runners[(uint32_t)number].turns++;
	}
}

static void do_serve(void *number)
{
	uid_t client;

	receive_from(tests);
	client = receive_from(NOBODY);
	for (;;) {
		step((uint32_t)number);
		client = reply_and_receive_next(client);
	}
}

static void start(uint32_t number, void (*what)(void *), uint32_t priority)
{
	struct runner *r = runners + number;

	r->turns = 0;
	r->uid = thread_create(what, (void *)number, r->stack, STACK_BYTES);
	thread_schedule(r->uid, priority, SCHEDULE_KEEP);
}

static void begin(void)
{
	steps_done = 0;
	tests = thread_self();
	silent = party_create(HERE);
}

static void end(void)
{
	uint32_t number;

	for (number = 0; number < RUNNERS; number++)
		thread_delete(runners[number].uid);
	parties_delete();
}

static void test_order_of_running(void)
{
	begin();
	start(0, do_steps, LOW);
	start(1, do_steps, HIGH);
	start(2, do_steps, MIDDLE);
	send_to(runners[0].uid);
	send_to(runners[1].uid);
	send_to(runners[2].uid);
	check(steps_done == 0, "receivers of lower priority do not run before "
			       "the sender waits");
	thread_yield();
	check(steps_done == 0, "nor does it give way to them");
	sleep(40);
	check(steps_are(1, 2, 0), "then they run in order of priority");

	steps_done = 0;
	send_to(runners[1].uid);
	thread_schedule(runners[1].uid, ABOVE, SCHEDULE_KEEP);
	check(steps_done == 1, "who becomes the highest runs at once");
	send_to(runners[1].uid);
	check(steps_done == 2, "a receiver of higher priority runs at once");
	send_to(runners[0].uid);
	thread_schedule(tests, LOW - 1, SCHEDULE_KEEP);
	check(steps_done == 3, "who becomes the lowest gives way at once");
	thread_schedule(tests, PRIORITY_DEFAULT, SCHEDULE_KEEP);
	end();
}

/* One thread computes, another one's time comes meanwhile. */
static void test_preemption(void)
{
	uint32_t since = clock_ticks();
	volatile uint32_t n;

	begin();
	thread_schedule(tests, SCHEDULE_KEEP, TIMESLICE_MAX);
	start(0, do_steps, LOW);
	start(1, do_sleep, ABOVE);
	start(2, do_steps, MIDDLE);
	send_to(runners[0].uid);
	send_to(runners[1].uid);
	send_to(runners[2].uid);
	for (n = 0; n < ENOUGH && !steps_done; n++)
		;
	check(steps_done == 1 && steps[0] == 1,
	    "a thread of higher priority wakes up while another computes");
	check(clock_ticks() - since < 40, "long before its timeslice ends");
	sleep(60);
	check(steps_are(1, 2, 0), "those of lower priority have to wait");
	thread_schedule(tests, SCHEDULE_KEEP, TIMESLICE_DEFAULT);
	end();
}

static void test_turns(void)
{
	uint32_t before[2], turns[2], n;

	begin();
	start(0, do_spin, HIGH);
	start(1, do_spin, HIGH);
	start(2, do_spin, MIDDLE);
	send_to(runners[2].uid);
	send_to(runners[0].uid);
	send_to(runners[1].uid);
	sleep(400);
	check(runners[0].turns && runners[1].turns,
	    "threads of equal priority take turns");
	check(steps_done > 10 && steps_done < 30, "about 20 ms each");
	check(runners[2].turns == 0, "one of lower priority does not run");
	thread_schedule(runners[0].uid, SCHEDULE_KEEP, 80);
	thread_schedule(runners[1].uid, SCHEDULE_KEEP, 8);
	for (n = 0; n < 2; n++)
		before[n] = runners[n].turns;
	sleep(880);
	for (n = 0; n < 2; n++)
		turns[n] = runners[n].turns - before[n];
	check(turns[1] && turns[0] / 3 > turns[1],
	    "a timeslice ten times as long gets far more done");
	thread_delete(runners[0].uid);
	thread_delete(runners[1].uid);
	sleep(40);
	check(runners[2].turns != 0, "then the lower one runs");
	end();
}

/* Client and server beside one that computes. */
static void test_rpc_beside(void)
{
	begin();
	start(0, do_call, HIGH);
	start(1, do_serve, HIGH);
	start(2, do_spin, HIGH);
	send_to(runners[0].uid);
	send_to(runners[1].uid);
	send_to(runners[2].uid);
	sleep(400);
	check(runners[0].turns && runners[2].turns,
	    "client and server take turns with one that computes");
	end();
}

static void test_server(uint32_t client, uint32_t server)
{
	begin();
	start(0, do_call, client);
	start(1, do_serve, server);
	start(2, do_steps, LOW);
	send_to(runners[1].uid);
	send_to(runners[0].uid);
	sleep(40);
	check(
	    steps_done >= 3 && steps[0] == 1 && steps[1] == 0 && steps[2] == 1,
	    "a client of priority %u, a server of %u", client, server);
	end();
}

/*
 * If B replies to A while C waits to send to B, C's message is started before
 * A goes on (5.3.5): A's next one comes after it.
 */
#define A 0
#define B 1
#define C 2

static void do_call_and_send(void *unused)
{
	(void)unused;
	receive_from(tests);
	call(runners[B].uid);
	send_to(runners[B].uid);
	receive_from(silent);
}

static void do_send(void *unused)
{
	(void)unused;
	receive_from(tests);
	send_to(runners[B].uid);
	receive_from(silent);
}

static void do_serve_late(void *unused)
{
	uid_t client;

	(void)unused;
	receive_from(tests);
	client = receive_from(NOBODY);
	step(number_of(client));
	sleep(60);
	step(number_of(reply_and_receive_next(client)));
	step(number_of(receive_from(NOBODY)));
	receive_from(silent);
}

static void test_polling(uint32_t a, uint32_t b, uint32_t c)
{
	begin();
	start(A, do_call_and_send, a);
	start(B, do_serve_late, b);
	start(C, do_send, c);
	send_to(runners[B].uid);
	send_to(runners[A].uid);
	sleep(20);
	send_to(runners[C].uid);
	sleep(120);
	check(steps_are(A, C, A), "priorities %u, %u, %u: C polls B", a, b, c);
	end();
}

static void test_inheritance(void)
{
	struct service_result r;

	begin();
	thread_schedule(tests, 10, 40);
	start(0, do_steps, SCHEDULE_KEEP);
	r = thread_schedule(tests, PRIORITY_DEFAULT, TIMESLICE_DEFAULT);
	check(r.ebx == 10 && r.ecx == 40, "the old ones are returned");
	r = thread_schedule(runners[0].uid, SCHEDULE_KEEP, 10);
	check(r.ebx == 10 && r.ecx == 40,
	    "a thread has its creator's priority and timeslice");
	r = thread_schedule(runners[0].uid, SCHEDULE_KEEP, SCHEDULE_KEEP);
	check(r.ebx == 10 && r.ecx == 12, "timeslices are whole ticks");
	end();
}

static void test_who_may(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE);
	uid_t c = party_create(THERE + 1), gone = party_create(HERE);
	const uint32_t keep = SCHEDULE_KEEP;
	const struct {
		uid_t uid;
		uint32_t priority, timeslice, result;
	} tries[] = {
	    {b, keep, keep, SERVICE_OK},
	    {b, 0, 4, SERVICE_OK},
	    {b, PRIORITY_DEFAULT, TIMESLICE_DEFAULT, SERVICE_OK},
	    {b, PRIORITY_DEFAULT + 1, keep, SERVICE_DENIED},
	    {b, keep, TIMESLICE_DEFAULT + 1, SERVICE_DENIED},
	    {b, PRIORITIES, keep, SERVICE_BAD_ARGUMENT},
	    {b, keep - 1, keep, SERVICE_BAD_ARGUMENT},
	    {b, keep, 0, SERVICE_BAD_ARGUMENT},
	    {b, keep, TIMESLICE_MAX + 1, SERVICE_BAD_ARGUMENT},
	    {c, keep, keep, SERVICE_DENIED},
	    {c, 0, keep, SERVICE_DENIED},
	    {thread_self(), 0, keep, SERVICE_DENIED},
	    {gone, 0, keep, SERVICE_NO_THREAD},
	    {NOBODY, 0, keep, SERVICE_NO_THREAD},
	    {a, PRIORITY_DEFAULT + 1, keep, SERVICE_DENIED},
	    {a, LOW, keep, SERVICE_OK},
	    {a, LOW + 1, keep, SERVICE_DENIED},
	    {b, LOW, keep, SERVICE_OK},
	};
	uint32_t n;

	thread_delete(gone);
	for (n = 0; n < sizeof(tries) / sizeof(tries[0]); n++) {
		struct order o = {.operation = SCHEDULE,
		    .partner = tries[n].uid,
		    .detail = tries[n].priority,
		    .send_timeout = tries[n].timeslice};

		check(tell_and_ask(a, &o).result == tries[n].result,
		    "who may schedule whom, and how: %u", n);
	}
	check(thread_schedule(c, PRIORITIES - 1, TIMESLICE_MAX).code ==
		  SERVICE_OK,
	    "the root task may");
	parties_delete();
}

/* A sender keeps the processor. When it waits, with DIRECT_SWITCH its last receiver is
 * next. */
static void test_sender_goes_on(void)
{
	begin();
	start(0, do_steps, PRIORITY_DEFAULT);
	start(1, do_steps, PRIORITY_DEFAULT);
	thread_yield();
	send_to(runners[0].uid);
	send_to(runners[1].uid);
	check(
	    steps_done == 0, "a sender goes before receivers of its priority");
	sleep(8);
	check(steps_done == 2 && steps[0] == (CONFIG_DIRECT_SWITCH ? 1 : 0),
	    "until it waits; then the last or the first of them runs");
	send_to(runners[0].uid);
	thread_delete(runners[0].uid);
	sleep(8);
	check(steps_done == 2, "a receiver can be deleted before it runs");
	end();

	begin();
	start(0, do_answer, PRIORITY_DEFAULT);
	start(1, do_spin, PRIORITY_DEFAULT);
	thread_yield();
	send_to(runners[1].uid);
	send_to(runners[0].uid);
	receive_from(runners[0].uid);
	check(steps[CONFIG_DIRECT_SWITCH ? 0 : 1] == 0,
	    "the answer comes before or after the turn of a third thread");
	end();
}

void test_scheduling(void)
{
	test_order_of_running();
	test_sender_goes_on();
	test_preemption();
	test_turns();
	test_rpc_beside();
	test_server(HIGH, HIGH);
	test_server(HIGH, MIDDLE);
	test_server(MIDDLE, HIGH);
	test_polling(MIDDLE, MIDDLE, MIDDLE);
	test_polling(LOW, MIDDLE, HIGH);
	test_polling(LOW, HIGH, MIDDLE);
	test_polling(MIDDLE, LOW, HIGH);
	test_polling(MIDDLE, HIGH, LOW);
	test_polling(HIGH, LOW, MIDDLE);
	test_polling(HIGH, MIDDLE, LOW);
	test_inheritance();
	test_who_may();
}
