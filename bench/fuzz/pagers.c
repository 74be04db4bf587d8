/* SPDX-License-Identifier: BSD-2-Clause */
#include "pagers.h"
#include "contents.h"
#include "party.h"

#define STACK_BYTES 2048

#define FOR_CHILDREN PAGERS /* another pager, not of parties */
#define CHILD_PAGES 100

#define MOVES (CONFIG_PAGE_REMAPPING ? MEMORY_MOVE : 0)

static uint8_t child_pool[CHILD_PAGES * PAGE_BYTES]
    __attribute__((aligned(4096)));
static uint32_t child_pages; /* how many of them somebody has */

static uint8_t pool[POOL_BYTES] __attribute__((aligned(4096)));

static struct {
	char stack[STACK_BYTES] __attribute__((aligned(16)));
	uid_t uid;
} pagers[PAGERS + 1];

struct answer {
	struct message head;
	struct memory_object object;
};

static void give(struct answer *a, uint32_t address, uint32_t bytes)
{
	a->head.size = a->head.dope = DOPE_WITH_OBJECTS(0, 0, 1);
	a->object.address = address;
	a->object.length = bytes;
}

static void supply_child(struct answer *a, uint32_t address)
{
	if (!is_brawlers_memory(address))
		give(a, address & -PAGE_BYTES, PAGE_BYTES);
	else if (child_pages < CHILD_PAGES)
		give(a,
		    ((uint32_t)child_pool + child_pages++ * PAGE_BYTES) |
			MEMORY_WRITABLE,
		    PAGE_BYTES);
}

/* The page, or more, or no. */
static void make_answer(
    struct answer *a, enum pager pager, uint32_t space, uint32_t address)
{
	uint32_t page = address & -PAGE_BYTES;
	uint32_t source = supplied_page(space, page);

	*a = (struct answer){.head = {0}};
	if (pager == FOR_CHILDREN)
		supply_child(a, address);
	else if (pager == REFUSES || !is_supplied(address))
		return;
	else if (pager == GIVES_READ_ONLY)
		give(a, source, PAGE_BYTES);
	else if (pager == GIVES_MUCH) /* nothing moves in an answer */
		give(a, source | MEMORY_WRITABLE | MOVES, supplied_bytes(page));
	else
		give(a, source | MEMORY_WRITABLE, PAGE_BYTES);
}

static void pager(void *argument)
{
	enum pager me = (enum pager)argument;
	struct answer answer;
	MESSAGE_VARIABLE(0, 0) fault = {.head = {0}};

	for (;;) {
		struct received r =
		    ipc_receive(NOBODY, &fault.head, TIMEOUT_NEVER);

		if (me == IS_SILENT)
			continue;
		make_answer(
		    &answer, me, space_of(r.from), FAULT_ADDRESS(r.words));
		if (ipc_send(r.from, &answer.head, TIMEOUT_NONE) != IPC_FAULT)
			continue;
		/* It has no such page itself. */
		answer.head.dope = 0;
		ipc_send(r.from, &answer.head, TIMEOUT_NONE);
	}
}

void start_pagers(void)
{
	uint32_t n;

	pool_at = (uint32_t)pool;
	fill_pool();
	for (n = NO_PAGER + 1; n <= FOR_CHILDREN; n++) {
		pagers[n].uid = thread_create(
		    pager, (void *)n, pagers[n].stack, STACK_BYTES);
		if (pagers[n].uid == NOBODY)
			fail("no thread for a pager");
	}
}

uid_t pager_uid(enum pager pager)
{
	return pagers[pager].uid;
}

uid_t pager_of_children(void)
{
	child_pages = 0;
	return pagers[FOR_CHILDREN].uid;
}
