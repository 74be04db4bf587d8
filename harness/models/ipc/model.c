/* SPDX-License-Identifier: BSD-2-Clause */
#include "model.h"
#include "delivery.h"
#include "memory.h"

void model_start(struct model *m, struct model_switches switches, uint32_t seed)
{
	*m = (struct model){.switches = switches};
	complex_messages = switches.complex_messages;
	page_remapping = switches.page_remapping;
	notifications = switches.notifications;
	ports = switches.ports;
	virtual_registers = switches.virtual_registers;
	generator_start(&m->generator, seed);
	memory_start();
}

static struct party_state *state(struct model *m, uint32_t party)
{
	return m->generator.parties + party;
}

static void finish(struct model *m, uint32_t party, uint32_t result)
{
	struct model_party *p = m->parties + party;

	p->waiting = IDLE;
	p->finished = true;
	p->outcome = (struct outcome){.result = result, .from = NO_PARTY};
	state(m, party)->busy = false;
}

/* The source of a message, for its receiver. */
static uint32_t source(struct model *m, uint32_t from, uint32_t to)
{
	uint32_t link = ports_deliver(&m->ports, m->parties[from].by,
	    m->parties[from].thread, m->parties[to].thread);

	if (link == PORT_LINKS)
		return from;
	m->by_port++;
	return BY_LINK + link;
}

static void finish_received(
    struct model *m, uint32_t party, uint32_t from, const struct parcel *p)
{
	struct outcome *o = &m->parties[party].outcome;

	finish(m, party, p->result);
	o->from = from;
	o->words[0] = p->head[2];
	o->words[1] = p->head[3];
	memory_choose(state(m, party)->space);
	o->sum =
	    sum_message(receiving(&state(m, party)->call), p->result, o->words);
}

static void start_receiving(struct model *m, uint32_t party);
static void receive(struct model *m, uint32_t party);

/* The sender has done its part. */
static void sent(struct model *m, uint32_t party, uint32_t code)
{
	enum operation operation = state(m, party)->call.operation;

	m->parties[party].waiting = IDLE;
	if (code != IPC_OK || operation == SEND)
		finish(m, party, code);
	else if (operation == CALL && !m->switches.rpc_syscalls)
		receive(m, party);
	else
		start_receiving(m, party);
}

static void wait_for(struct model *m, uint32_t party, enum waiting what,
    uint32_t partner, bool receives)
{
	m->parties[party].waiting = what;
	m->parties[party].partner = partner;
	m->parties[party].receives = receives;
}

static struct parcel parcel(struct model *m, uint32_t from, uint32_t to)
{
	const struct call *sends = &state(m, from)->call;
	const struct call *receives = &state(m, to)->call;

	return (struct parcel){.from = {state(m, from)->space, sends->pager,
				   receives->receive_timeout},
	    .to = {state(m, to)->space, receives->pager, sends->send_timeout},
	    .head = m->parties[from].head,
	    .message = sends->send.address,
	    .buffer = receiving(receives)->address};
}

/* Both are there. True if the receiver has not to wait for another message. */
static bool transfer(struct model *m, uint32_t from, uint32_t to)
{
	struct parcel p = parcel(m, from, to);
	bool direct = m->switches.direct_transfer;

	m->transfers++;
	switch (deliver(m, &p)) {
	case SENDERS_MISTAKE:
		m->faults++;
		sent(m, from, p.code);
		return false;
	case SENDER_WAITS:
		wait_for(m, from, FOR_PAGER, to, false);
		wait_for(m, to, FOR_END_OF_COPY, from, true);
		return true;
	case RECEIVER_WAITS:
		wait_for(m, to, FOR_PAGER, direct ? from : NO_PARTY, true);
		if (direct) {
			wait_for(m, from, FOR_END_OF_COPY, to, false);
			return true;
		}
		source(m, from, to);
		break;
	case RECEIVERS_MISTAKE:
		m->faults++;
		finish(m, to, IPC_FAULT | IPC_IN_RECEIVE);
		source(m, from, to); /* it could be answered all the same */
		break;
	default:
		finish_received(m, to, source(m, from, to), &p);
		m->cuts += (p.result & IPC_CODE) == IPC_CUT;
	}
	sent(m, from, IPC_OK);
	return true;
}

/* Who waits longest to send to it, or the one that it wants; or NO_PARTY. */
static uint32_t find_sender(struct model *m, uint32_t to, uint32_t wanted)
{
	uint32_t n, found = NO_PARTY;

	for (n = 0; n < PARTIES; n++) {
		const struct model_party *p = m->parties + n;

		if (p->waiting == FOR_RECEIVER && p->partner == to &&
		    (wanted == NO_PARTY || wanted == n) &&
		    (found == NO_PARTY || p->since < m->parties[found].since))
			found = n;
	}
	return found;
}

/* Short waits end before anybody comes. */
static uint32_t cannot_wait(uint32_t timeout)
{
	if (timeout == TIMEOUT_NEVER)
		return IPC_OK;
	if (timeout > TIMEOUT_MAX)
		return IPC_BAD_TIMEOUT;
	if (timeout == TIMEOUT_NONE || is_short_wait(timeout))
		return IPC_TIMEOUT;
	return IPC_OK;
}

/* What the uid in a call names: a party, SILENT, or nobody, or itself, or any. */
#define NO_THREAD 0x100
#define SILENT_THREAD 0x101
#define ITSELF 0x102
#define ALL_BITS 0x103
#define NOWHERE 0x104 /* where a link leads */

/* As ports.h has those that are silent: with their space. */
#define SILENT_THREADS 0xFFFF0000

static uint32_t find_thread(struct model *m, uint32_t me, uint32_t thread)
{
	uint32_t n;

	if (thread == 0)
		return NOWHERE;
	if (thread >= SILENT_THREADS)
		return SILENT_THREAD;
	for (n = 0; n < PARTIES; n++)
		if (state(m, n)->exists && m->parties[n].thread == thread)
			return n == me ? ITSELF : n;
	return NO_THREAD;
}

/* Once in each call of the kernel. */
static void find_partner(struct model *m, uint32_t party)
{
	const struct call *c = &state(m, party)->call;
	struct model_party *p = m->parties + party;

	p->by = NO_PORT;
	p->with = NO_THREAD;
	if (c->whom == LINK)
		p->with = find_thread(m, party,
		    ports_follow(
			&m->ports, state(m, party)->space, c->link, &p->by));
	else if (c->whom == SILENT)
		p->with = SILENT_THREAD;
	else if (c->operation == RECEIVE && c->whom == NOT_ANY)
		p->with = NO_PARTY;
	else if (c->operation == RECEIVE && c->whom == BITS)
		p->with = ALL_BITS;
	else if (c->whom == PARTY)
		p->with = c->partner == party ? ITSELF : c->partner;
}

/* The bits of which a party that receives has been notified, as a message. */
static void take_bits(struct model *m, uint32_t party)
{
	const struct call *c = &state(m, party)->call;
	struct side own = {state(m, party)->space, c->pager, TIMEOUT_NEVER};
	uint32_t words[2] = {m->parties[party].bits, 0};
	struct outcome *o = &m->parties[party].outcome;

	m->parties[party].bits = 0;
	m->notified++;
	switch (deliver_words(m, &own, receiving(c)->address, words)) {
	case RECEIVER_WAITS:
		wait_for(m, party, FOR_PAGER, NO_PARTY, true);
		return;
	case RECEIVERS_MISTAKE:
		finish(m, party, IPC_FAULT | IPC_IN_RECEIVE);
		return;
	default:
		finish(m, party, IPC_OK);
		o->words[0] = words[0];
		o->words[1] = words[1];
		memory_choose(own.space);
		o->sum = sum_message(receiving(c), IPC_OK, words);
	}
}

static void start_receiving(struct model *m, uint32_t party)
{
	const struct call *c = &state(m, party)->call;
	struct model_party *p = m->parties + party;
	uint32_t wanted = NO_PARTY, code;

	if (c->operation == CALL || c->operation == RECEIVE)
		wanted = p->with;
	if (p->bits && (wanted == NO_PARTY || wanted == ALL_BITS)) {
		take_bits(m, party);
		return;
	}
	for (;;) {
		uint32_t sender = find_sender(m, party, wanted);

		if (sender == NO_PARTY)
			break;
		if (transfer(m, sender, party))
			return;
	}
	code = cannot_wait(c->receive_timeout);
	if (code != IPC_OK) {
		finish(m, party, code | IPC_IN_RECEIVE);
		return;
	}
	p->waiting = FOR_MESSAGE;
	p->partner = wanted;
}

static void receive(struct model *m, uint32_t party)
{
	uint32_t from;

	find_partner(m, party);
	from = m->parties[party].with;
	if (from == NO_THREAD || from == NOWHERE)
		finish(m, party, IPC_NO_PARTNER | IPC_IN_RECEIVE);
	else if (from == ITSELF)
		finish(m, party, IPC_SELF | IPC_IN_RECEIVE);
	else
		start_receiving(m, party);
}

static void send(struct model *m, uint32_t party)
{
	const struct call *c = &state(m, party)->call;
	struct model_party *p = m->parties + party;
	uint32_t to, code = cannot_wait(c->send_timeout), wrong;
	struct side own = {state(m, party)->space, c->pager, TIMEOUT_NEVER};
	enum delivery d;

	find_partner(m, party);
	to = p->with;
	if (to == NOWHERE) {
		sent(m, party, IPC_NO_PARTNER);
		return;
	}
	d = fetch_head(m, &own, c->send.address, p->head);
	if (d == SENDER_WAITS) {
		wait_for(m, party, FOR_PAGER, NO_PARTY, false);
		return;
	}
	wrong = d == DELIVERED ? check_head(m, c->send.address, p->head)
			       : IPC_FAULT;
	if (wrong != IPC_OK) {
		sent(m, party, wrong);
	} else if (to == NO_THREAD) {
		sent(m, party, IPC_NO_PARTNER);
	} else if (to == ITSELF) {
		sent(m, party, IPC_SELF);
	} else if (to < PARTIES && m->parties[to].waiting == FOR_MESSAGE &&
		   (m->parties[to].partner == NO_PARTY ||
		       m->parties[to].partner == party)) {
		m->parties[to].waiting = IDLE;
		if (!transfer(m, party, to))
			m->parties[to].waiting = FOR_MESSAGE;
	} else if (code != IPC_OK) {
		sent(m, party, code);
	} else {
		p->waiting = FOR_RECEIVER;
		p->partner = to;
		p->since = m->sends++;
	}
}

/* The party whose message it was getting has died: it looks for another. */
static void look_again(struct model *m, uint32_t party, uint32_t dead)
{
	const struct call *c = &state(m, party)->call;

	if (c->operation == CALL ||
	    (c->operation == RECEIVE && m->parties[party].with == dead))
		finish(m, party, IPC_NO_PARTNER | IPC_IN_RECEIVE);
	else
		start_receiving(m, party);
}

/* A party has waited for one that dies. */
static void tell_death(struct model *m, uint32_t party, uint32_t dead)
{
	struct model_party *p = m->parties + party;

	switch (p->waiting) {
	case FOR_RECEIVER:
		finish(m, party, IPC_NO_PARTNER);
		break;
	case FOR_MESSAGE:
		finish(m, party, IPC_NO_PARTNER | IPC_IN_RECEIVE);
		break;
	case FOR_END_OF_COPY:
		if (p->receives)
			look_again(m, party, dead);
		else
			finish(m, party, IPC_NO_PARTNER);
		break;
	default: /* its pager does not answer all the same */
		p->partner = NO_PARTY;
	}
}

static void delete (struct model *m, uint32_t party)
{
	bool waits[PARTIES];
	uint32_t n;

	state(m, party)->exists = false;
	m->parties[party].waiting = IDLE;
	for (n = 0; n < PARTIES; n++)
		waits[n] = m->parties[n].waiting != IDLE &&
			   m->parties[n].partner == party;
	for (n = 0; n < PARTIES; n++)
		if (waits[n])
			tell_death(m, n, party);
}

static void delete_thread(struct model *m, const struct call *c)
{
	bool root = state(m, c->party)->space == 0;

	if (c->whom != PARTY) {
		finish(m, c->party, SERVICE_NO_THREAD);
	} else if (c->partner == c->party) {
		delete (m, c->party);
	} else if (!root &&
		   state(m, c->partner)->space != state(m, c->party)->space) {
		finish(m, c->party, SERVICE_DENIED);
	} else {
		delete (m, c->partner);
		finish(m, c->party, SERVICE_OK);
	}
}

static void notify(struct model *m, const struct call *c)
{
	struct model_party *to = m->parties + c->partner;

	if (c->whom == SILENT) {
		finish(m, c->party, SERVICE_OK);
		return;
	}
	if (c->whom != PARTY) {
		finish(m, c->party, SERVICE_NO_THREAD);
		return;
	}
	finish(m, c->party, SERVICE_OK);
	to->bits |= c->detail;
	if (to->bits && to->waiting == FOR_MESSAGE &&
	    (to->partner == NO_PARTY || to->partner == ALL_BITS))
		take_bits(m, c->partner);
}

static void create_port(struct model *m, const struct call *c)
{
	uint32_t number = NO_PORT;
	uint32_t result = ports_create(&m->ports, state(m, c->party)->space,
	    m->parties[c->party].thread, c->detail, &number);

	finish(m, c->party, result);
	m->parties[c->party].outcome.words[0] = number;
}

/* SERVICE_OK: so it receives by the port. */
static uint32_t assign_to(struct model *m, const struct call *c)
{
	uint32_t space = state(m, c->party)->space, silent, thread;

	silent = 1 + c->partner % (SPACES - 1);
	if (c->whom == PARTY && state(m, c->partner)->space == space)
		thread = m->parties[c->partner].thread;
	else if (c->whom == SILENT && silent == space)
		thread = SILENT_THREADS + space;
	else
		return c->whom == PARTY || c->whom == SILENT
			   ? SERVICE_DENIED
			   : SERVICE_NO_THREAD;
	m->ports.ports[c->detail].receiver = thread;
	return SERVICE_OK;
}

static void assign_port(struct model *m, const struct call *c)
{
	uint32_t result =
	    ports_check(&m->ports, state(m, c->party)->space, c->detail);

	if (result == SERVICE_OK && c->whom == NOT_ANY)
		ports_close(&m->ports, c->detail);
	else if (result == SERVICE_OK)
		result = assign_to(m, c);
	finish(m, c->party, result);
}

/* As in the guest's party.c. */
static uint32_t service(bool root, uint32_t detail)
{
	switch (detail % 8) {
	case 2:
		return SERVICE_UNKNOWN;
	case 3:
	case 5:
		return root ? SERVICE_FAULT : SERVICE_DENIED;
	case 4:
		return root ? SERVICE_BAD_ARGUMENT : SERVICE_DENIED;
	default:
		return SERVICE_OK;
	}
}

static void unmap(struct model *m, const struct call *c)
{
	const struct planned *p = c->send.objects;
	uint32_t result = SERVICE_OK;

	if ((p->address | p->bytes) % PAGE_BYTES)
		result = SERVICE_BAD_ARGUMENT;
	else if (!are_user_addresses(p->address, p->bytes))
		result = SERVICE_FAULT;
	else
		memory_unmap(state(m, c->party)->space, p->address, p->bytes);
	finish(m, c->party, result);
}

static void peek(struct model *m, const struct call *c)
{
	memory_choose(state(m, c->party)->space);
	finish(m, c->party, 0);
	m->parties[c->party].outcome.sum = sum_windows(c->detail);
}

/* Who writes where it may only read is ended, if nobody gives it the page. */
static void poke(struct model *m, const struct call *c)
{
	struct side own = {state(m, c->party)->space, c->pager, TIMEOUT_NEVER};
	uint32_t result = party_touches(m, &own, c->detail, false);

	if (result && !party_touches(m, &own, c->detail, true)) {
		delete (m, c->party);
		return;
	}
	memory_choose(own.space);
	if (result)
		memory_put(c->detail, c->seed);
	finish(m, c->party, result);
}

static void make_call(struct model *m, const struct call *c)
{
	switch (c->operation) {
	case CREATE_PARTY:
		*state(m, c->party) = (struct party_state){
		    .exists = true, .space = c->detail, .arena = c->partner};
		m->parties[c->party].waiting = IDLE;
		m->parties[c->party].bits = 0;
		m->parties[c->party].thread = ++m->threads;
		break;
	case DELETE_PARTY:
		delete (m, c->party);
		break;
	case SCHEDULE_PARTY:
	case SWAP_PARTIES:
	case RAW_CALL:
		break;
	case UNMAP:
		unmap(m, c);
		break;
	case PEEK:
		peek(m, c);
		break;
	case POKE:
		poke(m, c);
		break;
	case NOTIFY:
		notify(m, c);
		break;
	case CREATE_PORT:
		create_port(m, c);
		break;
	case ASSIGN_PORT:
		assign_port(m, c);
		break;
	case LINK_PORT:
		finish(m, c->party,
		    ports_link(&m->ports, state(m, c->party)->space, c->detail,
			c->seed));
		break;
	case DELETE_THREAD:
		delete_thread(m, c);
		break;
	case SERVICE:
		finish(m, c->party,
		    service(state(m, c->party)->space == 0, c->detail));
		break;
	case RECEIVE:
		receive(m, c->party);
		break;
	default:
		send(m, c->party);
	}
}

static void touch_pages(struct model *m, const struct call *c)
{
	enum pager pager = c->pager == IS_SILENT ? NO_PAGER : c->pager;
	struct side own = {state(m, c->party)->space, pager, TIMEOUT_NEVER};
	uint32_t n, page;

	for (n = 0; n < PAGES_TO_TOUCH; n++) {
		page = page_to_touch(c, n);
		if (page)
			party_touches(m, &own, page, false);
	}
}

void model_call(struct model *m, const struct call *c)
{
	uint32_t n;

	for (n = 0; n < PARTIES; n++)
		m->parties[n].finished = false;
	if (c->operation < CREATE_PARTY) {
		state(m, c->party)->busy = true;
		state(m, c->party)->call = *c;
	}
	if (is_ipc(c->operation)) {
		memory_choose(state(m, c->party)->space);
		fill_variables(c);
		if (m->switches.page_remapping)
			touch_pages(m, c);
	}
	make_call(m, c);
}
