/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages to and fro (7.2), for kernels with the extension PAGE_REMAPPING: n
 * pages move from one address space to another and back, each time at the same
 * address, and whoever gets them touches each. The loop of round trips is timed
 * after a warm-up; the harness divides by twice their number.
 *
 * Modules: this program twice. The pages are the root task's, from its memory;
 * the other one has nothing there. Command line: rounds=N.
 */
#include "runtime/runtime.h"

#define PAGE 4096u
#define ROUND_TRIPS 1000
#define WARM_UP 10

static const uint32_t sizes[] = {0, 1, 2, 4, 8, 16, 32, 64};

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))
#define MOST_PAGES 64

static struct {
	struct message head;
	struct memory_object pages;
} message __attribute__((aligned(16)));

/* What is sent, and where it may come: the same place. 0 pages: no object. */
static void prepare(uint32_t address, uint32_t pages)
{
	uint32_t objects = pages ? 1 : 0;

	message.head.size = DOPE_WITH_OBJECTS(0, 0, objects);
	message.head.dope = message.head.size;
	message.pages.buffer_size = MOST_PAGES * PAGE;
	message.pages.buffer = address;
}

static void fill(uint32_t address, uint32_t pages)
{
	message.pages.length = pages * PAGE;
	message.pages.address = address | MEMORY_MOVE | MEMORY_WRITABLE;
}

static void touch(uint32_t address, uint32_t pages)
{
	for (; pages; pages--, address += PAGE)
		(void)*(volatile uint32_t *)address;
}

/* Each order: 8 bytes, where and how many; then as many round trips. */
static void serve(uid_t root, uint32_t rounds)
{
	struct received r = ipc_receive(root, &message.head, TIMEOUT_NEVER);
	uint32_t address = r.words[0], pages = r.words[1];

	prepare(address, pages);
	r = ipc_receive(root, &message.head, TIMEOUT_NEVER);
	while (--rounds && code(r) == IPC_OK) {
		touch(address, pages);
		fill(address, pages);
		r = ipc_reply_and_receive_next(r.from, &message.head,
		    TIMEOUT_NEVER, &message.head, TIMEOUT_NEVER);
	}
	if (code(r) != IPC_OK)
		fail("the other task: result %u", code(r));
	touch(address, pages);
	fill(address, pages);
	ipc_send(root, &message.head, TIMEOUT_NEVER);
}

static void play(uid_t other, uint32_t address, uint32_t pages, uint32_t rounds)
{
	while (rounds--) {
		struct received r;

		fill(address, pages);
		r = ipc_call(other, &message.head, TIMEOUT_NEVER, &message.head,
		    TIMEOUT_NEVER);
		if (code(r) != IPC_OK)
			fail("call: result %u", code(r));
		touch(address, pages);
	}
}

static void check(uint32_t address, uint32_t pages)
{
	uint32_t n;

	for (n = 0; n < pages; n++)
		if (((volatile uint32_t *)(address + n * PAGE))[1] != n)
			fail("page %u of %u is another one", n, pages);
}

static void measure(
    uid_t other, uint32_t address, uint32_t pages, uint32_t rounds)
{
	uint64_t start, end;
	uint32_t n;

	message.head.dope = message.head.size = 0;
	message.head.words[0] = address;
	message.head.words[1] = pages;
	ipc_send(other, &message.head, TIMEOUT_NEVER);
	prepare(address, pages);
	for (n = 0; n < pages; n++)
		((volatile uint32_t *)(address + n * PAGE))[1] = n;
	play(other, address, pages, WARM_UP);
	start = read_tsc();
	play(other, address, pages, rounds);
	end = read_tsc();
	check(address, pages);
	record_sample("pages=%u round_trips=%u start=%U end=%U", pages, rounds,
	    start, end);
}

void program(const char *command_line, uid_t root)
{
	uint32_t rounds = argument(command_line, "rounds", ROUND_TRIPS);
	struct received hello;
	uint32_t n;

	if (root != NOBODY) {
		ipc_send(root, &message.head, TIMEOUT_NEVER);
		for (;;)
			serve(root, WARM_UP + rounds);
	}
	if (!CONFIG_PAGE_REMAPPING)
		fail("pages do not move without the extension page_remapping");
	if (given_memory.bytes < MOST_PAGES * PAGE)
		fail("too little memory for %u pages", MOST_PAGES);
	hello = ipc_receive(NOBODY, &message.head, TIMEOUT_NEVER);
	if (code(hello) != IPC_OK)
		fail("no other task: result %u", code(hello));
	record_begin("remapping");
	for (n = 0; n < SIZES; n++)
		measure(hello.from, given_memory.address, sizes[n], rounds);
	record_end();
	machine_stop(0);
}
