/* SPDX-License-Identifier: BSD-2-Clause */
#include "model.h"
#include "memory.h"
#include <string.h>

/* Whose mistake prevents a transfer. */
enum delivery { DELIVERED, SENDERS_MISTAKE, RECEIVERS_MISTAKE };

/* A message on its way: what is sent, and how much of it fits. */
struct parcel {
	uint32_t from_space, to_space;
	uint32_t dope, words[2];
	uint32_t direct; /* address */
	uint32_t string, string_length;
	uint32_t code; /* the sender's, if it is its mistake */
	uint32_t taken, string_taken, result;
	uint32_t buffer, descriptor, string_buffer;
};

void model_start(struct model *m, struct model_switches switches, uint32_t seed)
{
	*m = (struct model){.switches = switches};
	generator_start(&m->generator, seed);
	memory_start();
}

static struct party_state *state(struct model *m, uint32_t party)
{
	return m->generator.parties + party;
}

static bool load(uint32_t space, uint32_t address, void *to, uint32_t bytes)
{
	const uint8_t *at = memory_at(space, address, bytes, false);

	if (at)
		memcpy(to, at, bytes);
	return at;
}

static bool store(uint32_t space, uint32_t address, uint32_t value)
{
	uint8_t *at = memory_at(space, address, 4, true);

	if (at)
		memcpy(at, &value, 4);
	return at;
}

static enum delivery refuse(struct parcel *p, uint32_t code)
{
	p->code = code;
	return SENDERS_MISTAKE;
}

/* The sender's side: what there is to be sent. */
static enum delivery wrap(struct parcel *p, uint32_t message)
{
	uint32_t head[4], string[2], descriptor;

	if (!are_user_addresses(message, 16) ||
	    !load(p->from_space, message, head, 16))
		return refuse(p, IPC_FAULT);
	p->dope = head[1] & ~0xFFu;
	p->words[0] = head[2];
	p->words[1] = head[3];
	p->direct = message + 16;
	if (DOPE_STRINGS(p->dope) > MESSAGE_MAX_STRINGS ||
	    DOPE_OBJECTS(p->dope))
		return refuse(p, IPC_TOO_LONG);
	if (!are_user_addresses(p->direct, DOPE_DWORDS(p->dope) * 4) && p->dope)
		return refuse(p, IPC_FAULT);
	if (!DOPE_STRINGS(p->dope))
		return DELIVERED;
	descriptor = p->direct + DOPE_DWORDS(head[0]) * 4;
	if (!are_user_addresses(descriptor, 16) ||
	    !load(p->from_space, descriptor, string, 8))
		return refuse(p, IPC_FAULT);
	p->string_length = string[0];
	p->string = string[1];
	if (p->string_length > STRING_MAX_BYTES)
		return refuse(p, IPC_TOO_LONG);
	if (!are_user_addresses(p->string, p->string_length))
		return refuse(p, IPC_FAULT);
	return DELIVERED;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* The receiver's side: how much of it fits into the buffer. */
static enum delivery measure(struct parcel *p)
{
	uint32_t size, strings, room[2];

	if (!are_user_addresses(p->buffer, 16) ||
	    !load(p->to_space, p->buffer, &size, 4))
		return RECEIVERS_MISTAKE;
	strings = smaller(DOPE_STRINGS(size), DOPE_STRINGS(p->dope));
	if (!are_user_addresses(
		p->buffer, 16 + DOPE_DWORDS(size) * 4 + strings * 16))
		return RECEIVERS_MISTAKE;
	p->taken = smaller(DOPE_DWORDS(size), DOPE_DWORDS(p->dope));
	p->descriptor = p->buffer + 16 + DOPE_DWORDS(size) * 4;
	if (strings) {
		if (!load(p->to_space, p->descriptor + 8, room, 8))
			return RECEIVERS_MISTAKE;
		p->string_buffer = room[1];
		p->string_taken = smaller(room[0], p->string_length);
		if (!are_user_addresses(p->string_buffer, p->string_taken))
			return RECEIVERS_MISTAKE;
	}
	p->result = DOPE(p->taken, strings);
	if (p->result != p->dope || p->string_taken != p->string_length)
		p->result |= IPC_CUT | IPC_IN_RECEIVE;
	return DELIVERED;
}

/* In units as both have them: whoever ends first has made the mistake. */
static enum delivery copy(
    struct parcel *p, uint32_t to, uint32_t from, uint32_t bytes, uint32_t unit)
{
	uint32_t n;

	for (n = 0; n + unit <= bytes; n += unit) {
		const uint8_t *source =
		    memory_at(p->from_space, from + n, unit, false);
		uint8_t *target = memory_at(p->to_space, to + n, unit, true);

		if (!source)
			return refuse(p, IPC_FAULT);
		if (!target)
			return RECEIVERS_MISTAKE;
		memmove(target, source, unit);
	}
	if (n < bytes)
		return copy(p, to + n, from + n, bytes - n, 1);
	return DELIVERED;
}

static enum delivery unpack(struct parcel *p)
{
	enum delivery d = copy(p, p->buffer + 16, p->direct, p->taken * 4, 4);

	if (d != DELIVERED || !DOPE_STRINGS(p->result))
		return d;
	if (!store(p->to_space, p->descriptor, p->string_taken) ||
	    !store(p->to_space, p->descriptor + 4, p->string_buffer))
		return RECEIVERS_MISTAKE;
	return copy(p, p->string_buffer, p->string, p->string_taken, 4);
}

/* All of it, whether somebody takes it or not. */
static bool all_readable(const struct parcel *p)
{
	uint32_t dwords = DOPE_DWORDS(p->dope);

	return (!dwords ||
		   memory_at(p->from_space, p->direct, dwords * 4, false)) &&
	       (!p->string_length || memory_at(p->from_space, p->string,
					 p->string_length, false));
}

static enum delivery deliver(
    const struct model *m, struct parcel *p, uint32_t message)
{
	enum delivery d = wrap(p, message);

	if (d != DELIVERED)
		return d;
	p->result = IPC_OK;
	if (m->switches.register_messages && p->dope == 0)
		return DELIVERED;
	if (!m->switches.direct_transfer && !all_readable(p))
		return refuse(p, IPC_FAULT);
	d = measure(p);
	if (d != DELIVERED)
		return d;
	if (!m->switches.register_messages &&
	    (!store(p->to_space, p->buffer + 8, p->words[0]) ||
		!store(p->to_space, p->buffer + 12, p->words[1])))
		return RECEIVERS_MISTAKE;
	return unpack(p);
}

static void finish(struct model *m, uint32_t party, uint32_t result)
{
	struct model_party *p = m->parties + party;

	p->waiting = IDLE;
	p->finished = true;
	p->outcome = (struct outcome){.result = result, .from = NO_PARTY};
	state(m, party)->busy = false;
}

static void finish_received(
    struct model *m, uint32_t party, uint32_t from, const struct parcel *p)
{
	struct outcome *o = &m->parties[party].outcome;

	finish(m, party, p->result);
	o->from = from;
	o->words[0] = p->words[0];
	o->words[1] = p->words[1];
	memory_choose(state(m, party)->space);
	o->sum =
	    sum_message(receiving(&state(m, party)->call), p->result, p->words);
}

static void start_receiving(struct model *m, uint32_t party);

/* The sender has done its part. */
static void sent(struct model *m, uint32_t party, uint32_t code)
{
	enum operation operation = state(m, party)->call.operation;

	m->parties[party].waiting = IDLE;
	if (code != IPC_OK || operation == SEND)
		finish(m, party, code);
	else
		start_receiving(m, party);
}

/* Both are there. True if the receiver has not to wait any more. */
static bool transfer(struct model *m, uint32_t from, uint32_t to)
{
	const struct call *receives = &state(m, to)->call;
	struct parcel p = {.from_space = state(m, from)->space,
	    .to_space = state(m, to)->space,
	    .buffer = receiving(receives)->address};
	enum delivery d = deliver(m, &p, state(m, from)->call.send.address);

	m->transfers++;
	if (d == SENDERS_MISTAKE) {
		m->faults++;
		sent(m, from, p.code);
		return false;
	}
	if (d == RECEIVERS_MISTAKE)
		finish(m, to, IPC_FAULT | IPC_IN_RECEIVE);
	else
		finish_received(m, to, from, &p);
	m->faults += d == RECEIVERS_MISTAKE;
	m->cuts += (p.result & IPC_CODE) == IPC_CUT;
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

/* What the uid in a call names: a party, SILENT, or nobody, or itself. */
#define NO_THREAD 0x100
#define SILENT_THREAD 0x101
#define ITSELF 0x102

static uint32_t who_is(const struct call *c)
{
	if (c->whom == SILENT)
		return SILENT_THREAD;
	if (c->whom != PARTY)
		return NO_THREAD;
	return c->partner == c->party ? ITSELF : c->partner;
}

static void start_receiving(struct model *m, uint32_t party)
{
	const struct call *c = &state(m, party)->call;
	struct model_party *p = m->parties + party;
	uint32_t wanted = NO_PARTY, code;

	if (c->operation == CALL ||
	    (c->operation == RECEIVE && c->whom != NOT_ANY))
		wanted = who_is(c);
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
	const struct call *c = &state(m, party)->call;
	uint32_t from = who_is(c);

	if (c->whom != NOT_ANY && from == NO_THREAD)
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
	uint32_t to = who_is(c), code = cannot_wait(c->send_timeout);

	if (to == NO_THREAD) {
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

static void delete (struct model *m, uint32_t party)
{
	uint32_t n;

	state(m, party)->exists = false;
	m->parties[party].waiting = IDLE;
	for (n = 0; n < PARTIES; n++) {
		const struct model_party *p = m->parties + n;

		if (p->waiting == IDLE || p->partner != party)
			continue;
		finish(m, n,
		    IPC_NO_PARTNER |
			(p->waiting == FOR_MESSAGE ? IPC_IN_RECEIVE : 0));
	}
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

static void make_call(struct model *m, const struct call *c)
{
	switch (c->operation) {
	case CREATE_PARTY:
		*state(m, c->party) = (struct party_state){
		    .exists = true, .space = c->detail, .arena = c->partner};
		m->parties[c->party].waiting = IDLE;
		break;
	case DELETE_PARTY:
		delete (m, c->party);
		break;
	case RAW_CALL:
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

void model_call(struct model *m, const struct call *c)
{
	uint32_t n;

	for (n = 0; n < PARTIES; n++)
		m->parties[n].finished = false;
	if (c->operation < CREATE_PARTY) {
		state(m, c->party)->busy = true;
		state(m, c->party)->call = *c;
	}
	if (c->operation <= REPLY_AND_RECEIVE_NEXT) {
		memory_choose(state(m, c->party)->space);
		fill_variables(c);
	}
	make_call(m, c);
}
