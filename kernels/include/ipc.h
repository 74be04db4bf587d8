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

/* With which timeout t waits: it is still in the registers with which t has
 * come. TIMEOUT_NEVER if it does not wait. */
static inline uint32_t waiting_timeout(const struct tcb *t)
{
	switch (t->state) {
	case THREAD_SENDING:
		return user_frame(t)->ebx;
	case THREAD_RECEIVING:
	case THREAD_LOCKED:
		return user_frame(t)->edi;
	default:
		return TIMEOUT_NEVER;
	}
}

/* Its time has come: t, which waits and is not locked, waits no more. */
void ipc_timeout(struct tcb *t);

/* A thread is being deleted: tells those that are queued to send to it. */
void ipc_thread_deleted(struct tcb *dead);

/* Tells all others that wait for threads that have been deleted. */
void ipc_tell_deaths(void);

#endif
