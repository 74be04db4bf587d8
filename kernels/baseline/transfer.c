/* SPDX-License-Identifier: BSD-2-Clause */
#include <transfer.h>
#include <heap.h>
#include <message.h>

/* A message between sender and receiver. */
struct kernel_message {
	uint32_t dope;
	uint32_t words[2];
	uint32_t string_length;
	uint32_t data[]; /* direct string, then indirect string */
};

static uint32_t buffer_bytes(uint32_t dope, uint32_t string_length)
{
	return sizeof(struct kernel_message) + DOPE_DWORDS(dope) * 4 +
	       string_length;
}

void message_drop(struct tcb *t)
{
	struct kernel_message *m = t->inbox;

	t->inbox = NULL;
	heap_release(m, buffer_bytes(m->dope, m->string_length));
}

/* The copy in. */
uint32_t transfer_long(
    struct tcb *from, struct tcb *to, const struct outgoing *out)
{
	uint32_t dwords = DOPE_DWORDS(out->dope);
	struct kernel_message *m =
	    heap_allocate(buffer_bytes(out->dope, out->string_length));

	(void)from;
	if (!m)
		return IPC_NO_BUFFER;
	m->dope = out->dope;
	m->words[0] = out->words[0];
	m->words[1] = out->words[1];
	m->string_length = out->string_length;
	to->inbox = m;
	if ((!dwords || copy_dwords(m->data, out->direct, dwords)) &&
	    (!m->string_length ||
		copy_string(m->data + dwords, out->string, m->string_length)))
		return IPC_OK;
	message_drop(to);
	return IPC_FAULT;
}

/* The copy out: dope and the receiver's result code. */
static uint32_t message_get(const struct kernel_message *m, uint32_t address)
{
	struct message *buffer = (void *)address;
	struct incoming in;

	if (!buffer_open(address, buffer, m->dope, m->string_length, &in))
		return IPC_FAULT;
	if (!CONFIG_REGISTER_MESSAGES &&
	    !copy_dwords(buffer->words, m->words, 2))
		return IPC_FAULT;
	if (in.dwords && !copy_dwords(buffer->direct, m->data, in.dwords))
		return IPC_FAULT;
	if (DOPE_STRINGS(in.dope) &&
	    (!store_word(&in.descriptor->length, in.string_length) ||
		!store_word(&in.descriptor->address, in.string_buffer) ||
		!copy_string((void *)in.string_buffer,
		    m->data + DOPE_DWORDS(m->dope), in.string_length)))
		return IPC_FAULT;
	return in.dope;
}

uint32_t message_take(struct tcb *to)
{
	uint32_t dope = message_get(to->inbox, user_frame(to)->eax);

	message_drop(to);
	return dope;
}
