/* SPDX-License-Identifier: BSD-2-Clause */
#include "transcript.h"
#include "places.h"
#include "../runtime/records.h"

static const char *const operations[OPERATIONS] = {
    [SEND] = "sends to",
    [RECEIVE] = "receives from",
    [CALL] = "calls",
    [REPLY_AND_RECEIVE_NEXT] = "replies to",
    [DELETE_THREAD] = "deletes",
    [SERVICE] = "asks the kernel",
    [UNMAP] = "unmaps",
    [PEEK] = "looks at windows",
    [POKE] = "writes at",
    [NOTIFY] = "notifies",
    [CREATE_PORT] = "makes a port",
    [ASSIGN_PORT] = "assigns port",
    [LINK_PORT] = "makes a link",
    [CREATE_PARTY] = "is created",
    [DELETE_PARTY] = "is deleted",
    [SCHEDULE_PARTY] = "is scheduled anew",
};

static const char *const whoms[] = {[PARTY] = "party",
    [FORMERLY] = "former party",
    [FORGED] = "nearly party",
    [SILENT] = "a silent thread, not party",
    [NOT_ANY] = "anybody, not party",
    [IMPOSSIBLE] = "a strange uid, not party",
    [BITS] = "notifications, not party",
    [LINK] = "a link, perhaps to party"};

static const char *const places[ALL_PLACES] = {[OWN] = "own memory",
    [PAGED] = "paged memory",
    [OBJECT] = "a window",
    [BIG] = "big memory",
    [EDGE] = "the edge",
    [CONSTANT] = "read-only memory",
    [NULL_PAGE] = "page 0",
    [NOT_MAPPED] = "nothing",
    [END_OF_USER] = "the end of user space",
    [IN_TCBS] = "the tcbs",
    [IN_KERNEL] = "the kernel",
    [IN_WINDOW] = "the window",
    [END_OF_MEMORY] = "the end of memory",
    [BLOCK] = "a block"};

static const char *const pagers[PAGERS] = {[GIVES_PAGE] = "gives a page",
    [GIVES_READ_ONLY] = "gives it read-only",
    [GIVES_MUCH] = "gives more than a page",
    [REFUSES] = "refuses",
    [IS_SILENT] = "is silent"};

/* FNV-1a, a word at a time. */
static void mix(struct transcript *t, uint32_t word)
{
	t->digest = (t->digest ^ word) * 16777619;
	t->digest ^= t->digest >> 13;
}

static bool in_words(const struct transcript *t)
{
	return t->number >= t->first && t->number <= t->last;
}

static void print_place(const char *what, enum place place, uint32_t address)
{
	print(", %s in %s, offset %u", what, places[place], address % 4096);
}

static void print_planned(
    const char *what, const struct planned *p, uint32_t count, uint32_t most)
{
	uint32_t n;

	for (n = 0; n < count && n < most; n++) {
		print_place(what, p[n].place, p[n].address);
		print(", %u bytes", p[n].bytes);
	}
}

static void print_sent(const struct call *c)
{
	const struct variable *v = &c->send;

	print("  sends size %x, dope %x", v->size, v->dope);
	print_place("variable", v->place, v->address);
	print_planned(
	    "string", v->strings, strings_in(v->dope), PLANNED_STRINGS);
	print_planned(
	    "object", v->objects, DOPE_OBJECTS(v->dope), PLANNED_OBJECTS);
	print("; timeout %u\n", c->send_timeout);
}

static void print_received(const struct call *c)
{
	const struct variable *v = c->one_variable ? &c->send : &c->receive;

	print("  receives, timeout %u, size %x", c->receive_timeout, v->size);
	print_place(c->one_variable ? "the same variable" : "variable",
	    v->place, v->address);
	print_planned(
	    "buffer", v->buffers, strings_in(v->size), PLANNED_STRINGS);
	print_planned(
	    "window", v->windows, DOPE_OBJECTS(v->size), PLANNED_OBJECTS);
	print("\n");
}

static void print_variables(const struct call *c)
{
	if (c->pager != NO_PAGER)
		print("  its pager %s\n", pagers[c->pager]);
	if (c->operation != RECEIVE)
		print_sent(c);
	if (c->operation != SEND)
		print_received(c);
}

static void print_whom(const struct call *c)
{
	switch (c->operation) {
	case CREATE_PARTY:
		print("in space %u", c->detail);
		break;
	case SERVICE:
	case SCHEDULE_PARTY:
	case PEEK:
		print("%u", c->detail);
		break;
	case POKE:
		print("%x", c->detail);
		break;
	case CREATE_PORT:
		print("to answer by link %u", c->detail);
		break;
	case ASSIGN_PORT:
		print("%u to %s %u", c->detail, whoms[c->whom], c->partner);
		break;
	case LINK_PORT:
		print("%u to port %u", c->detail, c->seed);
		break;
	case UNMAP:
		print("%u bytes at %x", c->send.objects[0].bytes,
		    c->send.objects[0].address);
		break;
	case DELETE_PARTY:
		break;
	case NOTIFY:
		print(
		    "%s %u of bits %x", whoms[c->whom], c->partner, c->detail);
		break;
	default:
		print("%s %u", whoms[c->whom], c->partner);
		if (c->whom == LINK)
			print(", index %u", c->link);
	}
}

void tell_call(
    struct transcript *t, const struct generator *g, const struct call *c)
{
	t->number = g->number;
	mix(t, t->number);
	mix(t, c->operation);
	mix(t, c->party);
	if (!in_words(t))
		return;
	if (c->operation == RAW_CALL) {
		print(
		    "call %u: a raw call in space %u\n", t->number, c->detail);
		return;
	}
	if (c->operation == SWAP_PARTIES) {
		print("call %u: parties are swapped out\n", t->number);
		return;
	}
	print("call %u: party %u %s ", t->number, c->party,
	    operations[c->operation]);
	print_whom(c);
	print("\n");
	if (is_ipc(c->operation))
		print_variables(c);
}

void tell_outcome(struct transcript *t, uint32_t party, const struct outcome *o)
{
	mix(t, party);
	mix(t, o->result);
	mix(t, o->from);
	mix(t, o->words[0]);
	mix(t, o->words[1]);
	mix(t, o->sum);
	if (in_words(t))
		print("  %u: party %u has finished: result %x, from %u, "
		      "words %x %x, sum %x\n",
		    t->number, party, o->result, o->from, o->words[0],
		    o->words[1], o->sum);
}
