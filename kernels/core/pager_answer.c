/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pager's answer is a message; the page is its memory object.
 */
#include <pager_answer.h>
#include <mapping.h>
#include <rendezvous.h>
#include <space.h>
#include <thread_lookup.h>
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
	to = thread_lookup(frame_uid(frame));
	if (!to || !awaits_answer(to, me))
		return LOOK_AGAIN;
	to->received = piece.bytes ? map_answer(me, to, &piece) : IPC_FAULT;
	*receiver = to;
	return IPC_OK;
}
