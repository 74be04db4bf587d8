/* SPDX-License-Identifier: BSD-2-Clause */
#include "tasks.h"

#define PAGE 4096u
#define STACK_PAGES 4

extern char program_start[], data_start[], bss_start[], program_end[];
void _start(void);

static struct pager {
	char stack[2048] __attribute__((aligned(16)));
	uid_t uid;
	uint32_t next, end; /* of the pages that it can give */
	uint32_t refused;
} pagers[MADE_SPACES];

/* All on one page: there may be no memory for another. */
asm(".text\n"
    ".balign 128\n"
    ".globl touch_all_regions\n"
    "touch_all_regions:\n"
    "	movl $0x50000000, %eax\n" /* EVERYWHERE */
    "1:	testb %al, (%eax)\n"
    "	addl $0x400000, %eax\n"
    "	cmpl $0xD0000000, %eax\n"
    "	jb 1b\n"
    ".globl wait_without_stack\n"
    "wait_without_stack:\n" WAIT_WITHOUT_STACK);

static bool between(uint32_t address, const char *start, const char *end)
{
	return address >= (uint32_t)start && address < (uint32_t)end;
}

static uint32_t empty_page(struct pager *p)
{
	uint32_t page = p->next;

	if (page == p->end)
		return 0;
	p->next += PAGE;
	memset((void *)page, 0, PAGE);
	return page | MEMORY_WRITABLE;
}

static uint32_t copied_page(struct pager *p, uint32_t from)
{
	uint32_t page = empty_page(p);

	if (page)
		memcpy((void *)(page & -PAGE), (void *)from, PAGE);
	return page;
}

/* What is to be mapped at the address, | MEMORY_WRITABLE; 0: nothing. */
static uint32_t choose_page(struct pager *p, uint32_t address)
{
	uint32_t page = address & -PAGE;

	if (between(address, program_start, data_start))
		return page;
	if (address - EVERYWHERE < EVERYWHERE_BYTES)
		return (uint32_t)program_start;
	if (between(page, data_start, bss_start))
		return copied_page(p, page);
	if (between(address, bss_start, program_end) ||
	    address - (STACK_END - STACK_PAGES * PAGE) < STACK_PAGES * PAGE)
		return empty_page(p);
	p->refused++;
	return 0;
}

static void pager(void *of)
{
	struct pager *p = of;
	MESSAGE_VARIABLE(4, 0) buffer = {.head = {0}}, answer = {.head = {0}};
	struct memory_object *object =
	    (struct memory_object *)answer.head.direct;
	struct received r = ipc_receive(NOBODY, &buffer.head, TIMEOUT_NEVER);

	answer.head.size = DOPE_WITH_OBJECTS(0, 0, 1);
	for (;;) {
		object->length = PAGE;
		object->address = choose_page(p, FAULT_ADDRESS(r.words));
		answer.head.dope = object->address ? answer.head.size : 0;
		r = ipc_reply_and_receive_next(r.from, &answer.head,
		    TIMEOUT_NONE, &buffer.head, TIMEOUT_NEVER);
		while (!has_message(r))
			r = ipc_receive(NOBODY, &buffer.head, TIMEOUT_NEVER);
	}
}

uid_t made_task_create(uint32_t n)
{
	struct pager *p = pagers + n;
	uint32_t share = given_memory.bytes / MADE_SPACES & -PAGE;
	uid_t made;

	p->next = given_memory.address + n * share;
	p->end = p->next + share;
	p->refused = 0;
	p->uid = thread_create(pager, p, p->stack, sizeof(p->stack));
	if (p->uid == NOBODY)
		return NOBODY;
	made = task_create((uint32_t)_start, STACK_END, p->uid);
	if (made == NOBODY)
		made_task_forget(n);
	return made;
}

void made_task_forget(uint32_t n)
{
	thread_delete(pagers[n].uid);
	pagers[n].uid = NOBODY;
}

uint32_t made_task_refused(uint32_t n)
{
	return pagers[n].refused;
}
