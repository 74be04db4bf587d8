/* SPDX-License-Identifier: BSD-2-Clause */
#include "party.h"
#include "hostile.h"
#include "registers.h"
#include "tasks.h"

#define PARTIES 16 /* in each space */
#define MOST_CHILDREN 300
#define HUNGRY_CHILDREN 40 /* of them */
#define STACK_BYTES 16384  /* the stubs may copy messages there */

#define DWORDS_OF(type) ((sizeof(type) - 8 + 3) / 4)

uint8_t area[AREA_BYTES] __attribute__((aligned(4096)));

static const MESSAGE_VARIABLE(4, 0) constant = {.head = {.size = DOPE(4, 0)}};
const struct message *const read_only = &constant.head;

/* One that carries an order, one that carries a report. */
union order_message {
	MESSAGE_VARIABLE(DWORDS_OF(struct order), 0) message;
	struct {
		uint32_t size, dope;
		struct order order;
	};
};

union report_message {
	MESSAGE_VARIABLE(DWORDS_OF(struct report), 0) message;
	struct {
		uint32_t size, dope;
		struct report report;
	};
};

/* Of each space: the parties in it. */
static struct slot {
	char stack[STACK_BYTES] __attribute__((aligned(16)));
	union order_message order;
	union report_message report;
	uid_t root;
	struct flat_message flat;
} slots[PARTIES];

/* Of the root task: all parties in all spaces. */
static uid_t first_threads[ALL_SPACES];
static uid_t parties[ALL_SPACES][PARTIES];

/* Contents: any dword or byte of a message differs from any other's. */
uint32_t contents_word(uint32_t seed, uint32_t n)
{
	uint32_t x = seed * 0x9E3779B1u ^ n * 0x85EBCA6Bu;

	return x ^ x >> 15;
}

static uint8_t contents_byte(uint32_t seed, uint32_t n)
{
	return (uint8_t)((seed + n) * 37 ^ n >> 8 ^ n >> 16);
}

static uint32_t add(uint32_t sum, uint32_t value)
{
	return (sum << 5 | sum >> 27) + value;
}

uint32_t contents_sum(uint32_t seed, uint32_t dwords, uint32_t string_bytes)
{
	uint32_t sum = 0, n;

	for (n = 0; n < 2 + dwords; n++)
		sum = add(sum, contents_word(seed, n));
	for (n = 0; n < string_bytes; n++)
		sum = add(sum, contents_byte(seed, n));
	return sum;
}

static uint32_t dwords_in(const struct variable *v, uint32_t dope)
{
	return v->flat ? FLAT_DOPE_DWORDS(dope) : DOPE_DWORDS(dope);
}

static uint32_t strings_in(const struct variable *v, uint32_t dope)
{
	return v->flat ? 0 : DOPE_STRINGS(dope);
}

static struct indirect_string *descriptors(const struct variable *v)
{
	struct message *m = (struct message *)v->address;

	return (struct indirect_string *)(m->direct + dwords_in(v, v->dope));
}

static void make_up(const struct variable *v, uint32_t seed)
{
	struct message *m = (struct message *)v->address;
	struct indirect_string *strings;
	struct memory_object *objects;
	uint32_t n;

	if (!v->address || v->made_up == NOTHING)
		return;
	m->size = m->dope = v->dope;
	for (n = 0; n < 2; n++)
		m->words[n] = contents_word(seed, n);
	if (v->made_up == HEAD)
		return;
	for (n = 0; n < dwords_in(v, v->dope); n++)
		m->direct[n] = contents_word(seed, 2 + n);
	strings = descriptors(v);
	for (n = 0; n < strings_in(v, v->dope); n++) {
		uint32_t at = v->string + n * v->length;

		strings[n] =
		    (struct indirect_string){v->length, at, v->length, at};
	}
	objects = (struct memory_object *)(strings + strings_in(v, v->dope));
	for (n = 0; n < DOPE_OBJECTS(v->dope); n++) {
		uint32_t at = v->object + n * v->object_bytes;

		objects[n] = (struct memory_object){
		    v->object_bytes, at, v->object_bytes, at & -4096u};
	}
}

static void make_up_string(const struct variable *v, uint32_t seed)
{
	uint8_t *s = (uint8_t *)v->string;
	uint32_t n;

	if (!v->address || v->made_up != ALL)
		return;
	for (n = 0; n < v->length * strings_in(v, v->dope); n++)
		s[n] = contents_byte(seed, n);
}

static uint32_t sum_received(const struct variable *v, struct received r)
{
	const struct message *m = (const struct message *)v->address;
	uint32_t sum = add(add(0, r.words[0]), r.words[1]);
	uint32_t n, string;

	for (n = 0; n < dwords_in(v, r.result); n++)
		sum = add(sum, m->direct[n]);
	for (string = 0; string < strings_in(v, r.result); string++) {
		const struct indirect_string *d = descriptors(v) + string;
		const uint8_t *s = (const uint8_t *)d->address;

		for (n = 0; n < d->length; n++)
			sum = add(sum, s[n]);
	}
	return sum;
}

/* What is bad goes to the kernel as it is: the stubs would look into it. */
static struct received do_bad_ipc(const struct order *o)
{
	const struct message *send = (const struct message *)o->send.address;
	struct message *receive = (struct message *)o->receive.address;
	struct received r;

	if (o->operation == SEND)
		return ipc_failed(code(ipc_trap(
		    IPC_SEND, o->partner, send, o->send_timeout, NULL, 0)));
	if (o->operation == RECEIVE)
		return ipc_trap(IPC_RECEIVE, o->partner, NULL, 0, receive,
		    o->receive_timeout);
	if (CONFIG_RPC_SYSCALLS && o->operation == CALL)
		return ipc_trap(IPC_CALL, o->partner, send, o->send_timeout,
		    receive, o->receive_timeout);
	if (HAS_REPLY_AND_RECEIVE_NEXT && o->operation != CALL)
		return ipc_trap(IPC_REPLY_AND_RECEIVE_NEXT, o->partner, send,
		    o->send_timeout, receive, o->receive_timeout);
	r = ipc_trap(IPC_SEND, o->partner, send, o->send_timeout, NULL, 0);
	if (code(r) != IPC_OK)
		return ipc_failed(code(r));
	return ipc_trap(IPC_RECEIVE, o->operation == CALL ? o->partner : NOBODY,
	    NULL, 0, receive, o->receive_timeout);
}

/* Without CONFIG_REGISTER_PARAMETERS: the block may be anywhere. */
static struct received do_ipc_by_block(const struct order *o)
{
	const struct message *m = (const struct message *)o->receive.address;
	struct received r = {0};
	uint32_t eax = o->block, ebx, ecx, edx, esi;

#define TRAP(vector)                                                           \
	asm volatile("pushl %%ebp; int %5; popl %%ebp"                         \
		     : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx), "=S"(esi)   \
		     : "i"(vector)                                             \
		     : "edi", "memory")
	if (o->operation == SEND)
		TRAP(IPC_SEND);
	else if (o->operation == RECEIVE)
		TRAP(IPC_RECEIVE);
	else if (o->operation == CALL)
		TRAP(IPC_CALL);
	else
		TRAP(IPC_REPLY_AND_RECEIVE_NEXT);
	r.result = eax;
	r.from = (uid_t)esi << 32 | edx;
	if (o->operation != SEND && has_message(r)) {
		r.words[0] = CONFIG_REGISTER_MESSAGES ? ebx : m->words[0];
		r.words[1] = CONFIG_REGISTER_MESSAGES ? ecx : m->words[1];
	}
	return r;
}

static struct received do_ipc(const struct order *o, struct flat_message *flat)
{
	const struct message *send = (const struct message *)o->send.address;
	struct message *receive = (struct message *)o->receive.address;
	struct received r = {0};

	if (o->block)
		return do_ipc_by_block(o);
	if (o->raw)
		return do_bad_ipc(o);
	switch (o->operation) {
	case SEND:
		r.result =
		    complex_send(o->partner, send, o->send_timeout, flat);
		return r;
	case RECEIVE:
		return complex_receive(
		    o->partner, receive, o->receive_timeout, flat);
	case CALL:
		return complex_call(o->partner, send, o->send_timeout, receive,
		    o->receive_timeout, flat);
	default:
		return complex_reply_and_receive_next(o->partner, send,
		    o->send_timeout, receive, o->receive_timeout, flat);
	}
}

/* One word of a message after the other, for some moments. */
static void __attribute__((noreturn))
change_for_ever(volatile uint32_t *message)
{
	uint32_t n, x = 1;

	for (;;)
		for (n = 0; n < 4 + 20 + 12; n++) {
			uint32_t is = message[n], turns;

			x = x * 1664525 + 1013904223;
			message[n] = x & 1 ? is + 4 : x;
			for (turns = 0; turns < 2000; turns++)
				asm volatile("");
			message[n] = is;
		}
}

static uid_t children[MOST_CHILDREN];
static uint32_t children_count;

static void child_create(void (*entry)(void))
{
	uid_t made = task_create((uint32_t)entry, 0, NOBODY);

	if (made != NOBODY)
		children[children_count++] = made;
}

/* They take all the memory. In the end some go, for others to talk. */
static uint32_t create_all(void)
{
	MESSAGE_VARIABLE(0, 0) nothing = {.head = {0}};
	uint32_t n, count;

	for (n = 0; n < MOST_CHILDREN; n++) {
		child_create(n < HUNGRY_CHILDREN ? touch_all_regions
						 : wait_without_stack);
		if (n < HUNGRY_CHILDREN)
			ipc_receive(NOBODY, &nothing.head, 20);
		else
			thread_yield();
	}
	count = children_count;
	for (n = 0; n < 30 && children_count; n++)
		task_delete(children[--children_count]);
	return count;
}

static uint32_t delete_all(void)
{
	uint32_t failed = 0;

	while (children_count)
		if (task_delete(children[--children_count]) == SERVICE_DENIED)
			failed++;
	return failed;
}

static bool memory_operation(const struct order *o, struct report *report)
{
	switch (o->operation) {
	case SPIN:
		for (;;)
			;
	case READ:
		report->words[0] = *(volatile uint32_t *)o->detail;
		return true;
	case WRITE:
		*(volatile uint32_t *)o->detail = o->seed;
		return true;
	case UNMAP:
		report->result = unmap((void *)o->detail, 4096);
		return true;
	case PAGER:
		set_pager(o->partner);
		return true;
	case UNMAP_NOTHING:
		report->result = unmap((void *)o->detail, 0);
		return true;
	case CHANGE:
		change_for_ever((uint32_t *)o->detail);
	case CREATE_ALL:
		report->words[0] = create_all();
		return true;
	case DELETE_ALL:
		report->words[0] = delete_all();
		return true;
	case DELETE:
		report->result = o->detail ? task_delete(o->partner)
					   : thread_delete(o->partner);
		return true;
	case CREATE:
		report->from =
		    task_create((uint32_t)wait_without_stack, 0, NOBODY);
		return true;
	default:
		return false;
	}
}

static struct report ask_kernel(const struct order *o)
{
	struct service_result r =
	    service(o->detail, o->seed, o->send_timeout, o->partner);

	return (struct report){
	    .result = r.code, .from = r.uid, .words = {r.ebx, r.ecx}};
}

/* All of it in a page, which a test unmaps. */
__attribute__((aligned(4096))) struct report perform_with(
    const struct order *o, struct flat_message *flat)
{
	struct report report = {0};
	struct received r;

	if (memory_operation(o, &report))
		return report;
	/* Other contents than those to come, so that they must be copied. */
	make_up(&o->receive, ~o->seed);
	make_up(&o->send, o->seed);
	if (o->send.address && o->send.address == o->receive.address)
		((struct message *)o->send.address)->size = o->receive.dope;
	make_up_string(&o->send, o->seed);
	if (o->operation == HOSTILE) {
		report.result = be_hostile(o);
		return report;
	}
	if (o->operation == ATTACH || o->operation == DETACH) {
		report.result = o->operation == ATTACH
				    ? interrupt_attach(o->detail)
				    : interrupt_detach(o->detail);
		return report;
	}
	if (o->operation == SCHEDULE) {
		report.result =
		    thread_schedule(o->partner, o->detail, o->send_timeout)
			.code;
		return report;
	}
	if (o->operation == USE_COPROCESSOR) {
		report.result = use_coprocessor(o);
		return report;
	}
	if (o->operation == ASK_KERNEL)
		return ask_kernel(o);
	r = do_ipc(o, flat);
	report.result = r.result;
	report.from = r.from;
	report.words[0] = r.words[0];
	report.words[1] = r.words[1];
	if (o->operation != SEND && has_message(r))
		report.sum = sum_received(&o->receive, r);
	return report;
}

struct report perform(const struct order *o)
{
	static struct flat_message flat;

	return perform_with(o, &flat);
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
		s->report.report = perform_with(&s->order.order, &s->flat);
		ipc_send(s->root, &s->report.message.head, TIMEOUT_NEVER);
	}
}

static uid_t start_party(uint32_t number, uid_t root)
{
	struct slot *s = slots + number;

	s->root = root;
	return thread_create(party, s, s->stack, STACK_BYTES);
}

void spawner(uid_t root, bool is_module)
{
	static union order_message order;
	static MESSAGE_VARIABLE(0, 0) answer;
	uid_t made;

	/* The tests' own threads are ended by a fault, as if nobody cared. */
	if (is_module)
		set_pager(NOBODY);
	order.size = DOPE(DWORDS_OF(struct order), 0);
	ipc_send(root, &answer.head, TIMEOUT_NEVER);
	for (;;) {
		struct received r =
		    ipc_receive(root, &order.message.head, TIMEOUT_NEVER);

		if (CONFIG_REGISTER_MESSAGES)
			memcpy(order.message.head.words, r.words, 8);
		made = start_party(order.order.detail, root);
		answer.head.words[0] = (uint32_t)made;
		answer.head.words[1] = (uint32_t)(made >> 32);
		ipc_send(root, &answer.head, TIMEOUT_NEVER);
	}
}

void find_spaces(void)
{
	MESSAGE_VARIABLE(0, 0) hello = {.head = {0}};
	uint32_t space;

	for (space = 1; space < SPACES; space++)
		first_threads[space] =
		    ipc_receive(NOBODY, &hello.head, TIMEOUT_NEVER).from;
}

void tell(uid_t party, const struct order *order)
{
	static union order_message message;

	message.size = message.dope = DOPE(DWORDS_OF(struct order), 0);
	message.order = *order;
	if (ipc_send(party, &message.message.head, TIMEOUT_NEVER) != IPC_OK)
		fail("a party takes no orders");
}

static struct received receive_report(
    uid_t party, uint32_t timeout, struct report *report)
{
	static union report_message message;
	struct received r;

	message.size = DOPE(DWORDS_OF(struct report), 0);
	r = ipc_receive(party, &message.message.head, timeout);
	if (CONFIG_REGISTER_MESSAGES)
		memcpy(message.message.head.words, r.words, 8);
	*report = message.report;
	return r;
}

struct report ask(uid_t party)
{
	struct report report;

	if (code(receive_report(party, TIMEOUT_NEVER, &report)) != IPC_OK)
		fail("a party does not report");
	return report;
}

bool is_done(uid_t party, struct report *report)
{
	settle();
	return code(receive_report(party, TIMEOUT_NONE, report)) == IPC_OK;
}

struct report tell_and_ask(uid_t party, const struct order *order)
{
	tell(party, order);
	return ask(party);
}

void settle(void)
{
	uint32_t n;

	for (n = 0; n < 2 * ALL_SPACES + 4; n++)
		thread_yield();
}

uid_t party_create(uint32_t space)
{
	static MESSAGE_VARIABLE(0, 0) answer;
	struct order spawn = {.operation = SPAWN};
	struct received r;
	uid_t made;
	uint32_t n;

	for (n = 0; n < PARTIES && parties[space][n]; n++)
		;
	if (n == PARTIES)
		fail("too many parties");
	if (space == 0) {
		made = start_party(n, thread_self());
	} else {
		spawn.detail = n;
		tell(first_threads[space], &spawn);
		r = ipc_receive(
		    first_threads[space], &answer.head, TIMEOUT_NEVER);
		made = (uid_t)r.words[1] << 32 | r.words[0];
	}
	if (made == NOBODY)
		fail("no thread for a party");
	settle();
	parties[space][n] = made;
	return made;
}

void party_delete(uid_t party)
{
	uint32_t space, n;

	for (space = 0; space < ALL_SPACES; space++)
		for (n = 0; n < PARTIES; n++)
			if (parties[space][n] == party)
				parties[space][n] = NOBODY;
	thread_delete(party);
}

void parties_delete(void)
{
	uint32_t space, n;

	for (space = 0; space < ALL_SPACES; space++)
		for (n = 0; n < PARTIES; n++)
			if (parties[space][n]) {
				thread_delete(parties[space][n]);
				parties[space][n] = NOBODY;
			}
}

uint32_t party_stack(uint32_t space, uid_t party)
{
	uint32_t n;

	for (n = 0; n < PARTIES && parties[space][n] != party; n++)
		;
	return (uint32_t)(slots[n].stack + STACK_BYTES - 16) & -4096u;
}

uid_t first_thread(uint32_t space)
{
	return first_threads[space];
}

void space_create(uint32_t space)
{
	MESSAGE_VARIABLE(0, 0) hello = {.head = {0}};

	first_threads[space] = made_task_create(space - SPACES);
	if (first_threads[space] == NOBODY)
		fail("no memory for a task");
	if (code(ipc_receive(
		first_threads[space], &hello.head, TIMEOUT_NEVER)) != IPC_OK)
		fail("a task does not start");
}

uint32_t space_delete(uint32_t space)
{
	uint32_t n, result = task_delete(first_threads[space]);

	for (n = 0; n < PARTIES; n++)
		parties[space][n] = NOBODY;
	made_task_forget(space - SPACES);
	return result;
}
