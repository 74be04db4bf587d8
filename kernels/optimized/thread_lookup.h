/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lower word of the uid is the offset of the tcb in a virtual array; the uid in
 * the tcb tells whether it is still the same thread.
 */

static inline struct tcb *thread_lookup(uid_t uid)
{
	struct tcb *t = tcb_at(thread_number(uid));

	if (!CONFIG_VIRTUAL_TCBS && !t)
		return NULL;
	return t->uid == uid ? t : NULL;
}
