/* SPDX-License-Identifier: BSD-2-Clause */
#include <transfer.h>
#include <message.h>
#include <space.h>

/*
 * Makes the 8 MB that start with the region of the receiver's address visible
 * in the sender's window; a string of up to 4 MB from the address on is then
 * in it. The user bit is cleared, so that only the kernel sees it. Returns
 * the address in the window.
 *
 * The TLB knows nothing of the window after an address-space switch, so only
 * a second mapping without a switch between must flush it. Within one space
 * there is nothing to map.
 */
static char *window_open(struct tcb *from, struct tcb *to, uint32_t address)
{
	uint32_t *window, *region, first;

	if (from->task == to->task)
		return (char *)address;
	window = from->task->directory + REGION_OF(WINDOW);
	region = to->task->directory + REGION_OF(address);
	first = region[0] & ~PTE_USER;
	if (window[0] && window[0] != first)
		flush_tlb();
	window[0] = first;
	window[1] = region[1] & ~PTE_USER;
	from->resources |= RESOURCE_WINDOW;
	return (char *)(WINDOW + (address & (REGION_SIZE - 1)));
}

void window_close(struct tcb *t, const struct tcb *next)
{
	uint32_t *window = t->task->directory + REGION_OF(WINDOW);

	window[0] = 0;
	window[1] = 0;
	t->resources &= ~RESOURCE_WINDOW;
	if (t->task == next->task)
		flush_tlb();
}

/* Whom a fault on copying is to be blamed on: the sender's result code. */
static uint32_t copy_failed(struct tcb *to)
{
	if (!user_fault_on_write)
		return IPC_FAULT;
	to->received = IPC_FAULT;
	return IPC_OK;
}

static uint32_t transfer_string(struct tcb *from, struct tcb *to,
    const struct outgoing *out, const struct incoming *in)
{
	char *seen;

	if (!store_word(&in->descriptor->length, in->string_length) ||
	    !store_word(&in->descriptor->address, in->string_buffer))
		return copy_failed(to);
	seen = window_open(from, to, in->string_buffer);
	if (!copy_string(seen, out->string, in->string_length))
		return copy_failed(to);
	return IPC_OK;
}

uint32_t transfer_long(
    struct tcb *from, struct tcb *to, const struct outgoing *out)
{
	uint32_t address = user_frame(to)->eax;
	struct message *seen = (void *)window_open(from, to, address);
	struct incoming in;

	to->received = IPC_FAULT;
	if (!buffer_open(address, seen, out->dope, out->string_length, &in))
		return IPC_OK;
	to->received = in.dope;
	if (!CONFIG_REGISTER_MESSAGES &&
	    !copy_dwords(seen->words, out->words, 2))
		return copy_failed(to);
	if (in.dwords && !copy_dwords(seen->direct, out->direct, in.dwords))
		return copy_failed(to);
	if (DOPE_STRINGS(in.dope))
		return transfer_string(from, to, out, &in);
	return IPC_OK;
}
