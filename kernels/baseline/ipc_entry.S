/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All IPC goes the way of all other system calls: through a full trap frame to
 * a C function.
 */
#include <abi.h>
#include <enter.h>

	.section .text.ipc, "ax"
	system_call entry_send, ipc_send, IPC_SEND
	system_call entry_receive, ipc_receive, IPC_RECEIVE
	system_call entry_call, ipc_call, IPC_CALL
	system_call entry_reply_and_receive_next, ipc_reply_and_receive_next, IPC_REPLY_AND_RECEIVE_NEXT
