/* SPDX-License-Identifier: BSD-2-Clause */
#include "party.h"
#include "contents.h"

#define STACK_BYTES 4096
#define CANARY_WORDS 2048

/* Room for the arenas, wherever a region begins in it. */
static uint8_t area[REGION_BYTES + AREA_BELOW + AREA_ABOVE]
    __attribute__((aligned(4096)));

static const struct constants constants __attribute__((aligned(4096))) =
    CONSTANTS;

static uint8_t given_pages[ARENAS * GIVEN_BYTES] __attribute__((aligned(4096)));

static struct slot {
	char stack[STACK_BYTES] __attribute__((aligned(16)));
	union order_message order;
	union report_message report;
	uid_t root;
	uint32_t fence_at[2];
	uint32_t canary; /* to be looked at next */
} slots[PARTIES];

static char raw_stack[STACK_BYTES] __attribute__((aligned(16)));

/* Nobody may write or, from another space, read it. */
static uint32_t canaries[CANARY_WORDS] __attribute__((aligned(4096)));
static uint32_t my_space;

void find_places(uint32_t space)
{
	uint32_t n;

	boundary =
	    ((uint32_t)area + AREA_BELOW + REGION_BYTES - 1) & -REGION_BYTES;
	constants_at = (uint32_t)&constants;
	given_at = (uint32_t)given_pages;
	complex_messages = CONFIG_COMPLEX_MESSAGES;
	page_remapping = CONFIG_PAGE_REMAPPING;
	notifications = CONFIG_NOTIFICATIONS;
	ports = CONFIG_PORTS;
	virtual_registers = CONFIG_VIRTUAL_REGISTERS;
	my_space = space;
	if (CONFIG_PORTS) /* what links take stays */
		port_assign(port_create(0), NOBODY);
	for (n = 0; n < CANARY_WORDS; n++)
		canaries[n] = contents_word(space, n);
}

/* Words behind the places where something is to be received. */
#define FENCE 0xFE9CE000

static void set_fences(struct slot *s, const struct call *c)
{
	const struct variable *v = receiving(c);

	s->fence_at[0] = s->fence_at[1] = 0;
	if (c->operation == SEND || v->place != OWN)
		return;
	s->fence_at[0] = v->address + variable_end(v->size);
	s->fence_at[1] = arena(v->arena) + BUFFERS_END;
	if (strings_in(v->size) == 1 && v->buffers[0].place == OWN &&
	    v->buffers[0].address)
		s->fence_at[1] = v->buffers[0].address + v->buffers[0].bytes;
	memory_put(s->fence_at[0], FENCE);
	memory_put(s->fence_at[1], FENCE + 1);
}

/* Address of something that is not as it should be, or 0. */
static uint32_t find_damage(struct slot *s)
{
	uint32_t n;

	for (n = 0; n < 2; n++)
		if (s->fence_at[n] && memory_get(s->fence_at[n]) != FENCE + n)
			return s->fence_at[n];
	for (n = 0; n < 16; n++) {
		uint32_t at = s->canary++ % CANARY_WORDS;

		if (canaries[at] != contents_word(my_space, at))
			return (uint32_t)(canaries + at);
	}
	return 0;
}

bool memory_is_readable(uint32_t address)
{
	/* The message is looked at before its receiver, of whom there is none;
	 * it may be too complex. */
	return code(ipc_trap(IPC_SEND, ~NOBODY, (const void *)address,
		   TIMEOUT_NONE, NULL, TIMEOUT_NONE)) != IPC_FAULT;
}

/* As the kernel gets them: the stubs would look into bad variables. */
static struct received do_ipc(const struct order *o)
{
	const struct call *c = &o->call;
	const struct message *send = (const struct message *)c->send.address;
	struct message *receive = (struct message *)receiving(c)->address;
	uint32_t wait = c->send_timeout, end = c->receive_timeout;
	struct received r;

	switch (c->operation) {
	case RECEIVE:
		return ipc_trap(IPC_RECEIVE, o->partner, NULL, 0, receive, end);
	case CALL:
		if (CONFIG_RPC_SYSCALLS)
			return ipc_trap(
			    IPC_CALL, o->partner, send, wait, receive, end);
		break;
	case REPLY_AND_RECEIVE_NEXT:
		if (HAS_REPLY_AND_RECEIVE_NEXT)
			return ipc_trap(IPC_REPLY_AND_RECEIVE_NEXT, o->partner,
			    send, wait, receive, end);
		break;
	default:
		break;
	}
	r = ipc_trap(IPC_SEND, o->partner, send, wait, NULL, 0);
	if (c->operation == SEND || code(r) != IPC_OK)
		return ipc_failed(code(r));
	return ipc_trap(IPC_RECEIVE, c->operation == CALL ? o->partner : NOBODY,
	    NULL, 0, receive, end);
}

/* Services that do nothing to others; the detail says which. */
static uint32_t ask_kernel(uint32_t detail, uid_t partner)
{
	struct service_result r;

	switch (detail % 8) {
	case 0: /* also tells whether registers keep their values */
		r = service(SERVICE_CLOCK, detail, 1, partner);
		return r.code + (r.uid != partner);
	case 1:
		thread_yield();
		return SERVICE_OK;
	case 2:
		return service(0x10000 + detail, 0, 0, partner).code;
	case 3: /* the root task may, but has no such memory */
		return service(SERVICE_WRITE, USER_END - 8, 9, NOBODY).code;
	case 4:
		return service(SERVICE_COLD_IPC, 3 + detail, 0, NOBODY).code;
	case 5:
		return service(SERVICE_WRITE, 16, 1 + detail, NOBODY).code;
	default:
		return service(SERVICE_SELF, 0, 0, partner).code;
	}
}

static void create_port(uint32_t answer_by, struct outcome *outcome)
{
	struct service_result r =
	    service(SERVICE_CREATE_PORT, answer_by, 0, NOBODY);

	outcome->result = r.code;
	outcome->words[0] = r.code == SERVICE_OK ? r.ebx : NO_PORT;
}

/* Calls of services. False if the call is another. */
static bool perform_service(const struct order *o, struct outcome *outcome)
{
	const struct call *c = &o->call;

	switch (c->operation) {
	case DELETE_THREAD:
		outcome->result = thread_delete(o->partner);
		return true;
	case SERVICE:
		outcome->result = ask_kernel(c->detail, o->partner);
		return true;
	case NOTIFY:
		outcome->result = notify(o->partner, c->detail);
		return true;
	case CREATE_PORT:
		create_port(c->detail, outcome);
		return true;
	case ASSIGN_PORT:
		outcome->result = port_assign(c->detail, o->partner);
		return true;
	case LINK_PORT:
		outcome->result = port_link(c->detail, c->seed);
		return true;
	case UNMAP:
		outcome->result = unmap((void *)c->send.objects[0].address,
		    c->send.objects[0].bytes);
		return true;
	case PEEK:
		outcome->sum = sum_windows(c->detail);
		return true;
	case POKE:
		set_pager(o->pager);
		outcome->result = memory_is_readable(c->detail & -PAGE_BYTES);
		if (outcome->result)
			memory_put(c->detail, c->seed);
		set_pager(NOBODY);
		return true;
	default:
		return false;
	}
}

static void touch_pages(const struct order *o)
{
	const struct call *c = &o->call;
	uint32_t n, page;

	/* A pager that is silent is asked in the call only. */
	set_pager(c->pager == IS_SILENT ? NOBODY : o->pager);
	for (n = 0; n < PAGES_TO_TOUCH; n++) {
		page = page_to_touch(c, n);
		if (page)
			memory_is_readable(page);
	}
}

/* Where a variable really is, if its place is a block. */
static void find_block(const struct slot *s, struct variable *v)
{
	uid_t uid = v->address < party_block(0) ? s->root : thread_self();

	if (v->place == BLOCK)
		v->address = BLOCK_OF(uid) + v->address % BLOCK_BYTES;
}

static void perform(struct slot *s)
{
	struct order *o = &s->order.order;
	struct call *c = &o->call;
	struct report *report = &s->report.report;
	struct outcome *outcome = &report->outcome;
	struct received r;

	*report = (struct report){0};
	if (perform_service(o, outcome))
		return;
	find_block(s, &c->send);
	find_block(s, &c->receive);
	fill_variables(c);
	if (CONFIG_PAGE_REMAPPING)
		touch_pages(o);
	set_fences(s, c);
	/* Then the kernel has something to leave at the next thread switch. */
	if (c->seed & 1)
		asm volatile("fninit");
	set_pager(o->pager);
	r = do_ipc(o);
	set_pager(NOBODY);
	outcome->result = code(r);
	if (c->operation != SEND && has_message(r)) {
		outcome->result = r.result;
		report->from = r.from;
		outcome->words[0] = r.words[0];
		outcome->words[1] = r.words[1];
		outcome->sum = sum_message(receiving(c), r.result, r.words);
	}
	report->damaged = find_damage(s);
}

static void party(void *slot)
{
	struct slot *s = slot;

	s->order.size = DOPE(DWORDS_OF(struct order), 0);
	s->report.size = s->report.dope = DOPE(DWORDS_OF(struct report), 0);
	for (;;) {
		struct received r =
		    ipc_receive(s->root, &s->order.message.head, TIMEOUT_NEVER);

		if (CONFIG_REGISTER_MESSAGES)
			memcpy(s->order.message.head.words, r.words, 8);
		perform(s);
		ipc_send(s->root, &s->report.message.head, TIMEOUT_NEVER);
	}
}

uid_t start_party(uint32_t number, uid_t root)
{
	struct slot *s = slots + number;

	s->root = root;
	return thread_create(party, s, s->stack, STACK_BYTES);
}

/* Where nothing is that could be executed, or changed. */
static uint32_t nowhere(uint32_t address)
{
	return address >= USER_END ? address : 0x10000000 | address;
}

static void raw(void *argument)
{
	uint32_t seed = (uint32_t)argument, vector = random_word(&seed) >> 8;
	uint32_t eax = nowhere(random_word(&seed)), ebx = random_word(&seed);
	uint32_t ecx = nowhere(random_word(&seed)), edx = random_word(&seed);
	uint32_t esi = random_word(&seed), edi = random_word(&seed);
	struct ipc_parameters block;

	/* Half of the time a value that has a meaning. */
	if (seed & 0x100)
		eax = vector % 6 == 4 ? seed >> 16 & 31 : eax;
	if (seed & 0x200)
		edx = esi = 0;
	if (seed & 0x400)
		edi = seed & 0x800 ? TIMEOUT_NEVER : TIMEOUT_NONE;
	/* New threads start where they cannot go on. */
	if (eax == SERVICE_CREATE_THREAD || eax == SERVICE_CREATE_TASK)
		ebx = nowhere(ebx);
	/* A good block, then, of what is in the registers. */
	block = (struct ipc_parameters){eax, ebx, ecx, edx, esi, edi};
	if (!CONFIG_REGISTER_PARAMETERS && vector % 6 < 4 && seed & 0x1000)
		eax = (uint32_t)&block;
#define TRAP(number)                                                           \
	asm volatile(                                                          \
	    "xorl %%ebp, %%ebp; int %6"                                        \
	    : "+a"(eax), "+b"(ebx), "+c"(ecx), "+d"(edx), "+S"(esi), "+D"(edi) \
	    : "i"(number)                                                      \
	    : "ebp", "memory")
	switch (vector % 6) {
	case 0:
		TRAP(IPC_SEND);
		break;
	case 1:
		TRAP(IPC_RECEIVE);
		break;
	case 2:
		TRAP(IPC_CALL);
		break;
	case 3:
		TRAP(IPC_REPLY_AND_RECEIVE_NEXT);
		break;
	case 4:
		TRAP(KERNEL_SERVICE);
		break;
	default:
		*(volatile uint32_t *)(0xE0000000 | ebx) = seed;
	}
	thread_delete(thread_self());
}

uid_t start_raw(uint32_t seed)
{
	return thread_create(raw, (void *)seed, raw_stack, STACK_BYTES);
}

#define BRAWL_BYTES 0x10000
#define BRAWL_DWORDS (CONFIG_COMPLEX_MESSAGES ? 64 : BRAWL_BYTES / 4)
#define BRAWL_PAGES (BRAWL_BYTES / PAGE_BYTES)
#define BRAWL_RIGHTS                                                           \
	(MEMORY_WRITABLE | (CONFIG_PAGE_REMAPPING ? MEMORY_MOVE : 0))

void child(char *stack_end, uid_t root);
void child_entry(void);

static struct brawler {
	char string[BRAWL_BYTES] __attribute__((aligned(PAGE_BYTES)));
	char stack[STACK_BYTES] __attribute__((aligned(16)));
	uid_t root;
	union brawl_message message;
	struct {
		MESSAGE_VARIABLE(BRAWL_DWORDS, CONFIG_COMPLEX_MESSAGES) m;
		struct memory_object object;
	} variable;
} brawlers[BRAWLERS];

bool is_brawlers_memory(uint32_t address)
{
	return address - (uint32_t)brawlers < sizeof(brawlers);
}

/* A string, or the place where a brawler's objects appear. */
static char *somewhere(uint32_t random)
{
	uint32_t n = random >> 10 & (BRAWLERS - 1);

	return random & 0x8000 ? brawlers[n].string
			       : (char *)BRAWL_WINDOWS + n * BRAWL_BYTES;
}

/* Another message than before, perhaps one that is being sent. */
static void change_message(struct brawler *b, uint32_t random)
{
	uint32_t at = random % BRAWL_BYTES, page = random % BRAWL_PAGES;
	uint32_t objects = random >> 27 & 1;
	struct message *head = &b->variable.m.head;

	head->size =
	    DOPE_WITH_OBJECTS(BRAWL_DWORDS, CONFIG_COMPLEX_MESSAGES, 1);
	if (CONFIG_COMPLEX_MESSAGES) {
		head->dope = DOPE_WITH_OBJECTS(
		    random >> 20 & 63, random >> 26 & 1, objects);
		b->variable.m.strings[0] = (struct indirect_string){at,
		    (uint32_t)somewhere(random >> 3), BRAWL_BYTES - at / 2,
		    (uint32_t)somewhere(random)};
	} else {
		head->dope = objects ? DOPE_WITH_OBJECTS(0, 0, 1)
				     : FLAT_DOPE(at / 4 >> (random >> 20 & 15));
	}
	b->variable.object =
	    (struct memory_object){(BRAWL_PAGES - page) * PAGE_BYTES,
		((uint32_t)somewhere(random >> 5) + page * PAGE_BYTES) |
		    (random >> 28 & BRAWL_RIGHTS),
		BRAWL_BYTES,
		BRAWL_WINDOWS + (random >> 12 & (BRAWLERS - 1)) * BRAWL_BYTES};
	b->string[at] += 1;
}

static void brawl(struct brawler *b)
{
	uint32_t *seed = &b->message.brawl.seed, random = random_word(seed);
	uint32_t timeout = 1 + (random >> 12 & 3);
	uid_t partner = b->message.brawl.uids[random >> 14 & (BRAWLERS - 1)];
	struct message *message = &b->variable.m.head;

	if (random & 0x10000)
		timeout = random & 0x20000 ? TIMEOUT_NEVER : TIMEOUT_NONE;
	if (CONFIG_NOTIFICATIONS && random & 0x200)
		notify(partner, random);
	if (CONFIG_VIRTUAL_REGISTERS && random & 0x400) {
		message = (struct message *)BLOCK_OF(thread_self());
		message->size = FLAT_DOPE(random >> 20);
		message->dope = FLAT_DOPE(random >> 24 & 63);
	}
	change_message(
	    brawlers + (random >> 18 & (BRAWLERS - 1)), random_word(seed));
	switch (random >> 28 & 3) {
	case RECEIVE:
		ipc_trap(IPC_RECEIVE, random & 0x100 ? partner : NOBODY, NULL,
		    0, message, timeout);
		break;
	case CALL:
		if (CONFIG_RPC_SYSCALLS) {
			ipc_trap(IPC_CALL, partner, message, timeout, message,
			    timeout);
			break;
		}
		/* fall through */
	case REPLY_AND_RECEIVE_NEXT:
		if (HAS_REPLY_AND_RECEIVE_NEXT) {
			ipc_trap(IPC_REPLY_AND_RECEIVE_NEXT, partner, message,
			    timeout, message, timeout);
			break;
		}
		/* fall through */
	default:
		ipc_trap(IPC_SEND, partner, message, timeout, NULL, 0);
	}
}

static void brawler(void *argument)
{
	struct brawler *b = argument;
	struct received r;

	b->message.size = DOPE(DWORDS_OF(struct brawl), 0);
	r = ipc_receive(b->root, &b->message.message.head, TIMEOUT_NEVER);
	if (CONFIG_REGISTER_MESSAGES)
		memcpy(b->message.message.head.words, r.words, 8);
	for (;;)
		brawl(b);
}

/* In a task of its own, whose memory comes from a pager. It starts with its
 * stack pointer where its stack ends. */
void child(char *stack_end, uid_t root)
{
	struct brawler *b =
	    (struct brawler *)(stack_end - offsetof(struct brawler, root));

	b->root = root;
	brawler(b);
}

asm("child_entry:\n"
    "	movl %esp, %eax\n"
    "	pushl %esi\n"
    "	pushl %edx\n"
    "	pushl %eax\n"
    "	pushl $0\n"
    "	jmp child\n");

uid_t start_child(uint32_t number, uid_t pager)
{
	return task_create(
	    (uint32_t)child_entry, (uint32_t)&brawlers[number].root, pager);
}

uid_t start_brawler(uint32_t number, uid_t root)
{
	struct brawler *b = brawlers + number;

	b->root = root;
	return thread_create(brawler, b, b->stack, STACK_BYTES);
}

void unmap_zone(void)
{
	unmap((void *)ZONE, ZONE_BYTES);
	unmap((void *)BRAWL_WINDOWS, BRAWLERS * BRAWL_BYTES);
	unmap((void *)EDGE_END, PAGE_BYTES);
}

static uid_t start(const struct call *c, uid_t root)
{
	if (c->operation == UNMAP) {
		unmap_zone();
		return NOBODY;
	}
	if (c->operation == RAW_CALL)
		return start_raw(c->seed);
	if (c->operation == BRAWL)
		return start_brawler(c->party, root);
	return start_party(c->party, root);
}

void spawner(uid_t root)
{
	static union order_message order;
	static MESSAGE_VARIABLE(0, 0) answer;
	struct received r;
	uid_t made;

	set_pager(NOBODY);
	order.size = DOPE(DWORDS_OF(struct order), 0);
	/* Its space's number is what the root thread answers. */
	r = ipc_call(
	    root, &answer.head, TIMEOUT_NEVER, &answer.head, TIMEOUT_NEVER);
	find_places(r.words[0]);
	for (;;) {
		r = ipc_receive(root, &order.message.head, TIMEOUT_NEVER);
		if (CONFIG_REGISTER_MESSAGES)
			memcpy(order.message.head.words, r.words, 8);
		made = start(&order.order.call, root);
		answer.head.words[0] = (uint32_t)made;
		answer.head.words[1] = (uint32_t)(made >> 32);
		ipc_send(root, &answer.head, TIMEOUT_NEVER);
	}
}
