/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages as the two sides of a transfer see them (5.2.2, 5.5.4). Both ways
 * of transferring use these; all addresses come from user programs and are
 * checked here.
 *
 * Whatever reads or writes a user's memory may wait for a pager meanwhile.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <config.h>
#include <mapping.h>
#include <user_memory.h>

/* A message to be sent, in the sender's address space. */
struct outgoing {
	uint32_t dope; /* counters only */
	uint32_t words[2];
	const uint32_t *direct;
	const struct indirect_string *strings;
	const struct memory_object *objects;
	struct port *port; /* by which it goes; NULL: to a uid */
};

/* The receive buffer, and how much of a message it takes. */
struct incoming {
	uint32_t dope; /* counters of what fits, and IPC_OK or a code */
	uint32_t strings, objects; /* addresses of descriptors, not checked */
#if CONFIG_VIRTUAL_REGISTERS
	bool block; /* the buffer is the receiver's (virtual_registers.h) */
#endif
};

/* What of a memory, from where or to where. */
struct piece {
	uint32_t address;
	uint32_t bytes;
	bool writable; /* memory objects */
	bool moves;    /* likewise (7.2) */
};

/*
 * Fetches the message at a user address: IPC_OK, IPC_FAULT, IPC_TOO_LONG.
 * The strings' and objects' descriptors are still to be opened.
 */
uint32_t message_open(const struct message *message, struct outgoing *out);

/* The n-th of a message to be sent: as message_open. */
uint32_t string_open(
    const struct outgoing *out, uint32_t n, struct piece *piece);
uint32_t object_open(
    const struct outgoing *out, uint32_t n, struct piece *piece);

/*
 * Decides what of a message with this dope goes into the receive buffer.
 * address: the buffer in the receiver's address space; seen: where it can be
 * accessed now. False if it cannot be read; dope then has IPC_FAULT.
 */
bool buffer_open(uint32_t address, const struct message *seen, uint32_t dope,
    struct incoming *in);

/*
 * Where the n-th string of so many bytes or the n-th object goes, as much of it
 * as fits, and tells the receiver so. seen: where its descriptor can be
 * accessed now. Adds IPC_CUT to the dope if not all fits. False if it cannot be
 * done.
 */
bool string_buffer_open(struct indirect_string *seen, uint32_t bytes,
    struct incoming *in, struct piece *piece);
bool object_buffer_open(struct memory_object *seen, const struct piece *source,
    struct incoming *in, struct piece *piece);

/* The kernel's counters of what may be in a message. */
static inline uint32_t direct_dwords(uint32_t dope)
{
	return CONFIG_COMPLEX_MESSAGES ? DOPE_DWORDS(dope)
				       : FLAT_DOPE_DWORDS(dope);
}

static inline uint32_t strings_of(uint32_t dope)
{
	return CONFIG_COMPLEX_MESSAGES ? DOPE_STRINGS(dope) : 0;
}

/* A direct string, into a buffer that has room. False if it cannot be done. */
static inline bool copy_direct(
    uint32_t *to, const uint32_t *from, uint32_t dwords)
{
	return CONFIG_COMPLEX_MESSAGES ? copy_dwords(to, from, dwords)
				       : copy_string(to, from, dwords * 4);
}

/* Whether the message is over when the first 8 bytes are delivered. */
static inline bool is_short(uint32_t dope)
{
	return CONFIG_REGISTER_MESSAGES && dope == 0;
}

#endif
