/* SPDX-License-Identifier: BSD-2-Clause */
#include "checks.h"
#include <stdarg.h>

/* Where message variables and strings lie in the area. */
#define SEND_AT 0
#define RECEIVE_AT 4096
#define STRING_AT 8192
#define OBJECT_AT (3u << 20) /* to send; received a MB above */

static uint32_t done, failed;
static const char *skipping; /* why */

uint32_t checks_done(void)
{
	return done;
}

uint32_t checks_failed(void)
{
	return failed;
}

void check(bool passed, const char *format, ...)
{
	va_list list;

	print("%sok %u - ", passed ? "" : "not ", ++done);
	va_start(list, format);
	print_list(format, list);
	va_end(list);
	print("%s%s\n", skipping ? " # SKIP " : "", skipping ? skipping : "");
	if (!passed)
		failed++;
	skipping = NULL;
}

bool if_complex(bool passed)
{
	return CONFIG_COMPLEX_MESSAGES ? passed : skip("no complex messages");
}

bool if_flat(bool passed)
{
	return CONFIG_COMPLEX_MESSAGES ? skip("no long direct strings")
				       : passed;
}

bool skip(const char *why)
{
	skipping = why;
	return true;
}

uint32_t next_seed(void)
{
	static uint32_t seed;

	return ++seed;
}

static uint32_t in_area(uint32_t offset)
{
	return (uint32_t)area + offset;
}

static struct variable variable(
    uint32_t offset, uint32_t dope, uint32_t string_bytes)
{
	return (struct variable){.address = in_area(offset),
	    .dope = dope,
	    .string = in_area(STRING_AT),
	    .length = string_bytes,
	    .object = in_area(OBJECT_AT) | MEMORY_WRITABLE,
	    .object_bytes = 4096};
}

struct order order_send(uid_t to, uint32_t dope, uint32_t string_bytes)
{
	return (struct order){.operation = SEND,
	    .partner = to,
	    .send_timeout = TIMEOUT_NEVER,
	    .seed = next_seed(),
	    .send = variable(SEND_AT, dope, string_bytes)};
}

struct order order_receive(uid_t from, uint32_t dope, uint32_t string_bytes)
{
	return (struct order){.operation = RECEIVE,
	    .partner = from,
	    .receive_timeout = TIMEOUT_NEVER,
	    .seed = next_seed(),
	    .receive = variable(RECEIVE_AT, dope, string_bytes)};
}

struct order order_call(uid_t to)
{
	struct order o = order_send(to, 0, 0);

	o.operation = CALL;
	o.receive_timeout = TIMEOUT_NEVER;
	o.receive = variable(RECEIVE_AT, 0, 0);
	return o;
}

struct order order_reply(uid_t to)
{
	struct order o = order_call(to);

	o.operation = REPLY_AND_RECEIVE_NEXT;
	return o;
}

bool received_all(
    const struct report *r, const struct order *sent, uid_t sender)
{
	return r->result == sent->send.dope && r->from == sender &&
	       r->words[0] == contents_word(sent->seed, 0) &&
	       r->words[1] == contents_word(sent->seed, 1) &&
	       r->sum == contents_sum(sent->seed, DOPE_DWORDS(sent->send.dope),
			     DOPE_STRINGS(sent->send.dope) * sent->send.length);
}
