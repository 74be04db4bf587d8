/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages as the two sides of a transfer see them (5.2.2, 5.5.4). Both ways
 * of transferring use these; all addresses come from user programs and are
 * checked here.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <config.h>
#include <user_memory.h>

/* A message to be sent, in the sender's address space. */
struct outgoing {
	uint32_t dope; /* counters only */
	uint32_t words[2];
	const uint32_t *direct;
	const char *string; /* if the dope has one */
	uint32_t string_length;
};

/* How much of it the receiver's buffer takes. */
struct incoming {
	uint32_t dope; /* counters of what fits, and IPC_OK or a code */
	uint32_t dwords;
	uint32_t string_length;
	uint32_t string_buffer; /* in the receiver's address space */
	struct indirect_string *descriptor; /* as seen from here */
};

/* Fetches the message at a user address: IPC_OK, IPC_FAULT, IPC_TOO_LONG. */
uint32_t message_open(const struct message *message, struct outgoing *out);

/*
 * Decides what of a message with this dope and string goes into the receive
 * buffer. address: the buffer in the receiver's address space; seen: where
 * it can be accessed now. False if the buffer's bounds cannot be read;
 * dope then has IPC_FAULT.
 */
bool buffer_open(uint32_t address, struct message *seen, uint32_t dope,
    uint32_t string_length, struct incoming *in);

/* Whether the message is over when the first 8 bytes are delivered. */
static inline bool is_short(uint32_t dope)
{
	return CONFIG_REGISTER_MESSAGES && dope == 0;
}

#endif
