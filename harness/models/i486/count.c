/* SPDX-License-Identifier: BSD-2-Clause */
#include "count.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PLACES 1024
#define MAX_NAME 64

static struct counter {
	char name[MAX_NAME];
	uint64_t value;
} counters[MAX_PLACES];

static struct place {
	uint32_t pc;
	struct counter *counter;
} places[MAX_PLACES];

static unsigned counter_count, place_count;

/* The one of that name, made if there is none yet. */
static struct counter *find(const char *name, size_t length)
{
	unsigned n;

	for (n = 0; n < counter_count; n++)
		if (!strncmp(counters[n].name, name, length) &&
		    !counters[n].name[length])
			return counters + n;
	memcpy(counters[n].name, name, length);
	counter_count++;
	return counters + n;
}

bool count_set(const char *list)
{
	while (*list) {
		const char *at = strchr(list, '@');
		char *end;

		if (!at || at == list || at - list >= MAX_NAME ||
		    place_count == MAX_PLACES)
			return false;
		places[place_count].pc = (uint32_t)strtoul(at + 1, &end, 16);
		places[place_count++].counter = find(list, (size_t)(at - list));
		if (end == at + 1 || (*end && *end != '+'))
			return false;
		list = *end ? end + 1 : end;
	}
	return true;
}

uint64_t *count_at(uint32_t pc)
{
	unsigned n;

	for (n = 0; n < place_count; n++)
		if (places[n].pc == pc)
			return &places[n].counter->value;
	return NULL;
}

void count_put_names(FILE *file)
{
	unsigned n;

	for (n = 0; n < counter_count; n++)
		fprintf(file, " %s", counters[n].name);
}

void count_put_values(FILE *file)
{
	unsigned n;

	for (n = 0; n < counter_count; n++)
		fprintf(file, " %" PRIu64, counters[n].value);
}
