/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ports (7.1, table 5). Extension PORTS.
 *
 * A link is an address in the global port table: of the thread that receives
 * by a port, or of the one that is to be answered. Links that lead nowhere
 * lead to an entry that is always empty.
 */
#ifndef PORTS_H
#define PORTS_H

#include <tcb.h>

struct port {
	uid_t thread;	/* receives by it; NOBODY: nobody does any more */
	uid_t answered; /* the sender of the last message */
	struct task
	    *task; /* of the thread; NULL: free when there are no links */
	uint32_t reply_index; /* in the links of task: leads to answered */
	uint32_t links;	      /* to thread, in all spaces */
} __attribute__((aligned(32)));

/*
 * Puts a uid into EDX, ESI if a port is there; port: which; NULL if it was a
 * uid, or a link to answer by. False if the task's link leads nowhere.
 */
bool port_resolve(
    const struct task *task, struct trap_frame *frame, struct port **port);

/*
 * A message has come to the thread by the port: what it gets as its source is
 * a link by which it answers.
 */
void port_deliver(struct port *port, const struct tcb *from,
    const struct tcb *to, struct trap_frame *destination);

/* SERVICE_... (abi.h) */
uint32_t port_create(struct tcb *me, uint32_t reply_index, uint32_t *number);
uint32_t port_assign(const struct tcb *me, uint32_t number, uid_t uid);
uint32_t port_link(struct tcb *me, uint32_t index, uint32_t number);

/* A task without links; its links and ports are given back. */
void ports_task_created(struct task *task);
void ports_task_destroyed(struct task *task);

#endif
