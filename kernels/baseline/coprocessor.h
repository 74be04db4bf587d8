/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The coprocessor's registers are part of what is switched: saved and loaded
 * each time.
 */

static inline void coprocessor_switch(struct tcb *me, struct tcb *next)
{
	coprocessor_save(&me->coprocessor);
	coprocessor_load(&next->coprocessor);
}

static inline void coprocessor_leave(struct tcb *t)
{
	(void)t;
}

static inline bool coprocessor_not_available(struct tcb *t)
{
	(void)t;
	return false;
}

static inline void coprocessor_forget(const struct tcb *t)
{
	(void)t;
}
