/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The IPC state machine (5.2.1). The four system calls are entered from
 * traps.S with the caller's registers (table 6, abi.h), to which they return
 * their results.
 */
#ifndef IPC_H
#define IPC_H

#include <tcb.h>

void ipc_send(struct trap_frame *frame);
void ipc_receive(struct trap_frame *frame);
void ipc_call(struct trap_frame *frame);
void ipc_reply_and_receive_next(struct trap_frame *frame);

/*
 * A BARE thread, which waits for ever, has nothing on its kernel stack but what
 * the processor has pushed there, and of its registers only EAX. The hand-coded
 * path leaves it so, and lets it go on straight from there; before anything
 * else can be done with it ipc_settle gives it the stack that C expects and
 * makes it RECEIVING. Does nothing with others.
 */
void ipc_settle(struct tcb *t);

/* Where it then goes on. */
void ipc_bare_goes_on(struct trap_frame *frame);

/* With which timeout t waits: it is still in the registers with which t has
 * come. TIMEOUT_NEVER if it does not wait. */
static inline uint32_t waiting_timeout(const struct tcb *t)
{
	switch (t->state) {
	case THREAD_SENDING:
		return user_frame(t)->ebx;
	case THREAD_RECEIVING:
	case THREAD_LOCKED:
	case THREAD_FAULTING:
		return user_frame(t)->edi;
	default:
		return TIMEOUT_NEVER;
	}
}

/* Its time has come: t, which waits and is not locked, waits no more. */
void ipc_timeout(struct tcb *t);

/*
 * The running thread asks its pager for a page (abi.h), in the middle of
 * whatever it does in the kernel. True if the answer was not no.
 */
bool ipc_ask_pager(uint32_t address, bool write, uint32_t timeout);

/* The same is done by the thread to which me copies a message, of its own. */
bool ipc_receiver_asks_pager(struct tcb *me, uint32_t address, bool write);

/* An interrupt has become pending: its handler may be waiting for it. */
void ipc_interrupt(struct tcb *handler, struct tcb *sender);

/* A thread is being deleted: tells those that are queued to send to it. */
void ipc_thread_deleted(struct tcb *dead);

/* Tells all others that wait for threads that have been deleted. */
void ipc_tell_deaths(void);

#endif
