/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two threads meet: one waits, the other one starts it (5.2.1, 5.3.5). What
 * they then do with a message is above this.
 */
#ifndef RENDEZVOUS_H
#define RENDEZVOUS_H

#include <ready_queue.h>
#include <tcb.h>
#include <wakeup.h>

/* Result codes of the kernel's own: nothing was transferred, look at the
 * partner again; ask your pager for the sender, which waits. */
#define LOOK_AGAIN IPC_CODE
#define ASK_PAGER (IPC_CODE - 1)

/* Does to wait for a message from the thread from, or from any thread? */
bool waits_for(const struct tcb *to, const struct tcb *from);

/*
 * A BARE thread, which waits for ever, has nothing on its kernel stack but what
 * the processor has pushed there, and of its registers only EAX. The hand-coded
 * path leaves it so, and lets it go on straight from there; before anything
 * else can be done with it settle gives it the stack that C expects and
 * makes it RECEIVING. Does nothing with others.
 */
void settle(struct tcb *t);

static inline void make_ready(struct tcb *t)
{
	t->state = THREAD_READY;
	wakeup_clear(t);
}

/* A waiting thread becomes ready while the running one goes on. */
static inline void wake(struct tcb *t, uint32_t received)
{
	t->received = received;
	make_ready(t);
	queue_ready(t);
}

/*
 * A receiver has its message, and the running thread, its sender, stays ready. A sender
 * is mostly about to receive, so it keeps the processor, unless the receiver has a higher
 * priority; when it waits, the receiver is next.
 */
void start_receiver(struct tcb *me, struct tcb *to);

/* The running thread begins to wait; start, if any, becomes ready. Does not
 * come back if the state is BARE. */
void wait_and_start(struct tcb *me, enum thread_state state,
    struct tcb *partner, struct tcb *start);

/*
 * Waits, but not for ever. The timeout is in the caller's registers: so is
 * afterwards what is left of it, in case it has to wait once more.
 */
void wait_for_a_time(struct tcb *me, enum thread_state state,
    struct tcb *partner, struct tcb *start, uint32_t *timeout);

/* Can one wait for so long? IPC_OK, or why not. */
uint32_t check_timeout(uint32_t timeout);

#endif
