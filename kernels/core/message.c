/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a message and a buffer say of themselves is read from user memory,
 * checked, and handed to the transfer (5.4.1).
 */
#include <message.h>
#include <tcb_table.h>
#include <memory_layout.h>
#include <virtual_registers.h>

/* The fixed part of a message, in one go: false if it is not all there. */
static bool load_head(const struct message *message, struct message *head)
{
	uint32_t failed = 1;

	asm volatile("1: movl 0(%5), %0\n"
		     "   movl 4(%5), %1\n"
		     "   movl 8(%5), %2\n"
		     "   movl 12(%5), %3\n"
		     "   xorl %4, %4\n"
		     "2:\n" USER_ACCESS("1b", "2b", "2b")
		     : "=&r"(head->size), "=&r"(head->dope),
		     "=&r"(head->words[0]), "=&r"(head->words[1]), "+&r"(failed)
		     : "r"(message)
		     : "memory");
	return !failed;
}

/* Without complex messages: a direct string, or one memory object. */
static bool too_complex(uint32_t dope)
{
	return !CONFIG_COMPLEX_MESSAGES && DOPE_OBJECTS(dope) &&
	       (DOPE_OBJECTS(dope) > 1 || direct_dwords(dope));
}

uint32_t message_open(const struct message *message, struct outgoing *out)
{
	bool block = is_block(current_thread(), (uint32_t)message);
	struct message head;

	if ((!block && !in_user_space((uint32_t)message, sizeof(head))) ||
	    !load_head(message, &head))
		return IPC_FAULT;
	out->dope = head.dope & ~IPC_RESULT;
	out->words[0] = head.words[0];
	out->words[1] = head.words[1];
	if (CONFIG_VIRTUAL_REGISTERS)
		out->direct = message->direct;
	if (out->dope == 0)
		return IPC_OK;

	if (too_complex(head.dope) || (block && !fits_block(head.dope)))
		return IPC_TOO_LONG;
	out->direct = message->direct;
	out->strings =
	    (const void *)(message->direct + direct_dwords(head.size));
	out->objects = (const void *)(out->strings + strings_of(head.size));
	return block || in_user_space((uint32_t)message->direct,
			    direct_dwords(head.dope) * 4)
		   ? IPC_OK
		   : IPC_FAULT;
}

uint32_t string_open(
    const struct outgoing *out, uint32_t n, struct piece *piece)
{
	const struct indirect_string *descriptor = out->strings + n;

	if (!in_user_space((uint32_t)descriptor, sizeof(*descriptor)) ||
	    !load_word(&piece->bytes, &descriptor->length) ||
	    !load_word(&piece->address, &descriptor->address))
		return IPC_FAULT;
	if (piece->bytes > STRING_MAX_BYTES)
		return IPC_TOO_LONG;
	return in_user_space(piece->address, piece->bytes) ? IPC_OK : IPC_FAULT;
}

static bool page_aligned(const struct piece *piece)
{
	return (piece->address | piece->bytes) % PAGE_SIZE == 0;
}

uint32_t object_open(
    const struct outgoing *out, uint32_t n, struct piece *piece)
{
	const struct memory_object *descriptor = out->objects + n;

	if (!in_user_space((uint32_t)descriptor, sizeof(*descriptor)) ||
	    !load_word(&piece->bytes, &descriptor->length) ||
	    !load_word(&piece->address, &descriptor->address))
		return IPC_FAULT;
	piece->writable = piece->address & MEMORY_WRITABLE;
	piece->address &= ~MEMORY_WRITABLE;
	piece->moves = CONFIG_PAGE_REMAPPING && (piece->address & MEMORY_MOVE);
	if (piece->moves)
		piece->address &= ~MEMORY_MOVE;
	return page_aligned(piece) &&
		       in_user_space(piece->address, piece->bytes)
		   ? IPC_OK
		   : IPC_FAULT;
}

static uint32_t min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* What a block holds, whatever it says. */
static uint32_t size_of_block(uint32_t size)
{
	uint32_t dwords = min(direct_dwords(size), BLOCK_DWORDS);

	return CONFIG_COMPLEX_MESSAGES ? DOPE(dwords, 0) : FLAT_DOPE(dwords);
}

bool buffer_open(uint32_t address, const struct message *seen, uint32_t dope,
    struct incoming *in)
{
	bool block = to_block(in);
	uint32_t size;

	in->dope = IPC_FAULT;
	if ((!block && !in_user_space(address, sizeof(*seen))) ||
	    !load_word(&size, &seen->size))
		return false;
	if (block)
		size = size_of_block(size);
	else if (!in_user_space(
		     address, sizeof(*seen) + direct_dwords(size) * 4))
		return false;
	in->strings = address + sizeof(*seen) + direct_dwords(size) * 4;
	in->objects =
	    in->strings + strings_of(size) * sizeof(struct indirect_string);
	in->dope =
	    DOPE_WITH_OBJECTS(min(direct_dwords(dope), direct_dwords(size)),
		min(strings_of(dope), strings_of(size)),
		min(DOPE_OBJECTS(dope), DOPE_OBJECTS(size)));
	if (in->dope != dope)
		in->dope |= IPC_CUT;
	return true;
}

bool string_buffer_open(struct indirect_string *seen, uint32_t bytes,
    struct incoming *in, struct piece *piece)
{
	uint32_t room;

	if (!load_word(&room, &seen->buffer_size) ||
	    !load_word(&piece->address, &seen->buffer))
		return false;
	piece->bytes = min(bytes, room);
	if (piece->bytes < bytes)
		in->dope |= IPC_CUT;
	return in_user_space(piece->address, piece->bytes) &&
	       store_word(&seen->length, piece->bytes) &&
	       store_word(&seen->address, piece->address);
}

/* Pages that move stay where they are: if not in the place, none are taken. */
static void stay_in_place(struct piece *place, const struct piece *source)
{
	uint32_t offset = source->address - place->address;

	if (offset < place->bytes) {
		place->address = source->address;
		place->bytes -= offset;
	} else {
		place->bytes = 0;
	}
}

bool object_buffer_open(struct memory_object *seen, const struct piece *source,
    struct incoming *in, struct piece *piece)
{
	uint32_t room;

	if (!load_word(&room, &seen->buffer_size) ||
	    !load_word(&piece->address, &seen->buffer) ||
	    piece->address % PAGE_SIZE)
		return false;
	piece->bytes = room & -PAGE_SIZE;
	if (source->moves)
		stay_in_place(piece, source);
	piece->bytes = min(source->bytes, piece->bytes);
	if (piece->bytes < source->bytes)
		in->dope |= IPC_CUT;
	return page_aligned(piece) &&
	       in_user_space(piece->address, piece->bytes) &&
	       store_word(&seen->length, piece->bytes) &&
	       store_word(&seen->address, piece->address);
}
