/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ports, an extension (7.1): names for receivers, and links to them in each
 * task's space.
 */
#include <ports.h>
#include <heap.h>
#include <memory.h>
#include <tcb_table.h>
#include <thread_table.h>
#include <thread_lookup.h>

#define LINKS_BYTES (PORT_LINKS * sizeof(uid_t *))

/* The global port table. Port 0 is empty. */
static struct port ports[MAX_PORTS];

/* The links of all tasks that have made none. */
static uid_t *no_links[PORT_LINKS] = {
    [0 ... PORT_LINKS - 1] = &ports[0].thread};

bool port_resolve(
    const struct task *task, struct trap_frame *frame, struct port **port)
{
	const uid_t *link;

	*port = NULL;
	if (frame->esi != PORT_STATION)
		return true;
	link = task->links[frame->edx & (PORT_LINKS - 1)];
	if (*link == NOBODY)
		return false;
	frame_put_uid(frame, *link);
	if ((uint32_t)link % sizeof(struct port) == 0)
		*port = (struct port *)link;
	return true;
}

void port_deliver(struct port *port, const struct tcb *from,
    const struct tcb *to, struct trap_frame *destination)
{
	/* It may have become another's while the sender waited. */
	if (port->thread != to->uid)
		return;
	port->answered = from->uid;
	to->task->links[port->reply_index] = &port->answered;
	destination->edx = port->reply_index;
	destination->esi = PORT_STATION;
}

/* Each has the address in its tcb: the hand-coded path finds it there. */
static void tell_threads(const struct task *task)
{
	uint32_t number;

	for (number = 1; number < thread_table_end; number++)
		if (thread_table[number].uid && tcb_at(number)->task == task)
			tcb_at(number)->links = task->links;
}

static bool make_links(struct task *task)
{
	if (task->links != no_links)
		return true;
	task->links = heap_allocate(LINKS_BYTES);
	if (!task->links) {
		task->links = no_links;
		return false;
	}
	memcpy(task->links, no_links, LINKS_BYTES);
	tell_threads(task);
	return true;
}

static struct port *find_free(void)
{
	struct port *port;

	for (port = ports + 1; port < ports + MAX_PORTS; port++)
		if (!port->task && !port->links)
			return port;
	return NULL;
}

uint32_t port_create(struct tcb *me, uint32_t reply_index, uint32_t *number)
{
	struct port *port = find_free();

	if (reply_index >= PORT_REPLIES)
		return SERVICE_BAD_ARGUMENT;
	if (!port || !make_links(me->task))
		return SERVICE_NO_MEMORY;
	port->thread = me->uid;
	port->task = me->task;
	port->reply_index = reply_index;
	*number = (uint32_t)(port - ports);
	return SERVICE_OK;
}

/* Links to it stay, and lead nowhere. */
static void close(struct port *port)
{
	uid_t **links = port->task->links;
	uint32_t n;

	for (n = 0; n < PORT_REPLIES; n++)
		if (links[n] == &port->answered)
			links[n] = no_links[0];
	port->thread = port->answered = NOBODY;
	port->task = NULL;
}

uint32_t port_assign(const struct tcb *me, uint32_t number, uid_t uid)
{
	struct port *port = ports + number;
	const struct tcb *to;

	if (number >= MAX_PORTS || !port->task)
		return SERVICE_BAD_ARGUMENT;
	if (port->task != me->task)
		return SERVICE_DENIED;
	if (uid == NOBODY) {
		close(port);
		return SERVICE_OK;
	}
	to = thread_lookup(uid);
	if (!to)
		return SERVICE_NO_THREAD;
	if (to->task != me->task)
		return SERVICE_DENIED;
	port->thread = uid;
	return SERVICE_OK;
}

static void unlink(uid_t **link)
{
	struct port *port = (struct port *)*link;

	if (port != ports)
		port->links--;
	*link = no_links[0];
}

uint32_t port_link(struct tcb *me, uint32_t index, uint32_t number)
{
	if (index < PORT_REPLIES || index >= PORT_LINKS ||
	    number >= MAX_PORTS || (number && !ports[number].task))
		return SERVICE_BAD_ARGUMENT;
	if (number && !make_links(me->task))
		return SERVICE_NO_MEMORY;
	unlink(me->task->links + index);
	if (number) {
		me->task->links[index] = &ports[number].thread;
		ports[number].links++;
	}
	return SERVICE_OK;
}

void ports_task_created(struct task *task)
{
	task->links = no_links;
}

void ports_task_destroyed(struct task *task)
{
	struct port *port;
	uint32_t n;

	if (task->links == no_links)
		return;
	for (port = ports + 1; port < ports + MAX_PORTS; port++)
		if (port->task == task)
			close(port);
	for (n = PORT_REPLIES; n < PORT_LINKS; n++)
		unlink(task->links + n);
	heap_release(task->links, LINKS_BYTES);
}
