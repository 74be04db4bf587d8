/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What assembly needs to know of C: compiled to assembly only, of which the
 * Makefile makes offsets.h.
 */
#include <cpu.h>
#include <dispatch.h>
#include <ports.h>
#include <virtual_registers.h>
#include <resources.h>
#include <space.h>
#include <tcb.h>
#include <thread_table.h>
#include <transfer.h>

#define DEFINE(name, value)                                                    \
	asm volatile("\n#define " name " %c0" : : "i"(value))

_Static_assert(THREAD_READY == 0, "ipc_entry.S has a register that is 0");
_Static_assert(SERVICE_SELF == 0 && SERVICE_OK == 0, "entry_service tests EAX");

void offsets(void);

void offsets(void)
{
	DEFINE("TCB_SENDERS", offsetof(struct tcb, senders));
	DEFINE("TCB_UID", offsetof(struct tcb, uid));
	DEFINE("TCB_STATE", offsetof(struct tcb, state));
	DEFINE("TCB_RECEIVED", offsetof(struct tcb, received));
	DEFINE("TCB_SPACE", offsetof(struct tcb, space));
	DEFINE("TCB_READY_LINK", offsetof(struct tcb, ready_link));
	DEFINE("TCB_WAITING_LINK", offsetof(struct tcb, waiting_link));
	DEFINE("TCB_PRIORITY", offsetof(struct tcb, priority));
	DEFINE("TCB_COPROCESSOR", offsetof(struct tcb, coprocessor));
	DEFINE("TCB_RESOURCES", offsetof(struct tcb, resources));
	DEFINE("TCB_STACK_TOP", offsetof(struct tcb, stack_top));
	DEFINE("TCB_ESP", offsetof(struct tcb, esp));
	DEFINE("TCB_IN_READY_QUEUE", offsetof(struct tcb, in_ready_queue));
	DEFINE("TCB_TIMESLICE", offsetof(struct tcb, timeslice));
	DEFINE("TCB_INBOX", offsetof(struct tcb, transfer.inbox));
	DEFINE("SERVICE_CLOCK", SERVICE_CLOCK);
	DEFINE("SERVICE_NOTIFY", SERVICE_NOTIFY);
	DEFINE("SWITCH_FRAME_BYTES", sizeof(struct switch_frame));

	DEFINE("THREAD_READY", THREAD_READY);
	DEFINE("THREAD_RECEIVING", THREAD_RECEIVING);
	DEFINE("THREAD_SENDING", THREAD_SENDING);
	DEFINE("UID_NUMBER_MASK", UID_NUMBER_MASK);
	DEFINE("UID_NUMBER_SHIFT", UID_NUMBER_SHIFT);
	DEFINE("RESOURCE_WINDOW", RESOURCE_WINDOW);
	DEFINE("MESSAGE_LIMIT", MESSAGE_LIMIT);
	DEFINE("PTE_USER", PTE_USER);

	DEFINE("FRAME_BYTES", sizeof(struct trap_frame));
	DEFINE("FRAME_DS", offsetof(struct trap_frame, ds));
	DEFINE("FRAME_ES", offsetof(struct trap_frame, es));
	DEFINE("FRAME_FS", offsetof(struct trap_frame, fs));
	DEFINE("FRAME_GS", offsetof(struct trap_frame, gs));
	DEFINE("FRAME_EAX", offsetof(struct trap_frame, eax));
	DEFINE("FRAME_EBX", offsetof(struct trap_frame, ebx));
	DEFINE("FRAME_ECX", offsetof(struct trap_frame, ecx));
	DEFINE("FRAME_EDX", offsetof(struct trap_frame, edx));
	DEFINE("FRAME_ESI", offsetof(struct trap_frame, esi));
	DEFINE("FRAME_EDI", offsetof(struct trap_frame, edi));
	DEFINE("FRAME_EBP", offsetof(struct trap_frame, ebp));
	DEFINE("FRAME_EIP", offsetof(struct trap_frame, eip));

	DEFINE("TABLES_MESSAGE_LIMIT",
	    offsetof(struct processor_tables, message_limit));
	DEFINE("TABLES_ESP0", offsetof(struct processor_tables, tss.esp0));
	DEFINE("THREAD_SLOT_BYTES", sizeof(struct thread_slot));

#define PARAMETER(name, field)                                                 \
	DEFINE("PARAMETERS_" name, offsetof(struct ipc_parameters, field))
	PARAMETER("RECEIVE", receive);
	PARAMETER("SEND_TIMEOUT", send_timeout);
	PARAMETER("SEND", send);
	PARAMETER("UID_LOW", uid_low);
	PARAMETER("UID_HIGH", uid_high);
	PARAMETER("RECEIVE_TIMEOUT", receive_timeout);
	DEFINE("PARAMETERS_BYTES", sizeof(struct ipc_parameters));

	DEFINE("MESSAGE_SIZE", offsetof(struct message, size));
	DEFINE("MESSAGE_DOPE", offsetof(struct message, dope));
	DEFINE("MESSAGE_WORDS", offsetof(struct message, words));
	DEFINE("MESSAGE_DIRECT", offsetof(struct message, direct));
	DEFINE("STRING_LENGTH", offsetof(struct indirect_string, length));
	DEFINE("STRING_ADDRESS", offsetof(struct indirect_string, address));
	DEFINE("STRING_BUFFER_SIZE",
	    offsetof(struct indirect_string, buffer_size));
	DEFINE("STRING_BUFFER", offsetof(struct indirect_string, buffer));

#if CONFIG_NOTIFICATIONS
	DEFINE("TCB_NOTIFICATIONS", offsetof(struct tcb, notifications));
#endif
#if CONFIG_VIRTUAL_REGISTERS
	DEFINE("BLOCKS", BLOCKS);
	DEFINE("MOST_OF_A_BLOCK", DOPE(BLOCK_DWORDS, 0) | IPC_RESULT);
	DEFINE("TCB_BLOCK", offsetof(struct tcb, block));
	DEFINE("TCB_BLOCK_HERE", offsetof(struct tcb, block_here));
#endif
#if CONFIG_PORTS
	DEFINE("TCB_LINKS", offsetof(struct tcb, links));
	DEFINE("TCB_INDEX", offsetof(struct tcb, index));
	DEFINE("PORT_STATION", PORT_STATION);
	DEFINE("PORT_LINKS", PORT_LINKS);
	DEFINE("PORT_THREAD", offsetof(struct port, thread));
	DEFINE("PORT_ANSWERED", offsetof(struct port, answered));
	DEFINE("PORT_REPLY_INDEX", offsetof(struct port, reply_index));
	DEFINE("PORT_BYTES", sizeof(struct port));
#endif

#if CONFIG_HAND_CODED_PATH && !CONFIG_DIRECT_TRANSFER
	DEFINE("BUFFER_PATIENCE", offsetof(struct message_buffer, patience));
	DEFINE("BUFFER_DOPE", offsetof(struct message_buffer, dope));
	DEFINE("BUFFER_WORDS", offsetof(struct message_buffer, words));
#endif
}
