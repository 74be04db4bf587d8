/* SPDX-License-Identifier: BSD-2-Clause */
#include <message.h>

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

static uint32_t open_string(
    const struct indirect_string *descriptor, struct outgoing *out)
{
	uint32_t address;

	if (!in_user_space((uint32_t)descriptor, sizeof(*descriptor)) ||
	    !load_word(&out->string_length, &descriptor->length) ||
	    !load_word(&address, &descriptor->address))
		return IPC_FAULT;
	if (out->string_length > STRING_MAX_BYTES)
		return IPC_TOO_LONG;
	if (!in_user_space(address, out->string_length))
		return IPC_FAULT;
	out->string = (const char *)address;
	return IPC_OK;
}

uint32_t message_open(const struct message *message, struct outgoing *out)
{
	struct message head;
	uint32_t dwords, strings;

	if (!in_user_space((uint32_t)message, sizeof(head)) ||
	    !load_head(message, &head))
		return IPC_FAULT;
	out->dope = head.dope & ~IPC_RESULT;
	out->words[0] = head.words[0];
	out->words[1] = head.words[1];
	out->direct = message->direct;
	out->string = NULL;
	out->string_length = 0;
	if (out->dope == 0)
		return IPC_OK;

	dwords = DOPE_DWORDS(head.dope);
	strings = DOPE_STRINGS(head.dope);
	if (strings > MESSAGE_MAX_STRINGS || DOPE_OBJECTS(head.dope))
		return IPC_TOO_LONG;
	if (!in_user_space((uint32_t)message->direct, dwords * 4))
		return IPC_FAULT;
	if (!strings)
		return IPC_OK;
	return open_string(
	    (const void *)(message->direct + DOPE_DWORDS(head.size)), out);
}

static uint32_t min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

bool buffer_open(uint32_t address, struct message *seen, uint32_t dope,
    uint32_t string_length, struct incoming *in)
{
	uint32_t size, room, strings;

	in->dope = IPC_FAULT;
	if (!in_user_space(address, sizeof(*seen)) ||
	    !load_word(&size, &seen->size))
		return false;
	in->dwords = min(DOPE_DWORDS(dope), DOPE_DWORDS(size));
	strings = min(DOPE_STRINGS(dope), DOPE_STRINGS(size));
	in->string_length = 0;
	room = sizeof(*seen) + DOPE_DWORDS(size) * 4 +
	       strings * sizeof(*in->descriptor);
	if (!in_user_space(address, room))
		return false;
	if (strings) {
		in->descriptor = (void *)(seen->direct + DOPE_DWORDS(size));
		if (!load_word(&room, &in->descriptor->buffer_size) ||
		    !load_word(&in->string_buffer, &in->descriptor->buffer))
			return false;
		in->string_length = min(string_length, room);
		if (!in_user_space(in->string_buffer, in->string_length))
			return false;
	}
	in->dope = DOPE(in->dwords, strings);
	if (in->dope != dope || in->string_length != string_length)
		in->dope |= IPC_CUT;
	return true;
}
