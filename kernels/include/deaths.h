/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What IPC has to do when threads end.
 */
#ifndef DEATHS_H
#define DEATHS_H

#include <tcb.h>

/* A thread is being deleted: tells those that are queued to send to it, or are
 * in the middle of a transfer with it. */
void ipc_thread_deleted(struct tcb *dead);

/* Tells all others that wait for threads that have been deleted. */
void ipc_tell_deaths(void);

#endif
