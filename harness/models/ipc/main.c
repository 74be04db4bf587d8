/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints what the guest of bench/fuzz should print:
 *
 *	ipc-model SEED CALLS INTERVAL FIRST LAST REGISTER_MESSAGES
 *	          DIRECT_TRANSFER COMPLEX_MESSAGES PAGE_REMAPPING NOTIFICATIONS
 *          PORTS RPC_SYSCALLS VIRTUAL_REGISTERS
 *
 * a line "digest CALL DIGEST" for each interval, and the calls FIRST to LAST in
 * the same words as the guest; last a line that counts what has happened.
 */
#include "model.h"
#include "../../../bench/fuzz/transcript.h"
#include "../../../bench/runtime/records.h"
#include <stdio.h>
#include <stdlib.h>

/* As the guest's, as far as it is needed. */
void print(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	for (; *format; format++) {
		if (*format != '%')
			putchar(*format);
		else if (*++format == 's')
			fputs(va_arg(list, const char *), stdout);
		else
			printf(*format == 'x' ? "%08x" : "%u",
			    va_arg(list, unsigned));
	}
	va_end(list);
}

#define ARGUMENTS 13

static void one_call(struct model *m, struct transcript *t)
{
	struct call call;
	uint32_t n;

	next_call(&m->generator, &call);
	tell_call(t, &m->generator, &call);
	model_call(m, &call);
	for (n = 0; n < PARTIES; n++)
		if (m->parties[n].finished) {
			call_finished(&m->generator, n, &m->parties[n].outcome);
			tell_outcome(t, n, &m->parties[n].outcome);
		}
}

int main(int arguments, char **argument)
{
	static struct model m;
	struct transcript t = {0};
	uint32_t number[ARGUMENTS] = {0}, n;

	if (arguments != ARGUMENTS + 1) {
		fprintf(stderr, "ipc-model: see its main.c\n");
		return 2;
	}
	for (n = 0; n < ARGUMENTS; n++)
		number[n] = (uint32_t)strtoul(argument[n + 1], NULL, 0);
	t.first = number[3];
	t.last = number[4];
	model_start(&m,
	    (struct model_switches){number[5], number[6], number[7], number[8],
		number[9], number[10], number[11], number[12]},
	    number[0]);
	while (m.generator.number < number[1]) {
		one_call(&m, &t);
		if (m.generator.number % number[2] == 0 ||
		    m.generator.number == number[1])
			printf("digest %u %u\n", m.generator.number, t.digest);
	}
	printf("%u transfers, %u faults, %u cut, %u pages, %u moved, "
	       "%u silent pagers, %u notified, %u by port, %u from block to "
	       "block\n",
	    m.transfers, m.faults, m.cuts, m.pages, m.moved, m.silences,
	    m.notified, m.by_port, m.blocks);
	return 0;
}
