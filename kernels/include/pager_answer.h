/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a pager sends to a thread that has asked it for a page: the page, or no
 * (5.2.5).
 */
#ifndef PAGER_ANSWER_H
#define PAGER_ANSWER_H

#include <message.h>
#include <tcb.h>

/* Has to asked its pager for a page, and waits for the answer? */
bool awaits_answer(const struct tcb *to, const struct tcb *pager);

/* Result and *receiver as of send_message (send.h); LOOK_AGAIN if the thread
 * does not wait for it any more. */
uint32_t answer_fault(struct tcb *me, struct trap_frame *frame,
    const struct outgoing *out, struct tcb **receiver);

#endif
