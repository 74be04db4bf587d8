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

/* Where a BARE thread goes on that was settled (rendezvous.h). */
void ipc_bare_goes_on(struct trap_frame *frame);

/* Its time has come: t, which waits and is not locked, waits no more. */
void ipc_timeout(struct tcb *t);

#endif
