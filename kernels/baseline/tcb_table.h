/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table of pointers to tcbs on the kernel heap; their kernel stacks are
 * allocated elsewhere.
 */

extern struct tcb *tcb_table[MAX_THREADS];
extern struct tcb *running_thread;

static inline struct tcb *current_thread(void)
{
	return running_thread;
}

static inline struct tcb *tcb_at(uint32_t number)
{
	return tcb_table[number];
}

static inline uid_t tcb_uid(const struct tcb *t)
{
	return t->uid;
}

static inline void tcb_set_current(struct tcb *t)
{
	running_thread = t;
}

static inline bool tcb_is_present(uint32_t number)
{
	(void)number;
	return true;
}
