/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a message that is not short gets from one address space to another
 * (5.2.3). Switch DIRECT_TRANSFER.
 *
 *	transfer_long(from, to, out)
 *	                           runs as the sender while to waits for it,
 *	                           locked. May lose the processor or wait for
 *	                           a pager; from->transfer.copies_to is NULL
 *	                           afterwards if to has died meanwhile.
 *	                           Returns the sender's result code. IPC_OK:
 *	                           the message is the receiver's, which is to be
 *	                           made ready. Others: to goes on waiting
 *	transfer_finish(to)        runs as the receiver once it has the
 *	                           message, short or not: dope and result code
 *	transfer_patience(me)      how long a page fault of me's may take now:
 *	                           as long as its partner wants to wait
 *	transfer_forget(t)         t is being deleted
 */
#ifndef TRANSFER_H
#define TRANSFER_H

#include <message.h>
#include <tcb.h>

uint32_t transfer_long(
    struct tcb *from, struct tcb *to, const struct outgoing *out);

#if CONFIG_DIRECT_TRANSFER
#include "../optimized/transfer.h"
#else
#include "../baseline/transfer.h"
#endif

#endif
