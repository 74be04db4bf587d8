/* SPDX-License-Identifier: BSD-2-Clause */
#include "transcript.h"
#include "../runtime/records.h"

static const char *const operations[OPERATIONS] = {[SEND] = "sends to",
    [RECEIVE] = "receives from",
    [CALL] = "calls",
    [REPLY_AND_RECEIVE_NEXT] = "replies to",
    [DELETE_THREAD] = "deletes",
    [SERVICE] = "asks the kernel",
    [CREATE_PARTY] = "is created",
    [DELETE_PARTY] = "is deleted",
    [RAW_CALL] = "somebody calls"};

static const char *const whoms[] = {[PARTY] = "party",
    [FORMERLY] = "former party",
    [FORGED] = "nearly party",
    [SILENT] = "a silent thread, not party",
    [NOT_ANY] = "anybody, not party",
    [IMPOSSIBLE] = "a strange uid, not party"};

static const char *const places[PLACES] = {[OWN] = "own memory",
    [BIG] = "big memory",
    [EDGE] = "the edge",
    [CONSTANT] = "read-only memory",
    [NULL_PAGE] = "page 0",
    [NOT_MAPPED] = "nothing",
    [END_OF_USER] = "the end of user space",
    [IN_TCBS] = "the tcbs",
    [IN_KERNEL] = "the kernel",
    [IN_WINDOW] = "the window",
    [END_OF_MEMORY] = "the end of memory"};

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

static void print_variables(const struct call *c)
{
	const struct variable *s = &c->send, *r = &c->receive;

	if (c->operation != RECEIVE) {
		print("  sends size %x, dope %x", s->size, s->dope);
		print_place("variable", s->place, s->address);
		if (DOPE_STRINGS(s->dope)) {
			print_place("string", s->string_place, s->string);
			print(", %u bytes", s->length);
		}
		print("; timeout %u\n", c->send_timeout);
	}
	if (c->operation == SEND)
		return;
	print("  receives, timeout %u", c->receive_timeout);
	if (c->one_variable)
		r = s;
	print(", size %x", r->size);
	print_place(c->one_variable ? "the same variable" : "variable",
	    r->place, r->address);
	if (DOPE_STRINGS(r->size)) {
		print_place("buffer", r->buffer_place, r->buffer);
		print(", %u bytes", r->buffer_size);
	}
	print("\n");
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
	print("call %u: party %u %s ", t->number, c->party,
	    operations[c->operation]);
	if (c->operation == CREATE_PARTY)
		print("in space %u", c->detail);
	else if (c->operation == SERVICE)
		print("%u", c->detail);
	else if (c->operation != DELETE_PARTY)
		print("%s %u", whoms[c->whom], c->partner);
	print("\n");
	if (c->operation <= REPLY_AND_RECEIVE_NEXT)
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
