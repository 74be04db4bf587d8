/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What notifications cost beside synchronous IPC, for kernels with the extension
 * NOTIFICATIONS. Each series is a loop of rounds, timed after a warm-up:
 *
 *	busy          notify a thread that does not wait for it
 *	poll          for bits, of which there are none
 *	to_and_fro    each of two threads notifies the other one, and waits for bits
 *	preempts      notify a thread of higher priority, which waits again
 *	send          the same as to_and_fro with messages: send, then receive
 *	call          a call and its answer
 *	stream_call   items of 8 bytes to a consumer, a call each
 *	stream_send   the same, a send each
 *	stream_ring   the same by a ring that both have in memory, in bursts: the producer
 *	              notifies when the ring was empty, the consumer when it is again
 *
 * Modules: this program twice; the other one answers, consumes, and lends the page of the
 * ring. Command line: rounds=N.
 */
#include "runtime/runtime.h"

#define ROUNDS 1000
#define WARM_UP 10
#define ITEMS 256 /* in the ring; the longest burst */
#define PAGE 4096u
#define RING_AT 0x50000000 /* where the root task has it */
#define BIT 1u

enum series {
	BUSY,
	POLL,
	TO_AND_FRO,
	PREEMPTS,
	SEND,
	CALL,
	STREAM_CALL,
	STREAM_SEND,
	STREAM_RING,
};

struct ring {
	volatile uint32_t in, out; /* how many items, from the beginning */
	volatile uint32_t items[ITEMS][2];
};

/* The other task's; the root task has it by a memory object. */
static union {
	struct ring ring;
	uint8_t page[PAGE];
} own __attribute__((aligned(PAGE)));

static struct {
	struct message head;
	struct memory_object page;
} message __attribute__((aligned(16)));

static uint32_t consumed; /* sum, so that items are read */

static void wait_for_bits(void)
{
	if (code(ipc_receive(NOTIFICATION, &message.head, TIMEOUT_NEVER)) !=
	    IPC_OK)
		fail("no bits");
}

/* ---- the other task ------------------------------------------------------- */

static void lend_page(uid_t root)
{
	message.head.size = message.head.dope = DOPE_WITH_OBJECTS(0, 0, 1);
	message.page = (struct memory_object){
	    PAGE, (uint32_t)&own | MEMORY_WRITABLE, 0, 0};
	ipc_send(root, &message.head, TIMEOUT_NEVER);
	message.head.size = message.head.dope = 0;
}

static void answer_bits(uid_t root, uint32_t rounds)
{
	while (rounds--) {
		wait_for_bits();
		notify(root, BIT);
	}
}

static void receive_messages(uid_t root, uint32_t rounds, bool answers)
{
	while (rounds--) {
		struct received r =
		    ipc_receive(root, &message.head, TIMEOUT_NEVER);

		consumed += r.words[0];
		if (answers)
			ipc_send(root, &message.head, TIMEOUT_NEVER);
	}
}

static void answer_calls(uid_t root, uint32_t rounds)
{
	struct received r = ipc_receive(root, &message.head, TIMEOUT_NEVER);

	while (--rounds) {
		consumed += r.words[0];
		r = ipc_reply_and_receive_next(r.from, &message.head,
		    TIMEOUT_NEVER, &message.head, TIMEOUT_NEVER);
	}
	ipc_send(root, &message.head, TIMEOUT_NEVER);
}

static void consume(uid_t root, uint32_t bursts)
{
	struct ring *ring = &own.ring;

	while (bursts--) {
		wait_for_bits();
		while (ring->out != ring->in) {
			consumed += ring->items[ring->out % ITEMS][0];
			ring->out++;
		}
		notify(root, BIT);
	}
}

/* Each order: 8 bytes, which series and how many rounds. */
static void take_order(uid_t root)
{
	struct received r = ipc_receive(root, &message.head, TIMEOUT_NEVER);
	uint32_t rounds = r.words[1];

	ipc_receive(NOTIFICATION, &message.head, TIMEOUT_NONE); /* old bits */
	switch (r.words[0]) {
	case TO_AND_FRO:
		answer_bits(root, rounds);
		break;
	case PREEMPTS:
		while (rounds--)
			wait_for_bits();
		break;
	case SEND:
		receive_messages(root, rounds, true);
		break;
	case CALL:
	case STREAM_CALL:
		answer_calls(root, rounds);
		break;
	case STREAM_SEND:
		receive_messages(root, rounds, false);
		break;
	case STREAM_RING:
		consume(root, rounds);
		break;
	}
}

/* ---- the root task -------------------------------------------------------- */

static void order(uid_t other, enum series series, uint32_t rounds)
{
	message.head.words[0] = series;
	message.head.words[1] = rounds;
	ipc_send(other, &message.head, TIMEOUT_NEVER);
	thread_yield(); /* it waits then */
}

static void produce(uid_t other, uint32_t burst)
{
	struct ring *ring = (struct ring *)RING_AT;

	while (burst--) {
		bool empty = ring->in == ring->out;

		ring->items[ring->in % ITEMS][0] = burst;
		ring->items[ring->in % ITEMS][1] = burst;
		ring->in++;
		if (empty)
			notify(other, BIT);
	}
	wait_for_bits();
}

static void one_round(uid_t other, enum series series, uint32_t burst)
{
	switch (series) {
	case BUSY:
	case PREEMPTS:
		notify(other, BIT);
		break;
	case POLL:
		ipc_receive(NOTIFICATION, &message.head, TIMEOUT_NONE);
		break;
	case TO_AND_FRO:
		notify(other, BIT);
		wait_for_bits();
		break;
	case SEND:
		ipc_send(other, &message.head, TIMEOUT_NEVER);
		ipc_receive(other, &message.head, TIMEOUT_NEVER);
		break;
	case CALL:
	case STREAM_CALL:
		ipc_call(other, &message.head, TIMEOUT_NEVER, &message.head,
		    TIMEOUT_NEVER);
		break;
	case STREAM_SEND:
		ipc_send(other, &message.head, TIMEOUT_NEVER);
		break;
	case STREAM_RING:
		produce(other, burst);
		break;
	}
}

static void measure(
    uid_t other, enum series series, uint32_t burst, uint32_t rounds)
{
	uint64_t start, end;
	uint32_t n;

	if (series != BUSY && series != POLL)
		order(other, series, WARM_UP + rounds);
	for (n = 0; n < WARM_UP; n++)
		one_round(other, series, burst);
	start = read_tsc();
	for (n = 0; n < rounds; n++)
		one_round(other, series, burst);
	end = read_tsc();
	thread_yield();
	record_sample("series=%u burst=%u rounds=%u start=%U end=%U", series,
	    burst, rounds, start, end);
}

static uid_t borrow_page(void)
{
	struct received r;

	message.head.size = DOPE_WITH_OBJECTS(0, 0, 1);
	message.page = (struct memory_object){0, 0, PAGE, RING_AT};
	r = ipc_receive(NOBODY, &message.head, TIMEOUT_NEVER);
	if (code(r) != IPC_OK || DOPE_OBJECTS(r.result) != 1)
		fail("no page from the other task: result %x", r.result);
	message.head.size = message.head.dope = 0;
	return r.from;
}

void program(const char *command_line, uid_t root)
{
	uint32_t rounds = argument(command_line, "rounds", ROUNDS), burst;
	enum series series;
	uid_t other;

	if (!CONFIG_NOTIFICATIONS)
		fail("there are none without the extension notifications");
	if (root != NOBODY) {
		lend_page(root);
		for (;;)
			take_order(root);
	}
	other = borrow_page();
	record_begin("notifications");
	for (series = BUSY; series < STREAM_RING; series++) {
		if (series == PREEMPTS)
			thread_schedule(
			    other, PRIORITY_DEFAULT + 1, SCHEDULE_KEEP);
		measure(other, series, 1, rounds);
		thread_schedule(other, PRIORITY_DEFAULT, SCHEDULE_KEEP);
	}
	for (burst = 1; burst <= ITEMS; burst *= 2)
		measure(other, STREAM_RING, burst, rounds / burst + WARM_UP);
	record_end();
	machine_stop(0);
}
