/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual registers, for kernels with the extension CONFIG_VIRTUAL_REGISTERS: messages of 0
 * to 64 words. The first two are in the processor's registers on the way, the others in
 * memory that is always there; these functions hide which is where.
 */
#ifndef RUNTIME_VIRTUAL_REGISTERS_H
#define RUNTIME_VIRTUAL_REGISTERS_H

#include "ipc.h"

/* Those of the thread, which alone sends and receives by them. */
static inline struct message *virtual_registers(uid_t self)
{
	return (struct message *)BLOCK_OF(self);
}

static inline uint32_t virtual_register(const struct message *own, uint32_t n)
{
	return n < 2 ? own->words[n] : own->direct[n - 2];
}

static inline void set_virtual_register(
    struct message *own, uint32_t n, uint32_t value)
{
	if (n < 2)
		own->words[n] = value;
	else
		own->direct[n - 2] = value;
}

/* The dope of so many words, as the kernel has it. */
static inline uint32_t words_dope(uint32_t words)
{
	return FLAT_DOPE(words < 2 ? 0 : words - 2);
}

static inline uint32_t words_received(struct received r)
{
	return 2 + (CONFIG_COMPLEX_MESSAGES ? DOPE_DWORDS(r.result)
					    : FLAT_DOPE_DWORDS(r.result));
}

static inline struct received keep_first_words(
    struct message *own, struct received r)
{
	if (has_message(r)) {
		own->words[0] = r.words[0];
		own->words[1] = r.words[1];
	}
	return r;
}

/* So many words; up to 64 are received. */
static inline struct received virtual_call(
    uid_t to, struct message *own, uint32_t words)
{
	uint32_t result;

	own->size = words_dope(VIRTUAL_REGISTERS);
	own->dope = words_dope(words);
	if (CONFIG_RPC_SYSCALLS)
		return keep_first_words(
		    own, ipc_trap(IPC_CALL, to, own, TIMEOUT_NEVER, own,
			     TIMEOUT_NEVER));
	result = code(ipc_trap(IPC_SEND, to, own, TIMEOUT_NEVER, NULL, 0));
	if (result != IPC_OK)
		return ipc_failed(result);
	return keep_first_words(
	    own, ipc_trap(IPC_RECEIVE, to, NULL, 0, own, TIMEOUT_NEVER));
}

static inline struct received virtual_receive(uid_t from, struct message *own)
{
	own->size = words_dope(VIRTUAL_REGISTERS);
	return keep_first_words(
	    own, ipc_trap(IPC_RECEIVE, from, NULL, 0, own, TIMEOUT_NEVER));
}

/* So many words, and the next message of any thread. */
static inline struct received virtual_reply_and_receive_next(
    uid_t to, struct message *own, uint32_t words)
{
	uint32_t result;

	own->dope = words_dope(words);
	if (HAS_REPLY_AND_RECEIVE_NEXT)
		return keep_first_words(
		    own, ipc_trap(IPC_REPLY_AND_RECEIVE_NEXT, to, own,
			     TIMEOUT_NEVER, own, TIMEOUT_NEVER));
	result = code(ipc_trap(IPC_SEND, to, own, TIMEOUT_NEVER, NULL, 0));
	if (result != IPC_OK)
		return ipc_failed(result);
	return virtual_receive(NOBODY, own);
}

#endif
