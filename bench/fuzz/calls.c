/* SPDX-License-Identifier: BSD-2-Clause */
#include "places.h"

uint32_t boundary, constants_at, given_at, pool_at;
bool complex_messages, page_remapping, notifications, ports, virtual_registers;

static const uint32_t bad_addresses[PLACES] = {
    [NULL_PAGE] = 0,
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

	*g = (struct generator){0};
	/* Any seed but 0 will do; the first few words are not random yet. */
	g->random = seed * 2654435761u ^ 0x5EED5EED;
	if (!g->random)
		g->random = 1;
	for (n = 0; n < 8; n++)
		random_word(&g->random);
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

/* That a party's variables have room for, with objects behind. */
static uint32_t most_dwords(void)
{
	return complex_messages ? MESSAGE_MAX_DWORDS : OWN_LONG_DWORDS;
}

static uint32_t choose_dwords(struct generator *g)
{
	return percent(g, 35) ? 0 : choose_size(g, most_dwords());
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

		if (p->exists && p->busy && (p->call.exclusive & bit) &&
		    (p->space == space || bit == EXCLUSIVE_OBJECT))
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

	if (c->pager != NO_PAGER && percent(g, 45))
		return PAGED;
	if (percent(g, 90) || (place == EDGE && !reserve(g, c, EXCLUSIVE_EDGE)))
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

/* Without strings, a message or a buffer itself may be long: false if not. */
static bool place_long(
    struct generator *g, struct call *c, struct variable *v, bool receive)
{
	uint32_t offset = receive ? BIG_RECEIVE_STRING : BIG_SEND_STRING;

	if (complex_messages || any(g, receive ? 16 : 32) ||
	    !reserve(g, c, EXCLUSIVE_BIG))
		return false;
	v->place = BIG;
	v->address = boundary + offset + misalignment(g);
	v->room = BIG_STRING_MAX;
	v->size = v->dope = FLAT_DOPE(any(g, BIG_DWORDS + 1));
	return true;
}

/* Messages in PAGED are those that the pool has. */
static void place_in_pool(struct variable *v, bool receive)
{
	v->address = paged(v->arena);
	v->room = 0;
	if (!receive) {
		v->address += PAGED_MESSAGE;
		v->size = v->dope = PAGED_MESSAGE_DOPE;
		return;
	}
	v->address += PAGED_VARIABLE;
	v->size = PAGED_VARIABLE_SIZE;
	v->buffers[0] = (struct planned){
	    PAGED, paged(v->arena) + PAGED_BUFFER, PAGED_BUFFER_BYTES};
}

/* Its own, or one that it must not use: the root thread's, or a part of its own. */
static void place_in_block(
    struct generator *g, const struct call *c, struct variable *v)
{
	v->place = BLOCK;
	v->address = party_block(c->party);
	v->room = BLOCK_BYTES;
	if (percent(g, 95))
		return;
	v->address = percent(g, 50) ? BLOCKS : v->address + 4;
	v->room = 0;
}

static void place_variable(
    struct generator *g, struct call *c, struct variable *v, bool receive)
{
	uint32_t offset = receive ? RECEIVE_VARIABLE : SEND_VARIABLE, end;

	v->place = choose_place(g, c);
	switch (v->place) {
	case OWN:
		v->address = arena(v->arena) + offset + misalignment(g);
		v->room = VARIABLE_ROOM;
		break;
	case PAGED:
		place_in_pool(v, receive);
		break;
	case EDGE:
		end = sizeof(struct message) + dwords_in(v->dope) * 4;
		if (end < variable_end(v->size))
			end = variable_end(v->size);
		v->address = at_edge(g, end);
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

/* In the pages of the pool, or in a window. */
static void place_in_pages(
    struct generator *g, struct planned *p, uint32_t address, uint32_t pages)
{
	if (p->bytes > 2 * PAGE_BYTES)
		p->bytes = 2 * PAGE_BYTES;
	p->address = address + any(g, (pages - 2) * PAGE_BYTES);
}

/* The n-th of several, or the only one. */
static void place_string(struct generator *g, struct call *c,
    const struct variable *v, struct planned *p, bool receive, uint32_t n,
    uint32_t several)
{
	uint32_t address = receive ? RECEIVE_STRING : SEND_STRING;

	p->bytes =
	    choose_size(g, several > 1 ? PLANNED_STRIDE - 16 : OWN_STRING_MAX);
	if (any(g, receive ? 16 : 128) == 0 && reserve(g, c, EXCLUSIVE_BIG)) {
		p->place = BIG;
		p->bytes = receive && percent(g, 75) ? BIG_STRING_MAX
						     : any(g, BIG_STRING_MAX);
		address = receive ? BIG_RECEIVE_STRING : BIG_SEND_STRING;
		p->address = boundary + address + misalignment(g);
		return;
	}
	if (percent(g, 50))
		p->bytes &= -4u;
	p->place = choose_place(g, c);
	if (c->operation <= RECEIVE && any(g, 16) == 0 &&
	    reserve(g, c, EXCLUSIVE_OBJECT))
		p->place = OBJECT;
	switch (p->place) {
	case OWN:
		p->address = arena(v->arena) + address + n * PLANNED_STRIDE +
			     misalignment(g);
		if (receive && percent(g, 60))
			p->bytes =
			    several > 1 ? PLANNED_STRIDE - 16 : OWN_STRING_MAX;
		break;
	case PAGED:
		if (receive)
			place_in_pages(g, p, paged(v->arena) + PAGED_BUFFERS,
			    PAGED_PAGES - PAGED_BUFFERS / PAGE_BYTES);
		else
			place_in_pages(g, p, paged(v->arena), PAGED_PAGES);
		break;
	case OBJECT:
		place_in_pages(g, p, window(v->arena), WINDOW_PAGES);
		break;
	case EDGE:
		p->address = at_edge(g, p->bytes %= EDGE_BYTES);
		break;
	case CONSTANT:
		p->bytes %= CONSTANT_STRING_BYTES - 16;
		p->address = constants_at + offsetof(struct constants, string) +
			     misalignment(g);
		break;
	default:
		p->address = bad_addresses[p->place] + any(g, 16);
	}
}

static void place_strings(struct generator *g, struct call *c,
    struct variable *v, bool receive, uint32_t strings)
{
	struct planned *planned = receive ? v->buffers : v->strings;
	uint32_t n;

	for (n = 0; n < strings && n < PLANNED_STRINGS; n++)
		place_string(g, c, v, planned + n, receive, n, strings);
	if (!receive && strings && percent(g, 1))
		planned[0].bytes = STRING_MAX_BYTES + 1 + any(g, 1 << 30);
}

static uint32_t some_pages(struct generator *g, uint32_t most)
{
	return any(g, most + 1) * PAGE_BYTES;
}

/* In the window even if no pages are: there may yet be some bytes. */
static uint32_t page_of_window(
    struct generator *g, uint32_t arena, uint32_t bytes)
{
	uint32_t pages = bytes ? bytes / PAGE_BYTES : 1;

	return window(arena) + any(g, 1 + WINDOW_PAGES - pages) * PAGE_BYTES;
}

/* Pages move only to where the partner may have its windows. */
static void place_moving(
    struct generator *g, const struct call *c, struct planned *p)
{
	uint32_t owner =
	    percent(g, 80) ? g->parties[c->partner].arena : any(g, ARENAS);

	p->place = OBJECT;
	p->bytes = some_pages(g, WINDOW_PAGES);
	p->address = page_of_window(g, owner, p->bytes);
	switch (any(g, 16)) {
	case 0: /* too long */
		p->bytes += WINDOW_BYTES;
		break;
	case 1:
		p->bytes += any(g, PAGE_BYTES);
		break;
	case 2: /* not a page */
		p->address += any(g, PAGE_BYTES / 4) * 4;
	}
	p->address |= MEMORY_MOVE | (percent(g, 60) ? MEMORY_WRITABLE : 0);
}

/* What was received, too, can be sent; and what there is not. */
static void place_shared(
    struct generator *g, const struct variable *v, struct planned *p)
{
	uint32_t owner = percent(g, 60) ? v->arena : any(g, ARENAS), offset;

	p->place = OBJECT;
	p->bytes = some_pages(g, GIVEN_PAGES);
	p->address = given(v->arena);
	switch (any(g, 16)) {
	case 0: /* nothing is there */
		p->address = bad_addresses[NOT_MAPPED];
		break;
	case 1: /* in the kernel, or across its beginning */
		p->address = percent(g, 50) ? USER_END - PAGE_BYTES
					    : bad_addresses[IN_KERNEL];
		break;
	case 2: /* not a page, nor is the flag one where nothing moves */
		offset = 1 + any(g, PAGE_BYTES - 1);
		p->address += offset & 0x10 ? MEMORY_MOVE : offset;
		break;
	case 3:
		p->bytes += any(g, PAGE_BYTES);
		break;
	case 4:
	case 5:
	case 6:
	case 7:
	case 8: /* handed on */
		p->bytes = some_pages(g, WINDOW_PAGES);
		p->address = page_of_window(g, owner, p->bytes);
		break;
	default:
		p->address += any(g, 1 + GIVEN_PAGES - p->bytes / PAGE_BYTES) *
			      PAGE_BYTES;
	}
	if (percent(g, 60))
		p->address |= MEMORY_WRITABLE;
}

static void place_object(
    struct generator *g, const struct call *c, struct planned *p)
{
	if (page_remapping && percent(g, 40))
		place_moving(g, c, p);
	else
		place_shared(g, &c->send, p);
}

static void place_window(
    struct generator *g, const struct variable *v, struct planned *p)
{
	p->place = OBJECT;
	p->bytes = page_remapping && percent(g, 50)
		       ? WINDOW_BYTES
		       : some_pages(g, WINDOW_PAGES);
	p->address = page_of_window(g, v->arena, p->bytes);
	switch (any(g, 16)) {
	case 0:
		p->address = bad_addresses[IN_WINDOW];
		break;
	case 1:
		p->address = USER_END - PAGE_BYTES;
		break;
	case 2:
		p->address += 1 + any(g, PAGE_BYTES - 1);
		break;
	case 3: /* the kernel takes whole pages of it */
		p->bytes += any(g, PAGE_BYTES);
	}
	if (p->address + p->bytes > window(v->arena) + WINDOW_BYTES)
		p->bytes = PAGE_BYTES;
}

/* How many of several: mostly few. */
static uint32_t choose_count(struct generator *g)
{
	uint32_t n = any(g, 10);

	if (n < 6)
		return 1;
	return n < 9 ? 2 + any(g, 3) : any(g, 256);
}

static uint32_t choose_strings(struct generator *g, uint32_t percents)
{
	return complex_messages && percent(g, percents) ? choose_count(g) : 0;
}

/*
 * Objects are sent and received where nothing else goes on meanwhile. (In calls
 * nothing does, but without the extension seeds have always been without.)
 */
static uint32_t choose_objects(
    struct generator *g, const struct call *c, uint32_t percents)
{
	enum operation last = page_remapping ? CALL : RECEIVE;

	return c->operation <= last && percent(g, percents) ? choose_count(g)
							    : 0;
}

static void choose_send(struct generator *g, struct call *c)
{
	struct variable *v = &c->send;
	uint32_t dwords = choose_dwords(g), room, n;
	uint32_t strings = choose_strings(g, 30);
	uint32_t objects = choose_objects(g, c, page_remapping ? 70 : 20);

	/* Only so can it be one message without COMPLEX_MESSAGES. */
	if (objects == 1 && percent(g, 70))
		dwords = 0;
	room = percent(g, 20) ? choose_dwords(g) : dwords;
	/* The descriptors lie behind what is sent. */
	if (room < dwords && (strings || objects))
		room = dwords;
	v->arena = g->parties[c->party].arena;
	v->dope = DOPE_WITH_OBJECTS(dwords, strings, objects);
	v->size = DOPE_WITH_OBJECTS(room, strings, objects);
	place_strings(g, c, v, false, strings);
	for (n = 0; n < PLANNED_OBJECTS; n++)
		place_object(g, c, v->objects + n);
	if (percent(g, 5)) /* a result code does not matter */
		v->dope |= any(g, 256);
	if (virtual_registers && percent(g, 40))
		place_in_block(g, c, v);
	else if (!place_long(g, c, v, false))
		place_variable(g, c, v, false);
}

static void choose_receive(struct generator *g, struct call *c)
{
	struct variable *v = &c->receive;
	uint32_t dwords = percent(g, 60) ? most_dwords() : choose_dwords(g), n;
	uint32_t strings = choose_strings(g, 80);
	uint32_t objects = choose_objects(g, c, page_remapping ? 80 : 60);

	v->arena = g->parties[c->party].arena;
	v->size = DOPE_WITH_OBJECTS(dwords, strings, objects);
	v->dope = any(g, 256);
	place_strings(g, c, v, true, strings);
	for (n = 0; n < PLANNED_OBJECTS; n++)
		place_window(g, v, v->windows + n);
	if (virtual_registers && percent(g, 40))
		place_in_block(g, c, v);
	else if (!place_long(g, c, v, true))
		place_variable(g, c, v, true);
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* One variable for both, as 5.4.1 suggests. */
static void share_variable(struct call *c)
{
	struct variable *s = &c->send, *r = &c->receive;
	uint32_t n;

	if (s->room == 0 || r->room == 0 || s->place == BIG ||
	    r->place == BIG || DOPE_OBJECTS(s->dope | r->size))
		return;
	c->one_variable = true;
	s->size = DOPE(larger(dwords_in(s->dope), dwords_in(r->size)),
	    larger(strings_in(s->dope), strings_in(r->size)));
	if (s->place == EDGE) {
		s->address = EDGE_END - EDGE_BYTES;
		s->room = EDGE_BYTES;
	}
	for (n = 0; n < PLANNED_STRINGS; n++)
		s->buffers[n] = r->buffers[n];
}

static struct planned small_string(
    const struct variable *v, uint32_t n, uint32_t offset, uint32_t stride)
{
	uint32_t most = stride - 8;

	return (struct planned){
	    OWN, arena(v->arena) + offset + n * stride, n * 2654435761u % most};
}

struct planned nth_string(const struct variable *v, uint32_t n)
{
	return n < PLANNED_STRINGS
		   ? v->strings[n]
		   : small_string(v, n, SEND_STRING, SMALL_STRING);
}

struct planned nth_buffer(const struct variable *v, uint32_t n)
{
	return n < PLANNED_STRINGS
		   ? v->buffers[n]
		   : small_string(v, n, RECEIVE_STRING, SMALL_BUFFER);
}

struct planned nth_object(const struct variable *v, uint32_t n)
{
	if (n < PLANNED_OBJECTS)
		return v->objects[n];
	if (page_remapping && n % 4 == 3)
		return (struct planned){OBJECT,
		    (window(v->arena) + n % WINDOW_PAGES * PAGE_BYTES) |
			MEMORY_MOVE | (n >> 3 & MEMORY_WRITABLE),
		    PAGE_BYTES};
	return (struct planned){OBJECT,
	    (given(v->arena) + n % GIVEN_PAGES * PAGE_BYTES) |
		(n >> 3 & MEMORY_WRITABLE),
	    n % 3 ? PAGE_BYTES : 0};
}

struct planned nth_window(const struct variable *v, uint32_t n)
{
	if (n < PLANNED_OBJECTS)
		return v->windows[n];
	return (struct planned){OBJECT,
	    window(v->arena) + n % WINDOW_PAGES * PAGE_BYTES,
	    n % 5 ? PAGE_BYTES : 0};
}

/* As an index into the links: those to answer by, then the others. */
static uint32_t choose_link(struct generator *g)
{
	switch (any(g, 16)) {
	case 0:
		return any(g, PORT_LINKS);
	case 1: /* too large */
		return random_word(&g->random);
	case 2:
	case 3:
	case 4:
	case 5:
		return any(g, FEW_LINKS);
	default:
		return PORT_REPLIES + any(g, FEW_LINKS);
	}
}

/* By a party that is there. */
static bool is_received(const struct generator *g, uint32_t port)
{
	const struct known_port *p = g->ports + port;

	return p->exists && p->receiver != NO_PARTY &&
	       g->parties[p->receiver].exists;
}

/* One of the space, first one that nobody receives by; NO_PORT: it has none. */
static uint32_t port_to_assign(const struct generator *g, uint32_t space)
{
	uint32_t n, found = NO_PORT;

	for (n = 1; n <= FEW_PORTS; n++) {
		if (!g->ports[n].exists || g->ports[n].space != space)
			continue;
		found = n;
		if (!is_received(g, n))
			break;
	}
	return found;
}

static uint32_t port_to_link(struct generator *g)
{
	uint32_t n = 1 + any(g, FEW_PORTS), tries;

	for (tries = 0; tries < FEW_PORTS && !is_received(g, n); tries++)
		n = 1 + n % FEW_PORTS;
	return n;
}

/* Now and then one that there may not be, or none at all. */
static uint32_t or_another(struct generator *g, uint32_t port)
{
	switch (any(g, 24)) {
	case 0:
		return any(g, MAX_PORTS + 9);
	case 1:
		return 1 + any(g, 2 * FEW_PORTS);
	case 2:
		return NO_PORT;
	default:
		return port;
	}
}

/* A link to the partner, or to another thread that is there; or 0. */
static uint32_t link_to_partner(struct generator *g, const struct call *c)
{
	const uint32_t *links = g->links[g->parties[c->party].space];
	uint32_t n = any(g, FEW_LINKS), found = 0, tries;

	for (tries = 0; tries < FEW_LINKS; tries++, n = (n + 1) % FEW_LINKS) {
		if (!is_received(g, links[n]))
			continue;
		found = PORT_REPLIES + n;
		if (g->ports[links[n]].receiver == c->partner)
			break;
	}
	return found;
}

/* By the link of the last message, or by one to a port; or not. */
static void choose_link_for(struct generator *g, struct call *c)
{
	uint32_t answers_by = g->parties[c->party].answers_by;

	c->link = link_to_partner(g, c);
	if (answers_by && percent(g, 60))
		c->link = answers_by - BY_LINK;
	else if (percent(g, 5))
		c->link = choose_link(g);
	else if (!c->link)
		return;
	c->whom = LINK;
}

static void choose_receiver(struct generator *g, struct call *c)
{
	c->operation = ASSIGN_PORT;
	c->detail =
	    or_another(g, port_to_assign(g, g->parties[c->party].space));
	if (percent(g, 70))
		c->partner = c->party;
	switch (any(g, 16)) {
	case 0: /* it is a port no more */
		c->whom = NOT_ANY;
		break;
	case 1:
		c->whom = FORMERLY + any(g, LINK - FORMERLY + 1);
		break;
	default:
		c->whom = PARTY;
	}
}

static void choose_port_service(struct generator *g, struct call *c)
{
	c->detail = port_to_assign(g, g->parties[c->party].space);
	switch (c->detail ? any(g, 12) : any(g, 3) * 4) {
	case 0:
		c->operation = CREATE_PORT;
		c->detail = percent(g, 90) ? any(g, FEW_LINKS)
					   : any(g, 2 * PORT_REPLIES);
		break;
	case 1:
	case 2:
	case 3:
	case 4:
	case 5:
		choose_receiver(g, c);
		break;
	default:
		c->operation = LINK_PORT;
		c->detail = choose_link(g);
		if (percent(g, 70))
			c->detail = PORT_REPLIES + any(g, FEW_LINKS);
		c->seed = or_another(g, port_to_link(g));
	}
}

/* A service for ports has succeeded. */
static void learn_of_ports(
    struct generator *g, const struct call *c, const struct outcome *o)
{
	uint32_t space = g->parties[c->party].space, n = c->detail;

	if (c->operation == CREATE_PORT && o->words[0] <= FEW_PORTS)
		g->ports[o->words[0]] =
		    (struct known_port){true, space, c->party};
	else if (c->operation == ASSIGN_PORT && n <= FEW_PORTS)
		g->ports[n] = (struct known_port){c->whom != NOT_ANY, space,
		    c->whom == PARTY ? c->partner : NO_PARTY};
	else if (c->operation == LINK_PORT && c->seed <= FEW_PORTS &&
		 n - PORT_REPLIES < FEW_LINKS)
		g->links[space][n - PORT_REPLIES] = c->seed;
}

void call_finished(struct generator *g, uint32_t party, const struct outcome *o)
{
	struct party_state *p = g->parties + party;

	p->busy = false;
	p->answers_by = o->from >= BY_LINK && o->from != NO_PARTY ? o->from : 0;
	if (o->result == SERVICE_OK)
		learn_of_ports(g, &p->call, o);
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
	else if (notifications &&
		 (n < 10 || (c->operation == RECEIVE && n < 60)))
		c->whom = BITS;
	else if (ports && is_ipc(c->operation) && percent(g, 35))
		choose_link_for(g, c);
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

static bool waits_for_ever(const struct party_state *p)
{
	return p->call.operation != SEND && is_ipc(p->call.operation) &&
	       p->call.receive_timeout == TIMEOUT_NEVER;
}

/* What the partner may be waiting for. */
static enum operation choose_operation(struct generator *g, uint32_t partner)
{
	const struct party_state *p = g->parties + partner;

	if (!p->exists || !p->busy || percent(g, 25))
		return SEND + any(g, 4);
	/* The shortest ways through the kernel are those to who waits. */
	if (waits_for_ever(p) && percent(g, 60))
		return CALL + any(g, 2);
	if (p->call.operation == SEND || percent(g, 30))
		return RECEIVE;
	return SEND + any(g, 4);
}

static enum pager choose_pager(struct generator *g)
{
	uint32_t n = any(g, 100);

	if (n < 60)
		return NO_PAGER;
	if (n < 80)
		return GIVES_PAGE;
	return n < 98 ? GIVES_READ_ONLY + any(g, PAGERS - GIVES_READ_ONLY - 1)
		      : IS_SILENT;
}

static void choose_ipc(struct generator *g, struct call *c)
{
	c->operation = choose_operation(g, c->partner);
	c->seed = random_word(&g->random);
	c->pager = choose_pager(g);
	c->send_timeout = choose_timeout(g);
	c->receive_timeout = choose_timeout(g);
	/* Pagers may be asked meanwhile: long enough for all of them. */
	if (percent(g, 2)) {
		c->send_timeout = 50 + any(g, 20);
		c->receive_timeout = 50 + any(g, 20);
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
	for (arena = FIRST_ARENA; used >> arena & 1;
	     arena = (arena + 1) % ARENAS)
		;
	return arena;
}

/* Another party gets its number. */
static void forget_receiver(struct generator *g, uint32_t party)
{
	uint32_t n;

	for (n = 1; n <= FEW_PORTS; n++)
		if (g->ports[n].receiver == party)
			g->ports[n].receiver = NO_PARTY;
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
		forget_receiver(g, c->party);
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
	if (there && percent(g, 2)) {
		c->operation = SCHEDULE_PARTY;
		c->party = choose_party(g, true, false);
		c->detail = any(g, 1 << 16);
		return true;
	}
	if (there && percent(g, 3)) {
		c->operation = SWAP_PARTIES;
		c->party = NO_PARTY;
		c->detail = random_word(&g->random);
		return true;
	}
	return false;
}

/* Of what the pagers give, of a window, of what is not there, or bad ones. */
static void choose_unmap(struct generator *g, struct call *c)
{
	struct planned *p = c->send.objects;
	uint32_t arena = g->parties[c->party].arena;

	p->bytes = some_pages(g, PAGED_PAGES);
	p->address =
	    (percent(g, 70) ? paged(arena) : window(arena)) +
	    any(g, 1 + PAGED_PAGES - p->bytes / PAGE_BYTES) * PAGE_BYTES;
	switch (any(g, 16)) {
	case 0:
		p->address += any(g, PAGE_BYTES);
		break;
	case 1:
		p->bytes += any(g, PAGE_BYTES);
		break;
	case 2:
		p->address = bad_addresses[IN_TCBS] & -PAGE_BYTES;
		break;
	case 3: /* whatever there is */
		p->address = ZONE;
		p->bytes = ZONE_BYTES;
	}
}

/* Calls that concern the own memory. */
static void choose_memory(struct generator *g, struct call *c)
{
	uint32_t arena = g->parties[c->party].arena;

	c->seed = random_word(&g->random);
	switch (any(g, 8)) {
	case 0:
	case 1:
		c->operation = POKE;
		if (page_remapping) {
			/* It does not wait for one that is silent. */
			c->pager = any(g, IS_SILENT);
			arena = g->parties[any(g, PARTIES)].arena;
		}
		c->detail = window(arena) + 4 * any(g, WINDOW_BYTES / 4);
		break;
	case 2:
	case 3:
		c->operation = UNMAP;
		choose_unmap(g, c);
		break;
	default:
		c->operation = PEEK;
		c->detail = percent(g, 70) ? arena : any(g, ARENAS);
	}
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
	} else if (percent(g, 8)) {
		choose_memory(g, c);
	} else if (notifications && percent(g, 15)) {
		c->operation = NOTIFY;
		c->detail = 1u << any(g, 32);
		if (percent(g, 10))
			c->detail =
			    percent(g, 50) ? 0 : random_word(&g->random);
	} else if (ports && percent(g, 15)) {
		choose_port_service(g, c);
		return;
	} else {
		choose_ipc(g, c);
	}
	choose_whom(g, c);
}
