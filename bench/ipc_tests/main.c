/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Semantic tests of IPC. They print TAP between a begin and an end record and
 * end the machine with success if all pass. Modules: this program, SPACES
 * times.
 */
#include "tests.h"
#include <stdarg.h>

/* Where message variables and strings lie in the area. */
#define SEND_AT 0
#define RECEIVE_AT 4096
#define STRING_AT 8192

static uint32_t checks, failures;

void check(bool passed, const char *format, ...)
{
	va_list list;

	print("%sok %u - ", passed ? "" : "not ", ++checks);
	va_start(list, format);
	print_list(format, list);
	va_end(list);
	print("\n");
	if (!passed)
		failures++;
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
	    .length = string_bytes};
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
	       r->sum == contents_sum(sent->seed, sent->send.dope,
			     DOPE_STRINGS(sent->send.dope)
				 ? sent->send.length
				 : 0);
}

void program(const char *command_line, uid_t root)
{
	(void)command_line;
	if (root != NOBODY)
		spawner(root);
	find_spaces();
	record_begin("ipc_tests");
	test_basics();
	test_sizes();
	test_order();
	test_rpc();
	test_arguments();
	test_deaths();
	test_hostility();
	print("1..%u\n", checks);
	record_end();
	machine_stop(failures != 0);
}
