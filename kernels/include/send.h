/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The send part of IPC (5.2.1).
 */
#ifndef SEND_H
#define SEND_H

#include <message.h>
#include <tcb.h>

/*
 * The send part of all calls. IPC_OK: *receiver has the message and is still
 * to be made ready. Other codes: nothing was sent.
 */
uint32_t send_message(struct tcb *me, struct trap_frame *frame,
    const struct outgoing *out, struct tcb **receiver);

#endif
