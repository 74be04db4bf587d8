/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread and its pager (5.2.5): a page that is missing is asked for by a
 * message of the thread's own, which the kernel sends; the pager's answer is
 * the page.
 */
#include <ipc_internal.h>
#include <mapping.h>
#include <space.h>
#include <thread_lookup.h>
#include <transfer.h>
#include <user_memory.h>

bool awaits_answer(const struct tcb *to, const struct tcb *pager)
{
	return to->state == THREAD_FAULTING && to->partner == pager;
}

/*
 * The first page of the object is the one that is missing. It is shared before
 * the others take their place: they may take that of the pager's own page.
 */
static uint32_t map_answer(
    struct tcb *me, struct tcb *to, const struct piece *piece)
{
	uint32_t page = to->fault & -PAGE_SIZE, behind = page + PAGE_SIZE;
	uint32_t source = page_entry(me->task, piece->address);
	uint32_t rest = piece->bytes - PAGE_SIZE;
	struct mapping *m = NULL;

	if (rest > FIREWALL - behind)
		rest = FIREWALL - behind;
	if (!(source & PTE_PRESENT))
		return IPC_NO_BUFFER;
	if (rest) {
		m = mapping_create(me->task, piece->address + PAGE_SIZE, rest,
		    piece->writable);
		if (!m)
			return IPC_NO_BUFFER;
	}
	if (!task_share(to->task, page, source & PTE_FRAME,
		piece->writable && (source & PTE_WRITABLE))) {
		if (m)
			mapping_drop(m);
		return IPC_NO_BUFFER;
	}
	if (m)
		mapping_place(m, to->task, behind, rest);
	return IPC_OK;
}

uint32_t answer_fault(struct tcb *me, struct trap_frame *frame,
    const struct outgoing *out, struct tcb **receiver)
{
	struct piece piece = {0};
	uint32_t result = IPC_OK, touched;
	struct tcb *to;

	/* The pager's own page must be there: a fault of its own may come. */
	if (DOPE_OBJECTS(out->dope))
		result = object_open(out, 0, &piece);
	if (result == IPC_OK && piece.bytes &&
	    !load_word(&touched, (const uint32_t *)piece.address))
		result = IPC_FAULT;
	if (result != IPC_OK)
		return result;
	to = thread_lookup(partner_uid(frame));
	if (!to || !awaits_answer(to, me))
		return LOOK_AGAIN;
	to->received = piece.bytes ? map_answer(me, to, &piece) : IPC_FAULT;
	*receiver = to;
	return IPC_OK;
}

/* No longer than timeout, which is in the user frame. */
static uint32_t wait_for_pager(
    struct tcb *me, struct tcb *pager, uint32_t *timeout)
{
	uint32_t result = check_timeout(*timeout);

	if (*timeout == TIMEOUT_NEVER) {
		wait_and_start(me, THREAD_FAULTING, pager, pager);
	} else if (result == IPC_OK) {
		wait_for_a_time(me, THREAD_FAULTING, pager, pager, timeout);
	} else {
		start_receiver(me, pager);
		return result;
	}
	return me->received;
}

/*
 * What the thread is in the middle of is put aside: its registers, which IPC
 * uses for its parameters, and its part in a transfer.
 */
bool ipc_ask_pager(uint32_t address, bool write, uint32_t timeout)
{
	struct tcb *me = current_thread(), *pager, *partner = me->partner;
	struct trap_frame *frame = user_frame(me), saved = *frame;
	struct outgoing out = {.words = {(address & ~1u) | write, frame->eip}};
	uint32_t received = me->received, result;

	if (me->asks_pager || me->pager == NOBODY || timeout == TIMEOUT_NONE)
		return false;
	me->asks_pager = true;
	me->outer = me->transfer;
	me->transfer = (struct transfer){0};
	me->fault = address | 1;
	frame->edx = (uint32_t)me->pager;
	frame->esi = (uint32_t)(me->pager >> 32);
	frame->ebx = timeout;
	result = send_message(me, frame, &out, &pager);
	if (result == IPC_OK) {
		frame->edi = frame->ebx;
		result = wait_for_pager(me, pager, &frame->edi);
	}
	*frame = saved;
	me->received = received;
	me->partner = partner;
	/* It may have been opened for the pager. */
	transfer_leave(me, me);
	me->transfer = me->outer;
	me->outer = (struct transfer){0};
	me->asks_pager = false;
	return result == IPC_OK;
}

bool ipc_receiver_asks_pager(struct tcb *me, uint32_t address, bool write)
{
	struct tcb *to = me->transfer.copies_to;

	to->fault = (address & ~1u) | write;
	to->received = ASK_PAGER;
	wait_and_start(me, THREAD_COPYING, to, to);
	if (!me->transfer.copies_to)
		return false;
	to->received = IPC_OK;
	return me->received == IPC_OK;
}
