/* SPDX-License-Identifier: BSD-2-Clause */
#include "places.h"

uint32_t boundary, constants_at;

static const uint32_t bad_addresses[PLACES] = {
    [NOT_MAPPED] = 0x10000000,
    [END_OF_USER] = USER_END - 16,
    [IN_TCBS] = 0xE0001000,
    [IN_KERNEL] = 0xF0100000,
    [IN_WINDOW] = 0xFF800000,
    [END_OF_MEMORY] = 0xFFFFFFE0,
};

/* Below n. */
static uint32_t any(struct generator *g, uint32_t n)
{
	return (random_word(&g->random) >> 8) % n;
}

static bool percent(struct generator *g, uint32_t n)
{
	return any(g, 100) < n;
}

void generator_start(struct generator *g, uint32_t seed)
{
	uint32_t n;

	/* Any seed but 0 will do; the first few words are not random yet. */
	g->random = seed * 2654435761u ^ 0x5EED5EED;
	if (!g->random)
		g->random = 1;
	for (n = 0; n < 8; n++)
		random_word(&g->random);
	g->number = 0;
	for (n = 0; n < PARTIES; n++)
		g->parties[n] = (struct party_state){0};
}

/* Small numbers are more frequent. */
static uint32_t choose_size(struct generator *g, uint32_t most)
{
	switch (any(g, 8)) {
	case 0:
		return any(g, most + 1);
	case 1:
		return most;
	case 2:
		return any(g, 64) % (most + 1);
	default:
		return any(g, 9) % (most + 1);
	}
}

static uint32_t choose_dwords(struct generator *g)
{
	return percent(g, 35) ? 0 : choose_size(g, MESSAGE_MAX_DWORDS);
}

static uint32_t choose_timeout(struct generator *g)
{
	uint32_t n = any(g, 100);

	if (n < 80)
		return TIMEOUT_NEVER;
	if (n < 88)
		return TIMEOUT_NONE;
	if (n < 97) /* twelve hours or more: does not happen here */
		return 43200000 + (random_word(&g->random) & 0x3FFFFFFF);
	if (n < 98)
		return TIMEOUT_MAX;
	return TIMEOUT_MAX + 1 + any(g, 1 << 20);
}

/* Others have it now? If not, the call has it. */
static bool reserve(struct generator *g, struct call *c, uint32_t bit)
{
	uint32_t space = g->parties[c->party].space, n;

	if (c->exclusive & bit)
		return false;
	for (n = 0; n < PARTIES; n++) {
		const struct party_state *p = g->parties + n;

		if (p->exists && p->busy && p->space == space &&
		    (p->call.exclusive & bit))
			return false;
	}
	c->exclusive |= bit;
	return true;
}

static uint32_t misalignment(struct generator *g)
{
	return percent(g, 25) ? any(g, 16) : 0;
}

/* OWN, or sometimes another place. */
static enum place choose_place(struct generator *g, struct call *c)
{
	enum place place = EDGE + any(g, PLACES - EDGE);

	if (percent(g, 90) || (place == EDGE && !reserve(g, c, 2)))
		return OWN;
	return place;
}

/* Where size bytes would just fit at the edge, or not quite. */
static uint32_t at_edge(struct generator *g, uint32_t size)
{
	uint32_t missing = percent(g, 50) ? 0 : any(g, size + 1);

	if (size - missing > EDGE_BYTES)
		return EDGE_END - EDGE_BYTES;
	return EDGE_END - (size - missing);
}

static uint32_t variable_bytes(const struct variable *v)
{
	uint32_t dwords = DOPE_DWORDS(v->size);

	if (DOPE_DWORDS(v->dope) > dwords)
		dwords = DOPE_DWORDS(v->dope);
	return sizeof(struct message) + dwords * 4 +
	       (DOPE_STRINGS(v->size | v->dope) ? 16 : 0);
}

static void place_variable(
    struct generator *g, struct call *c, struct variable *v, uint32_t offset)
{
	v->place = choose_place(g, c);
	switch (v->place) {
	case OWN:
		v->address = arena(g->parties[c->party].arena) + offset +
			     misalignment(g);
		v->room = 1088;
		break;
	case EDGE:
		v->address = at_edge(g, variable_bytes(v));
		v->room = EDGE_END - v->address;
		break;
	case CONSTANT:
		v->address = constants_at;
		v->room = 0;
		break;
	default:
		v->address = bad_addresses[v->place] + any(g, 16);
		v->room = 0;
	}
}

/* Returns the address; *room: how much of it there is. */
static uint32_t place_string(struct generator *g, struct call *c,
    enum place *place, bool receive, uint32_t *bytes, uint32_t *room)
{
	uint32_t address = receive ? RECEIVE_STRING : SEND_STRING;

	*room = 0;
	*bytes = choose_size(g, OWN_STRING_MAX);
	if (any(g, receive ? 16 : 128) == 0 && reserve(g, c, 1)) {
		*place = BIG;
		*bytes = receive && percent(g, 75) ? BIG_STRING_MAX
						   : any(g, BIG_STRING_MAX);
		*room = *bytes;
		address = receive ? BIG_RECEIVE_STRING : BIG_SEND_STRING;
		return boundary + address + misalignment(g);
	}
	*place = choose_place(g, c);
	switch (*place) {
	case OWN:
		*room = *bytes;
		return arena(g->parties[c->party].arena) + address +
		       misalignment(g);
	case EDGE:
		address = at_edge(g, *bytes %= EDGE_BYTES);
		*room = EDGE_END - address;
		if (*room > *bytes)
			*room = *bytes;
		return address;
	case CONSTANT:
		*bytes %= CONSTANT_STRING_BYTES - 16;
		return constants_at + offsetof(struct constants, string) +
		       misalignment(g);
	default:
		return bad_addresses[*place] + any(g, 16);
	}
}

static void choose_send(struct generator *g, struct call *c)
{
	struct variable *v = &c->send;
	uint32_t dwords = choose_dwords(g), room;

	v->dope = DOPE(dwords, 0);
	room = percent(g, 20) ? choose_dwords(g) : dwords;
	if (percent(g, 25)) {
		v->dope |= DOPE(0, 1);
		v->string = place_string(
		    g, c, &v->string_place, false, &v->length, &v->string_room);
		if (percent(g, 1))
			v->length = STRING_MAX_BYTES + 1 + any(g, 1 << 30);
		/* The descriptor lies behind what is sent. */
		if (room < dwords)
			room = dwords;
	} else if (percent(g, 1)) {
		v->dope |= percent(g, 50) || false
			       ? 1u << (24 + any(g, 8))
			       : DOPE(0, 2);
	}
	v->size = DOPE(room, DOPE_STRINGS(v->dope) == 1);
	if (percent(g, 5)) /* a result code does not matter */
		v->dope |= any(g, 256);
	place_variable(g, c, v, SEND_VARIABLE);
}

static void choose_receive(struct generator *g, struct call *c)
{
	struct variable *v = &c->receive;
	uint32_t dwords = percent(g, 60) ? 255 : choose_dwords(g), room;

	v->size = DOPE(dwords, percent(g, 80));
	v->dope = any(g, 256);
	v->buffer =
	    place_string(g, c, &v->buffer_place, true, &v->buffer_size, &room);
	if (v->buffer_place == OWN && percent(g, 60))
		v->buffer_size = OWN_STRING_MAX;
	place_variable(g, c, v, RECEIVE_VARIABLE);
}

/* One variable for both, as 5.4.1 suggests. */
static void share_variable(struct call *c)
{
	struct variable *s = &c->send, *r = &c->receive;

	if (s->place == CONSTANT || r->place == CONSTANT)
		return;
	c->one_variable = true;
	if (DOPE_DWORDS(s->dope) > DOPE_DWORDS(r->size))
		s->size = DOPE(DOPE_DWORDS(s->dope), 1);
	else
		s->size = r->size | DOPE(0, 1);
	if (s->place == EDGE) {
		s->address = EDGE_END - EDGE_BYTES;
		s->room = EDGE_BYTES;
	}
	s->buffer = r->buffer;
	s->buffer_size = r->buffer_size;
	s->buffer_place = r->buffer_place;
}

static void choose_whom(struct generator *g, struct call *c)
{
	uint32_t n = any(g, 100);

	c->whom = PARTY;
	if (n < 2)
		c->whom = FORMERLY;
	else if (n < 4)
		c->whom = FORGED;
	else if (n < 5)
		c->whom = IMPOSSIBLE;
	else if (n < 6 && c->operation != DELETE_THREAD)
		c->whom = SILENT;
	else if (n < 8 || (c->operation == RECEIVE && n < 50))
		c->whom = NOT_ANY;
}

static uint32_t choose_party(struct generator *g, bool exists, bool idle)
{
	uint32_t n = any(g, PARTIES), tries;

	for (tries = 0; tries < PARTIES; tries++, n = (n + 1) % PARTIES) {
		const struct party_state *p = g->parties + n;

		if (p->exists == exists && !(idle && p->busy))
			return n;
	}
	return NO_PARTY;
}

/* A party for which the one given has something to do, more often. */
static uint32_t choose_partner(struct generator *g, uint32_t me)
{
	uint32_t n = any(g, PARTIES), tries;

	if (percent(g, 20))
		return choose_party(g, true, false);
	for (tries = 0; tries < PARTIES; tries++, n = (n + 1) % PARTIES) {
		const struct party_state *p = g->parties + n;

		if (!p->exists || !p->busy || n == me)
			continue;
		if (p->call.whom == NOT_ANY ||
		    (p->call.whom == PARTY && p->call.partner == me))
			return n;
	}
	return choose_party(g, true, false);
}

/* What the partner may be waiting for. */
static enum operation choose_operation(struct generator *g, uint32_t partner)
{
	const struct party_state *p = g->parties + partner;

	if (!p->exists || !p->busy || percent(g, 25))
		return SEND + any(g, 4);
	if (p->call.operation == SEND || percent(g, 30))
		return RECEIVE;
	return SEND + any(g, 4);
}

static void choose_ipc(struct generator *g, struct call *c)
{
	c->operation = choose_operation(g, c->partner);
	c->seed = random_word(&g->random);
	c->send_timeout = choose_timeout(g);
	c->receive_timeout = choose_timeout(g);
	if (percent(g, 2)) {
		c->send_timeout = 1 + any(g, 20);
		c->receive_timeout = 1 + any(g, 20);
	}
	if (c->operation != RECEIVE)
		choose_send(g, c);
	if (c->operation != SEND)
		choose_receive(g, c);
	if (c->operation >= CALL && percent(g, 20))
		share_variable(c);
}

static uint32_t count(const struct generator *g, bool idle)
{
	uint32_t n, found = 0;

	for (n = 0; n < PARTIES; n++)
		found += g->parties[n].exists && !(idle && g->parties[n].busy);
	return found;
}

/* At the same addresses as those of other spaces' parties, if it can be. */
static uint32_t choose_arena(const struct generator *g, uint32_t space)
{
	uint32_t used = 0, arena, n;

	for (n = 0; n < PARTIES; n++)
		if (g->parties[n].exists && g->parties[n].space == space)
			used |= 1u << g->parties[n].arena;
	/* The first lies at the boundary. */
	for (arena = 5; used >> arena & 1; arena = (arena + 1) % PARTIES)
		;
	return arena;
}

/* Created or deleted in the middle of anything. True if so. */
static bool choose_life_or_death(struct generator *g, struct call *c)
{
	uint32_t there = count(g, false), idle = count(g, true);
	uint32_t births = there < 9 ? 40 : 6;

	if (idle == 0)
		births = there ? 60 : 100;
	if (there < PARTIES && percent(g, births)) {
		c->operation = CREATE_PARTY;
		c->party = choose_party(g, false, false);
		c->detail = any(g, SPACES);
		c->partner = choose_arena(g, c->detail);
		return true;
	}
	if (idle == 0 || percent(g, idle < 3 ? 12 : 2)) {
		c->operation = DELETE_PARTY;
		c->party = choose_party(g, true, false);
		return true;
	}
	if (any(g, 200) == 0) {
		c->operation = RAW_CALL;
		c->party = NO_PARTY;
		c->detail = 1 + any(g, SPACES - 1);
		c->seed = random_word(&g->random);
		return true;
	}
	return false;
}

void next_call(struct generator *g, struct call *c)
{
	*c = (struct call){0};
	g->number++;
	if (choose_life_or_death(g, c))
		return;
	c->party = choose_party(g, true, true);
	c->partner = choose_partner(g, c->party);
	if (percent(g, 2)) {
		c->operation = DELETE_THREAD;
	} else if (percent(g, 2)) {
		c->operation = SERVICE;
		c->detail = any(g, 1 << 16);
	} else {
		choose_ipc(g, c);
	}
	choose_whom(g, c);
}
