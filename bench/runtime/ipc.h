/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPC stubs, inlined (5.4.2, table 6). To their callers they are the same in
 * every configuration of the kernel.
 *
 * Timeouts: ms, TIMEOUT_NONE or TIMEOUT_NEVER. Result codes: abi.h.
 */
#ifndef RUNTIME_IPC_H
#define RUNTIME_IPC_H

#include <abi.h>
#include <config.h>

/* What has been received. */
struct received {
	uint32_t result; /* dope of the message, and result code */
	uid_t from;
	uint32_t words[2]; /* bytes 0..7; bytes 8.. are in the buffer */
};

static inline uint32_t code(struct received r)
{
	return r.result & IPC_RESULT;
}

/* Whole, or what fits of it. */
static inline bool has_message(struct received r)
{
	return code(r) == IPC_OK || code(r) == (IPC_CUT | IPC_IN_RECEIVE);
}

/*
 * A call's parameters, as inputs of an asm statement: in registers, or the
 * address of their block.
 */
#if CONFIG_REGISTER_PARAMETERS
#define IPC_PARAMETERS(p)                                                      \
	"a"((p).receive), "b"((p).send_timeout), "c"((p).send),                \
	    "d"((p).uid_low), "S"((p).uid_high), "D"((p).receive_timeout)
#else
#define IPC_PARAMETERS(p) "a"(&(p))
#endif

/*
 * Table 6. The vector is the system call. The kernel does not preserve EBP, to
 * which the compiler clings where arrays have a variable size.
 */
static inline __attribute__((always_inline)) struct received ipc_trap(
    const uint32_t vector, uid_t partner, const struct message *send,
    uint32_t send_timeout, struct message *receive, uint32_t receive_timeout)
{
	struct received r = {0};
	const struct ipc_parameters parameters = {(uint32_t)receive,
	    send_timeout, (uint32_t)send, (uint32_t)partner,
	    (uint32_t)(partner >> 32), receive_timeout};
	uint32_t eax, ebx, ecx, edx, esi, edi;

	if (CONFIG_SHARED_BUFFERS)
		asm volatile("int %6"
			     : "=a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx),
			     "=S"(esi), "=D"(edi)
			     : "i"(vector), IPC_PARAMETERS(parameters)
			     : "ebp", "memory");
	else
		asm volatile("pushl %%ebp; int %6; popl %%ebp"
			     : "=a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx),
			     "=S"(esi), "=D"(edi)
			     : "i"(vector), IPC_PARAMETERS(parameters)
			     : "memory");
	r.result = eax;
	r.from = (uid_t)esi << 32 | edx;
	if (CONFIG_REGISTER_MESSAGES) {
		r.words[0] = ebx;
		r.words[1] = ecx;
	} else if (vector != IPC_SEND && has_message(r)) {
		r.words[0] = receive->words[0];
		r.words[1] = receive->words[1];
	}
	return r;
}

/*
 * WAIT_WITHOUT_STACK: assembly, for a thread that has no stack. It receives
 * from anybody, for ever; without a buffer only short messages could come, and
 * behind each it receives again.
 */
#if CONFIG_REGISTER_PARAMETERS
#define RECEIVE_PARAMETERS                                                     \
	"	xorl %edx, %edx\n"                                                   \
	"	xorl %esi, %esi\n"                                                   \
	"	xorl %eax, %eax\n"                                                   \
	"	movl $-1, %edi\n"
#else
#define RECEIVE_PARAMETERS                                                     \
	"	jmp 3f\n"                                                            \
	"2:	.long 0, 0, 0, 0, 0, -1\n"                                         \
	"3:	movl $2b, %eax\n"
#endif
#define WAIT_WITHOUT_STACK                                                     \
	"1:\n" RECEIVE_PARAMETERS "	int $0x31\n"                               \
	"	jmp 1b\n"

#include "separate_buffers.h"

/* What all stubs do. */
static inline __attribute__((always_inline)) struct received ipc_stub(
    const uint32_t vector, uid_t partner, const struct message *send,
    uint32_t send_timeout, struct message *receive, uint32_t receive_timeout)
{
	if (CONFIG_SHARED_BUFFERS)
		return ipc_trap(vector, partner, send, send_timeout, receive,
		    receive_timeout);
	return ipc_separately(
	    vector, partner, send, send_timeout, receive, receive_timeout);
}

/* Returns the result code. */
static inline uint32_t ipc_send(
    uid_t to, const struct message *send, uint32_t timeout)
{
	return code(ipc_stub(IPC_SEND, to, send, timeout, NULL, 0));
}

/* From one thread, or from NOBODY in particular. */
static inline struct received ipc_receive(
    uid_t from, struct message *receive, uint32_t timeout)
{
	return ipc_stub(IPC_RECEIVE, from, NULL, 0, receive, timeout);
}

static inline struct received ipc_failed(uint32_t result)
{
	return (struct received){.result = result};
}

/* Sends a request and receives its answer. */
static inline struct received ipc_call(uid_t to, const struct message *send,
    uint32_t send_timeout, struct message *receive, uint32_t receive_timeout)
{
	uint32_t result;

	if (CONFIG_RPC_SYSCALLS)
		return ipc_stub(
		    IPC_CALL, to, send, send_timeout, receive, receive_timeout);
	result = ipc_send(to, send, send_timeout);
	if (result != IPC_OK)
		return ipc_failed(result);
	return ipc_receive(to, receive, receive_timeout);
}

/*
 * Answers one client and receives from anybody. Without CONFIG_RPC_SYSCALLS a
 * client may not be receiving yet when the answer is sent: a server that
 * does not trust its clients must not give up at once, nor wait for ever.
 */
static inline struct received ipc_reply_and_receive_next(uid_t to,
    const struct message *send, uint32_t send_timeout, struct message *receive,
    uint32_t receive_timeout)
{
	uint32_t result;

	if (HAS_REPLY_AND_RECEIVE_NEXT)
		return ipc_stub(IPC_REPLY_AND_RECEIVE_NEXT, to, send,
		    send_timeout, receive, receive_timeout);
	result = ipc_send(to, send, send_timeout);
	if (result != IPC_OK)
		return ipc_failed(result);
	return ipc_receive(NOBODY, receive, receive_timeout);
}

#endif
