/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Thread numbers are used again, uids never.
 */
#include <thread_table.h>

struct thread_slot thread_table[MAX_THREADS];
uint32_t thread_table_end = 1; /* number 0 is the idle thread's */

/* Numbers of threads, dead ones included as long as others wait for them. */
static bool number_in_use[MAX_THREADS];
static uint32_t search_from = 1; /* none before it is free */

uint32_t number_find(void)
{
	uint32_t number;

	while (search_from < MAX_THREADS && number_in_use[search_from])
		search_from++;
	for (number = search_from; number < MAX_THREADS; number++)
		if (!number_in_use[number] &&
		    thread_table[number].generation != UID_GENERATIONS - 1)
			return number;
	return 0;
}

static uid_t new_uid(uint32_t number)
{
	uint32_t generation = ++thread_table[number].generation;

	return (uid_t)generation << 32 | number << UID_NUMBER_SHIFT;
}

uid_t number_take(uint32_t number)
{
	uid_t uid = new_uid(number);

	thread_table[number].uid = uid;
	number_in_use[number] = true;
	if (number >= thread_table_end)
		thread_table_end = number + 1;
	return uid;
}

void number_end(uint32_t number)
{
	thread_table[number].uid = NOBODY;
	while (thread_table_end > 1 && !thread_table[thread_table_end - 1].uid)
		thread_table_end--;
}

void number_release(uint32_t number)
{
	number_in_use[number] = false;
	if (number < search_from)
		search_from = number;
}
