/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ports, and the links of each space, as docs/kernel.md says. Threads are numbers
 * that are never used again; 0 is none.
 */
#ifndef IPC_MODEL_PORTS_H
#define IPC_MODEL_PORTS_H

#include "../../../bench/fuzz/calls.h"

struct model_port {
	bool exists;
	uint32_t space; /* of the threads that receive by it */
	uint32_t receiver, answered;
	uint32_t answer_by; /* index of a link in its space */
	uint32_t links;	    /* to it, in all spaces */
};

struct model_ports {
	struct model_port ports[MAX_PORTS];
	/* Of the first ones the answered thread is meant. */
	uint32_t links[SPACES][PORT_LINKS];
};

/* The thread at the end of the link, or 0; by: the port, if it is a link to one. */
uint32_t ports_follow(
    const struct model_ports *p, uint32_t space, uint32_t index, uint32_t *by);

/* A message has come by a port. The link to answer by, or PORT_LINKS: it goes by uid. */
uint32_t ports_deliver(
    struct model_ports *p, uint32_t port, uint32_t from, uint32_t to);

/* SERVICE_..., of a thread in the space. */
uint32_t ports_create(struct model_ports *p, uint32_t space, uint32_t thread,
    uint32_t answer_by, uint32_t *number);
/* May the space assign it, or close it? */
uint32_t ports_check(
    const struct model_ports *p, uint32_t space, uint32_t number);
void ports_close(struct model_ports *p, uint32_t number);
uint32_t ports_link(
    struct model_ports *p, uint32_t space, uint32_t index, uint32_t number);

#endif
