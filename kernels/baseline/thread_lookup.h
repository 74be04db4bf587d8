/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The thread table is searched from its start.
 */

static inline struct tcb *thread_lookup(uid_t uid)
{
	uint32_t number;

	if (uid == NOBODY)
		return NULL;
	for (number = 0; number < thread_table_end; number++)
		if (thread_table[number].uid == uid)
			return tcb_at(number);
	return NULL;
}
