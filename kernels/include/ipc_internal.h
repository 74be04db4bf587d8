/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the IPC state machine share: ipc.c, pager.c (a thread and
 * its pager), deaths.c (partners that end).
 */
#ifndef IPC_INTERNAL_H
#define IPC_INTERNAL_H

#include <ipc.h>
#include <message.h>
#include <ready_queue.h>
#include <wakeup.h>

/* Result codes of the kernel's own: nothing was transferred, look at the
 * partner again; ask your pager for the sender, which waits. */
#define LOOK_AGAIN IPC_CODE
#define ASK_PAGER (IPC_CODE - 1)

static inline uid_t partner_uid(const struct trap_frame *frame)
{
	return (uid_t)frame->esi << 32 | frame->edx;
}

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
 * A receiver has its message, and the running thread, its sender, stays ready.
 * It gives its timeslice to no receiver of lower priority; and keeps it where
 * send is half of a call, because it is about to receive.
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

/*
 * The send part of all calls. IPC_OK: *receiver has the message and is still
 * to be made ready. Other codes: nothing was sent.
 */
uint32_t send_message(struct tcb *me, struct trap_frame *frame,
    const struct outgoing *out, struct tcb **receiver);

/* Has to asked its pager for a page, and waits for the answer? (pager.c) */
bool awaits_answer(const struct tcb *to, const struct tcb *pager);

/* A pager's answer: the page, or no. Result and *receiver as of send_message;
 * LOOK_AGAIN if nobody waits for it any more. */
uint32_t answer_fault(struct tcb *me, struct trap_frame *frame,
    const struct outgoing *out, struct tcb **receiver);

#endif
