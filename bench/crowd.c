/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many tasks and threads: all at once, then ended and made anew in random
 * order, then none. All memory must come back. One module.
 *
 * Each task runs this program's text, which its pager lends it; its leader
 * makes threads as it is told. They wait for ever, and need no stack.
 */
#include "runtime/runtime.h"

#define PAGE 4096u
#define MOST_TASKS 1000u
#define MOST_THREADS 10000u /* leaders included */

/* A leader's stack is half a page, in a page of its own; which address it has
 * says whose it is. */
#define STACKS 0x500000u
#define STACK_BYTES 2048u

extern char program_start[], data_start[];
void leader_entry(void);
void wait_without_stack(void);
void leader(uid_t creator) __attribute__((noreturn));

struct member {
	uid_t uid; /* NOBODY: none */
	uint32_t task;
};

static struct member members[MOST_THREADS]; /* the first ones: leaders */
static uint32_t tasks, threads, seed;
static uint32_t made, ended;
static char pager_stack[2048] __attribute__((aligned(16)));
static uid_t pager_uid;

asm(".text\n"
    "leader_entry:\n"
    "	pushl %esi\n" /* uid_t creator */
    "	pushl %edx\n"
    "	pushl $0\n" /* return address */
    "	jmp leader\n"
    "wait_without_stack:\n" WAIT_WITHOUT_STACK);

static uint32_t random_below(uint32_t limit)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % limit;
}

/* In a task that has no variables: makes a thread, or ends one. */
void leader(uid_t creator)
{
	MESSAGE_VARIABLE(0, 0) m = {.head = {0}};

	for (;;) {
		struct received r =
		    ipc_receive(creator, &m.head, TIMEOUT_NEVER);
		uid_t uid = (uid_t)r.words[1] << 32 | r.words[0];

		if (uid == NOBODY)
			uid = service(SERVICE_CREATE_THREAD,
			    (uint32_t)wait_without_stack, 0, NOBODY)
				  .uid;
		else
			uid = thread_delete(uid);
		m.head.words[0] = (uint32_t)uid;
		m.head.words[1] = (uint32_t)(uid >> 32);
		ipc_send(creator, &m.head, TIMEOUT_NEVER);
	}
}

/* What is at the address, | MEMORY_WRITABLE; 0: nothing. */
static uint32_t choose_page(uint32_t address)
{
	uint32_t page;

	if (address >= (uint32_t)program_start &&
	    address < (uint32_t)data_start)
		return address & -PAGE;
	/* Where those that wait have no buffer. */
	if (address == 0)
		return 0;
	if (address - STACKS >= MOST_TASKS * STACK_BYTES)
		fail("a fault at %x", address);
	page = given_memory.address + (address - STACKS) / STACK_BYTES * PAGE;
	memset((void *)page, 0, PAGE);
	return page | MEMORY_WRITABLE;
}

static void pager(void *unused)
{
	MESSAGE_VARIABLE(4, 0) buffer = {.head = {0}}, answer = {.head = {0}};
	struct memory_object *object =
	    (struct memory_object *)answer.head.direct;
	struct received r = ipc_receive(NOBODY, &buffer.head, TIMEOUT_NEVER);

	(void)unused;
	answer.head.size = DOPE_WITH_OBJECTS(0, 0, 1);
	for (;;) {
		object->length = PAGE;
		object->address = choose_page(FAULT_ADDRESS(r.words));
		answer.head.dope = object->address ? answer.head.size : 0;
		r = ipc_reply_and_receive_next(r.from, &answer.head,
		    TIMEOUT_NONE, &buffer.head, TIMEOUT_NEVER);
		while (!has_message(r))
			r = ipc_receive(NOBODY, &buffer.head, TIMEOUT_NEVER);
	}
}

/* The leader of a task does, or says, something. */
static uid_t tell(uint32_t task, uid_t uid)
{
	MESSAGE_VARIABLE(0, 0) m = {.head = {0}};
	struct received r;

	m.head.words[0] = (uint32_t)uid;
	m.head.words[1] = (uint32_t)(uid >> 32);
	if (ipc_send(members[task].uid, &m.head, TIMEOUT_NEVER) != IPC_OK)
		fail("leader %u takes no orders", task);
	r = ipc_receive(members[task].uid, &m.head, TIMEOUT_NEVER);
	if (code(r) != IPC_OK)
		fail("leader %u does not answer: %x", task, r.result);
	return (uid_t)r.words[1] << 32 | r.words[0];
}

static void make(uint32_t n)
{
	uint32_t task = n < tasks ? n : random_below(tasks);
	uid_t uid;

	/* Of a task that is there; there is one if there is a leader. */
	while (n >= tasks && members[task].uid == NOBODY)
		task = (task + 1) % tasks;
	uid = n < tasks ? task_create((uint32_t)leader_entry,
			      STACKS + (n + 1) * STACK_BYTES, pager_uid)
			: tell(task, NOBODY);
	if (uid == NOBODY)
		fail("%u of %u threads made, no memory for another one", made,
		    threads);
	members[n] = (struct member){uid, task};
	made++;
}

static void end_task(uint32_t task)
{
	uint32_t n;

	if (task_delete(members[task].uid) != SERVICE_OK)
		fail("task %u is not deleted", task);
	for (n = 0; n < threads; n++)
		if (members[n].uid != NOBODY && members[n].task == task) {
			members[n].uid = NOBODY;
			ended++;
		}
}

/* A leader with all its task, another one alone: by the leader, or by us. */
static void end(uint32_t n)
{
	uint32_t task = members[n].task;

	if (n < tasks) {
		end_task(n);
		return;
	}
	if ((random_below(2) ? thread_delete(members[n].uid)
			     : tell(task, members[n].uid)) != SERVICE_OK)
		fail("thread %u is not deleted", n);
	members[n].uid = NOBODY;
	ended++;
}

/* Is it there, and does it receive? */
static void probe(uid_t uid, uint32_t expected)
{
	MESSAGE_VARIABLE(0, 0) m = {.head = {0}};
	uint32_t result = ipc_send(uid, &m.head, TIMEOUT_NEVER);

	if (result != expected)
		fail("a message to a thread: %u, not %u", result, expected);
}

static void change(uint32_t steps)
{
	uint32_t step, n;
	uid_t dead;

	for (step = 0; step < steps; step++) {
		/* One in ten is a leader, with all its task. */
		n = random_below(threads);
		if (members[n].uid == NOBODY) {
			make(n);
			continue;
		}
		if (n >= tasks)
			probe(members[n].uid, IPC_OK);
		dead = members[n].uid;
		end(n);
		probe(dead, IPC_NO_PARTNER);
	}
}

/* From anywhere on, in steps that lead everywhere. */
static void each(void (*visit)(uint32_t n))
{
	uint32_t n = random_below(threads), i;

	for (i = 0; i < threads; i++) {
		visit(n);
		n = (n + 7919) % threads;
	}
}

static void end_if_there(uint32_t n)
{
	if (members[n].uid != NOBODY)
		end(n);
}

static struct service_result memory(void)
{
	MESSAGE_VARIABLE(0, 0) m = {.head = {0}};
	uint32_t since = clock_ticks();

	/* If the pager is swapped out, it is brought in. */
	ipc_send(pager_uid, &m.head, TIMEOUT_NEVER);
	while (clock_ticks() - since < 20)
		thread_yield();
	return service(SERVICE_MEMORY, 0, 0, NOBODY);
}

static void crowd(uint32_t steps)
{
	uint32_t n;

	for (n = 0; n < threads; n++)
		make(n);
	print("# %u threads in %u tasks\n", threads, tasks);
	change(steps);
	each(end_if_there);
	if (made != ended)
		fail("%u threads made, %u ended", made, ended);
}

void program(const char *command_line, uid_t root)
{
	struct service_result before, after;

	if (root != NOBODY)
		fail("crowd is one module");
	tasks = argument(command_line, "tasks", MOST_TASKS);
	threads = argument(command_line, "threads", MOST_THREADS);
	seed = argument(command_line, "seed", 1);
	if (tasks == 0 || tasks > MOST_TASKS || threads < tasks ||
	    threads > MOST_THREADS)
		fail("that is no crowd");
	if (given_memory.bytes < tasks * PAGE)
		fail("not enough memory for stacks");
	record_begin("crowd");
	pager_uid =
	    thread_create(pager, NULL, pager_stack, sizeof(pager_stack));
	crowd(0);
	before = memory();
	crowd(argument(command_line, "steps", 2000));
	after = memory();
	print("# frames free %u, then %u; heap used %u, then %u\n", before.ebx,
	    after.ebx, before.ecx, after.ecx);
	if (before.ebx != after.ebx || before.ecx != after.ecx)
		fail("not all memory has come back");
	record_end();
	machine_stop(0);
}
