/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages that are not short are copied once, through a window on the
 * receiver's space (5.2.3).
 */
#include <transfer.h>
#include <message.h>
#include <remapping.h>
#include <virtual_registers.h>
#include <mapping.h>
#include <window.h>

/*
 * The receiver has died, which it can whenever user memory is accessed: then
 * its tcb must not be touched any more.
 */
static bool receiver_is_lost(const struct tcb *from)
{
	return !from->transfer.copies_to;
}

/* A fault on copying is one partner's mistake: the sender's result code. */
static uint32_t copy_failed(const struct tcb *from, struct tcb *to)
{
	if (receiver_is_lost(from))
		return IPC_NO_PARTNER;
	if (!user_fault_of_receiver)
		return IPC_FAULT;
	to->received = IPC_FAULT;
	return IPC_OK;
}

/* The receiver has a bad buffer, or is no more. */
static uint32_t receiver_failed(const struct tcb *from, struct tcb *to)
{
	user_fault_of_receiver = true;
	return copy_failed(from, to);
}

static uint32_t transfer_string(struct tcb *from, struct tcb *to,
    const struct outgoing *out, struct incoming *in, uint32_t n)
{
	uint32_t descriptor = in->strings + n * sizeof(struct indirect_string);
	struct piece source, buffer;
	uint32_t result = string_open(out, n, &source);

	if (result != IPC_OK)
		return result;
	if (receiver_is_lost(from) ||
	    !in_user_space(descriptor, sizeof(struct indirect_string)) ||
	    !string_buffer_open(
		window_open(from, to, descriptor), source.bytes, in, &buffer) ||
	    receiver_is_lost(from))
		return receiver_failed(from, to);
	if (!copy_string(window_open(from, to, buffer.address),
		(const void *)source.address, buffer.bytes))
		return copy_failed(from, to);
	return IPC_OK;
}

static uint32_t transfer_object(struct tcb *from, struct tcb *to,
    const struct outgoing *out, struct incoming *in, uint32_t n)
{
	uint32_t descriptor = in->objects + n * sizeof(struct memory_object);
	struct piece source, buffer;
	uint32_t result = object_open(out, n, &source);
	struct mapping *m;

	if (result != IPC_OK)
		return result;
	if (receiver_is_lost(from) ||
	    !in_user_space(descriptor, sizeof(struct memory_object)) ||
	    !object_buffer_open(
		window_open(from, to, descriptor), &source, in, &buffer) ||
	    receiver_is_lost(from))
		return receiver_failed(from, to);
	if (CONFIG_PAGE_REMAPPING && source.moves) {
		if (!pages_make_tables(
			from->task, to->task, buffer.address, buffer.bytes))
			return IPC_NO_BUFFER;
		pages_move(from->task, to->task, buffer.address, buffer.bytes,
		    source.writable);
		return IPC_OK;
	}
	m = mapping_create(
	    from->task, source.address, source.bytes, source.writable);
	if (!m)
		return IPC_NO_BUFFER;
	mapping_place(m, to->task, buffer.address, buffer.bytes);
	return IPC_OK;
}

static bool goes_on(
    const struct tcb *from, const struct tcb *to, uint32_t result)
{
	return result == IPC_OK && !receiver_is_lost(from) &&
	       to->received == IPC_OK;
}

/* All that the receiver takes; of the rest only whether it is well formed. */
static uint32_t transfer_strings(struct tcb *from, struct tcb *to,
    const struct outgoing *out, struct incoming *in)
{
	uint32_t taken = in->dope, result = IPC_OK, n;
	struct piece piece;

	for (n = 0; n < strings_of(out->dope) && goes_on(from, to, result); n++)
		result = n < strings_of(taken)
			     ? transfer_string(from, to, out, in, n)
			     : string_open(out, n, &piece);
	for (n = 0; n < DOPE_OBJECTS(out->dope) && goes_on(from, to, result);
	     n++)
		result = n < DOPE_OBJECTS(taken)
			     ? transfer_object(from, to, out, in, n)
			     : object_open(out, n, &piece);
	return result;
}

uint32_t transfer_long(
    struct tcb *from, struct tcb *to, const struct outgoing *out)
{
	uint32_t address = user_frame(to)->eax, result = IPC_OK;
	struct message *seen = is_block(to, address)
				   ? block_of(to)
				   : window_open(from, to, address);
	struct incoming in;

	expect_block(&in, to, address);
	to->received = IPC_OK;
	if (!buffer_open(address, seen, out->dope, &in))
		return receiver_failed(from, to);
	if (!CONFIG_REGISTER_MESSAGES &&
	    !copy_dwords(seen->words, out->words, 2))
		return receiver_failed(from, to);
	if (direct_dwords(in.dope) &&
	    !copy_direct(seen->direct, out->direct, direct_dwords(in.dope)))
		return copy_failed(from, to);
	if (strings_of(out->dope) || DOPE_OBJECTS(out->dope))
		result = transfer_strings(from, to, out, &in);
	if (receiver_is_lost(from))
		return IPC_NO_PARTNER;
	if (to->received == IPC_OK)
		to->received = in.dope;
	return result;
}
