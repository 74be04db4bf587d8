/* SPDX-License-Identifier: BSD-2-Clause */
#include "ports.h"

uint32_t ports_follow(
    const struct model_ports *p, uint32_t space, uint32_t index, uint32_t *by)
{
	uint32_t number;

	index %= PORT_LINKS;
	number = p->links[space][index];
	if (index < PORT_REPLIES)
		return p->ports[number].answered;
	*by = number;
	return p->ports[number].receiver;
}

uint32_t ports_deliver(
    struct model_ports *p, uint32_t port, uint32_t from, uint32_t to)
{
	struct model_port *by = p->ports + port;

	/* Changed while the sender has waited. */
	if (port == NO_PORT || by->receiver != to)
		return PORT_LINKS;
	by->answered = from;
	p->links[by->space][by->answer_by] = port;
	return by->answer_by;
}

uint32_t ports_create(struct model_ports *p, uint32_t space, uint32_t thread,
    uint32_t answer_by, uint32_t *number)
{
	uint32_t n = 1;

	if (answer_by >= PORT_REPLIES)
		return SERVICE_BAD_ARGUMENT;
	while (n < MAX_PORTS && (p->ports[n].exists || p->ports[n].links))
		n++;
	if (n == MAX_PORTS)
		return SERVICE_NO_MEMORY;
	p->ports[n] = (struct model_port){.exists = true,
	    .space = space,
	    .receiver = thread,
	    .answer_by = answer_by};
	*number = n;
	return SERVICE_OK;
}

uint32_t ports_check(
    const struct model_ports *p, uint32_t space, uint32_t number)
{
	if (number >= MAX_PORTS || !p->ports[number].exists)
		return SERVICE_BAD_ARGUMENT;
	return p->ports[number].space == space ? SERVICE_OK : SERVICE_DENIED;
}

void ports_close(struct model_ports *p, uint32_t number)
{
	struct model_port *closed = p->ports + number;
	uint32_t n;

	for (n = 0; n < PORT_REPLIES; n++)
		if (p->links[closed->space][n] == number)
			p->links[closed->space][n] = NO_PORT;
	*closed = (struct model_port){.links = closed->links};
}

uint32_t ports_link(
    struct model_ports *p, uint32_t space, uint32_t index, uint32_t number)
{
	uint32_t *link = p->links[space] + index;

	if (index < PORT_REPLIES || index >= PORT_LINKS ||
	    number >= MAX_PORTS ||
	    (number != NO_PORT && !p->ports[number].exists))
		return SERVICE_BAD_ARGUMENT;
	p->ports[*link].links--;
	p->ports[number].links++;
	*link = number;
	return SERVICE_OK;
}
