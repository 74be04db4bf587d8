/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fuzzer: makes calls by many parties in some address spaces, in an order
 * and with parameters that follow from a seed, right and wrong ones, and
 * records a digest of what comes of them. The reference model (harness/models/
 * ipc) makes the same calls of the same seed; the digests must be equal.
 * Modules: this program, SPACES times.
 *
 * Command line: seed= calls= interval= (calls in a digest), and first= last=,
 * the calls to be put into words.
 */
#include "pagers.h"
#include "party.h"
#include "transcript.h"

/*
 * The root thread runs when nobody else can: what a call brings about has
 * then come to its end.
 */
#define PRIORITY_OF_ROOT 0

/* Longer than any short wait, with all that may be added to it. */
#define SHORT_WAIT_IS_OVER 400

static uid_t first_threads[SPACES];
static uid_t uids[PARTIES], former_uids[PARTIES];

/* The kernel keeps frames for small blocks and page tables, not more. */
#define FRAMES_KEPT 128

static struct generator generator;
static struct transcript transcript;

/* Of the current call: who has finished, and how. */
static bool finished[PARTIES];
static struct outcome outcomes[PARTIES];

static uint32_t party_number(uid_t uid)
{
	uint32_t n;

	for (n = 0; n < PARTIES; n++)
		if (uid != NOBODY && uids[n] == uid)
			return n;
	return NO_PARTY;
}

/* As in an outcome. */
static uint32_t source_of(uid_t from)
{
	if (CONFIG_PORTS && from >> 32 == PORT_STATION)
		return BY_LINK + (uint32_t)from;
	return party_number(from);
}

uint32_t space_of(uid_t uid)
{
	uint32_t n = party_number(uid);

	return n == NO_PARTY ? 0 : generator.parties[n].space;
}

static void find_spaces(void)
{
	MESSAGE_VARIABLE(0, 0) message = {.head = {0}};
	uint32_t space;

	find_places(0);
	for (space = 1; space < SPACES; space++) {
		first_threads[space] =
		    ipc_receive(NOBODY, &message.head, TIMEOUT_NEVER).from;
		message.head.words[0] = space;
		ipc_send(first_threads[space], &message.head, TIMEOUT_NEVER);
	}
}

static void tell(uid_t to, const struct call *call, uid_t partner)
{
	static union order_message message;

	message.size = message.dope = DOPE(DWORDS_OF(struct order), 0);
	message.order.partner = partner;
	message.order.pager = pager_uid(call->pager);
	message.order.call = *call;
	if (ipc_send(to, &message.message.head, TIMEOUT_NEVER) != IPC_OK)
		fail("call %u: a party takes no orders", generator.number);
}

/* Has somebody (or anybody) finished? */
static bool collect(uid_t from, uint32_t timeout)
{
	static union report_message message;
	struct outcome *outcome = &message.report.outcome;
	struct received r;
	uint32_t n;

	message.size = DOPE(DWORDS_OF(struct report), 0);
	r = ipc_receive(from, &message.message.head, timeout);
	if (code(r) == (IPC_IN_RECEIVE | IPC_TIMEOUT))
		return false;
	n = party_number(r.from);
	if (code(r) != IPC_OK || n == NO_PARTY)
		fail("call %u: a strange message to the root thread",
		    generator.number);
	if (CONFIG_REGISTER_MESSAGES)
		memcpy(message.message.head.words, r.words, 8);
	if (message.report.damaged)
		fail("call %u: memory of party %u in space %u was written at "
		     "%x",
		    generator.number, n, generator.parties[n].space,
		    message.report.damaged);
	outcome->from = source_of(message.report.from);
	outcomes[n] = *outcome;
	finished[n] = true;
	return true;
}

/* Until everybody waits. */
static void settle(void)
{
	do
		thread_yield();
	while (collect(NOBODY, TIMEOUT_NONE));
}

static uid_t ask_spawner(uint32_t space, const struct call *call)
{
	static MESSAGE_VARIABLE(0, 0) answer;
	struct received r;

	tell(first_threads[space], call, NOBODY);
	r = ipc_receive(first_threads[space], &answer.head, TIMEOUT_NEVER);
	return (uid_t)r.words[1] << 32 | r.words[0];
}

static void create(const struct call *c)
{
	uids[c->party] = c->detail ? ask_spawner(c->detail, c)
				   : start_party(c->party, thread_self());
	if (uids[c->party] == NOBODY)
		fail("call %u: no thread for a party", generator.number);
	thread_schedule(uids[c->party], PRIORITY_DEFAULT, SCHEDULE_KEEP);
}

static void raw_call(const struct call *c)
{
	uid_t uid = ask_spawner(c->detail, c);

	if (uid == NOBODY)
		fail("call %u: no thread", generator.number);
	settle();
	thread_delete(uid);
}

/* In one of the spaces, or in a task of its own. */
static uid_t create_brawler(uint32_t number, uint32_t seed, uid_t pager)
{
	struct call call = {.operation = BRAWL, .party = number};
	uint32_t space = seed >> 2 * number & 3;
	uid_t uid;

	if (seed >> (14 + number) & 1)
		uid = start_child(number, pager);
	else if (space)
		uid = ask_spawner(space, &call);
	else
		uid = start_brawler(number, thread_self());
	if (uid == NOBODY)
		fail("call %u: no thread", generator.number);
	return uid;
}

static void start_brawl(uint32_t seed, uid_t brawlers[])
{
	static union brawl_message message;
	uid_t pager = pager_of_children();
	uint32_t n;

	for (n = 0; n < BRAWLERS; n++)
		brawlers[n] = create_brawler(n, seed, pager);
	message.size = message.dope = DOPE(DWORDS_OF(struct brawl), 0);
	memcpy(message.brawl.uids, brawlers, sizeof(message.brawl.uids));
	for (n = 0; n < BRAWLERS; n++) {
		message.brawl.seed = seed + n;
		if (ipc_send(brawlers[n], &message.message.head,
			TIMEOUT_NEVER) != IPC_OK)
			fail("call %u: a brawler takes no orders",
			    generator.number);
		thread_schedule(brawlers[n], PRIORITY_DEFAULT - (seed >> n & 1),
		    SCHEDULE_KEEP);
	}
}

/* Nothing is said about who does what: it depends on the clock. */
static void have_brawl(uint32_t seed)
{
	uid_t brawlers[BRAWLERS];
	uint32_t n;

	thread_schedule(thread_self(), PRIORITY_DEFAULT, SCHEDULE_KEEP);
	start_brawl(seed, brawlers);
	for (n = 0; n < (seed >> 8 & 3); n++) {
		thread_yield();
		swap_out(brawlers[seed >> 2 * n & (BRAWLERS - 1)]);
	}
	for (n = 0; n < BRAWLERS; n++) {
		uint32_t which = n ^ (seed >> 10 & 3);
		bool is_child = seed >> (14 + which) & 1;

		if ((is_child ? task_delete : thread_delete)(brawlers[which]) !=
		    SERVICE_OK)
			fail("call %u: a brawler has gone", generator.number);
	}
	thread_schedule(thread_self(), PRIORITY_OF_ROOT, SCHEDULE_KEEP);
	settle();
}

static uid_t partner_uid(const struct call *c)
{
	static const uint8_t bits[] = {0, 11, 26, 31, 32, 45, 46, 59, 60, 63};
	uid_t former = former_uids[c->partner];

	switch (c->whom) {
	case PARTY:
		return uids[c->partner];
	case FORMERLY:
		return former == NOBODY ? ~NOBODY : former;
	case FORGED: /* never in the thread's number: there may be such a one */
		return uids[c->partner] ^
		       (uid_t)1 << bits[generator.number % sizeof(bits)];
	case SILENT:
		return first_threads[1 + c->partner % (SPACES - 1)];
	case NOT_ANY:
		return NOBODY;
	case BITS:
		return NOTIFICATION;
	case LINK:
		return PORT(c->link);
	default:
		return ~NOBODY;
	}
}

static void forget(uint32_t party)
{
	generator.parties[party].exists = false;
	former_uids[party] = uids[party];
	uids[party] = NOBODY;
}

/* Whom the call has ended, or NO_PARTY. */
static uint32_t whom_it_ends(const struct call *c)
{
	bool done = finished[c->party];

	/* Where it may not write, it does not come back. */
	if (c->operation == POKE)
		return done ? NO_PARTY : c->party;
	if (c->operation != DELETE_THREAD || c->whom != PARTY)
		return NO_PARTY;
	return done && outcomes[c->party].result != SERVICE_OK ? NO_PARTY
							       : c->partner;
}

/* A party was deleted by itself or by another: is it really gone? */
static void check_deleted(const struct call *c)
{
	uint32_t ended = whom_it_ends(c);

	if (ended == NO_PARTY)
		return;
	if (thread_delete(uids[ended]) != SERVICE_NO_THREAD)
		fail("call %u: a deleted party lives", generator.number);
	forget(ended);
}

static void schedule_party(const struct call *c)
{
	uint32_t priority = 1 + c->detail % (PRIORITIES - 1);
	uint32_t timeslice = 1 + (c->detail >> 4) % 64;

	if (thread_schedule(uids[c->party], priority, timeslice).code !=
	    SERVICE_OK)
		fail("call %u: a party has gone", generator.number);
}

/* Those whose bit is set, if they can be; it is no matter to anybody. */
static void swap_parties(uint32_t set)
{
	uint32_t n;

	for (n = 0; n < PARTIES; n++)
		if (set >> n & 1 && uids[n] != NOBODY)
			swap_out(uids[n]);
	for (n = NO_PAGER + 1; n < PAGERS; n++)
		if (set >> (PARTIES + n) & 1)
			swap_out(pager_uid(n));
}

static void make_call(const struct call *c)
{
	switch (c->operation) {
	case CREATE_PARTY:
		create(c);
		break;
	case DELETE_PARTY:
		if (thread_delete(uids[c->party]) != SERVICE_OK)
			fail("call %u: a party has gone", generator.number);
		forget(c->party);
		break;
	case SCHEDULE_PARTY:
		schedule_party(c);
		break;
	case SWAP_PARTIES:
		swap_parties(c->detail);
		break;
	case RAW_CALL:
		if (c->seed & 0x1000)
			have_brawl(c->seed);
		else
			raw_call(c);
		break;
	default:
		generator.parties[c->party].busy = true;
		generator.parties[c->party].call = *c;
		tell(uids[c->party], c, partner_uid(c));
	}
	settle();
	if (!is_ipc(c->operation))
		return;
	/* Its partner, too, may wait for its pager no longer than that. */
	if (is_short_wait(c->send_timeout) ||
	    is_short_wait(c->receive_timeout)) {
		while (collect(NOBODY, SHORT_WAIT_IS_OVER))
			;
		settle();
	}
}

static void one_call(void)
{
	struct call call;
	uint32_t n;

	next_call(&generator, &call);
	for (n = 0; n < PARTIES; n++)
		finished[n] = false;
	tell_call(&transcript, &generator, &call);
	make_call(&call);
	for (n = 0; n < PARTIES; n++)
		if (finished[n]) {
			call_finished(&generator, n, outcomes + n);
			tell_outcome(&transcript, n, outcomes + n);
		}
	check_deleted(&call);
	if (call.operation == CREATE_PARTY)
		generator.parties[call.party] =
		    (struct party_state){.exists = true,
			.space = call.detail,
			.arena = call.partner};
}

static struct service_result memory_account(void)
{
	return service(SERVICE_MEMORY, 0, 0, NOBODY);
}

/* Nobody is left but those who were there before the first call. */
static void clear_up(void)
{
	const struct call call = {.operation = UNMAP};
	uint32_t n;

	for (n = 0; n < PARTIES; n++)
		if (uids[n] != NOBODY)
			thread_delete(uids[n]);
	unmap_zone();
	for (n = 1; n < SPACES; n++)
		ask_spawner(n, &call);
	/* Brings in who is swapped out. */
	for (n = NO_PAGER + 1; n < PAGERS; n++)
		thread_schedule(pager_uid(n), SCHEDULE_KEEP, SCHEDULE_KEEP);
	thread_schedule(pager_of_children(), SCHEDULE_KEEP, SCHEDULE_KEEP);
	settle();
}

static void check_memory(const struct service_result *before)
{
	struct service_result now;

	clear_up();
	now = memory_account();
	if (now.ecx != before->ecx)
		fail("call %u: of the kernel's heap %u bytes are used, of %u "
		     "before",
		    generator.number, now.ecx, before->ecx);
	if (now.ebx + FRAMES_KEPT < before->ebx)
		fail("call %u: %u frames are free, of %u before",
		    generator.number, now.ebx, before->ebx);
}

void program(const char *command_line, uid_t root)
{
	struct service_result memory;
	uint32_t calls, interval;

	if (root != NOBODY)
		spawner(root);
	/* Before the end of the stack is used. */
	generator_start(&generator, argument(command_line, "seed", 1));
	calls = argument(command_line, "calls", 10000);
	interval = argument(command_line, "interval", 1000);
	transcript.first = argument(command_line, "first", 1);
	transcript.last = argument(command_line, "last", 0);
	find_spaces();
	start_pagers();
	thread_schedule(thread_self(), PRIORITY_OF_ROOT, SCHEDULE_KEEP);
	memory = memory_account();
	record_begin("fuzz");
	while (generator.number < calls) {
		one_call();
		if (generator.number % interval == 0 ||
		    generator.number == calls)
			record_sample("call=%u digest=%u", generator.number,
			    transcript.digest);
	}
	check_memory(&memory);
	record_end();
	machine_stop(0);
}
