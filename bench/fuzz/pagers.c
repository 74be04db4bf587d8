/* SPDX-License-Identifier: BSD-2-Clause */
#include "pagers.h"
#include "contents.h"

#define STACK_BYTES 2048

static uint8_t pool[POOL_BYTES] __attribute__((aligned(4096)));

static struct {
	char stack[STACK_BYTES] __attribute__((aligned(16)));
	uid_t uid;
} pagers[PAGERS];

struct answer {
	struct message head;
	struct memory_object object;
};

/* The page, or more, or no. */
static void make_answer(
    struct answer *a, enum pager pager, uint32_t space, uint32_t address)
{
	uint32_t page = address & -PAGE_BYTES;

	*a = (struct answer){.head = {0}};
	if (pager == REFUSES || !is_paged(address))
		return;
	a->head.size = a->head.dope = DOPE_WITH_OBJECTS(0, 0, 1);
	a->object.address = pool_page(space, page);
	a->object.length = PAGE_BYTES;
	if (pager != GIVES_READ_ONLY)
		a->object.address |= MEMORY_WRITABLE;
	if (pager == GIVES_MUCH)
		a->object.length = PAGED_BYTES - (page - ZONE) % PAGED_BYTES;
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
		ipc_send(r.from, &answer.head, TIMEOUT_NONE);
	}
}

void start_pagers(void)
{
	uint32_t n;

	pool_at = (uint32_t)pool;
	fill_pool();
	for (n = NO_PAGER + 1; n < PAGERS; n++) {
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
