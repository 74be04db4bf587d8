/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Without REGISTER_PARAMETERS an IPC call names a block of memory: its
 * parameters are read from there, and results written back (5.4.2).
 */
#include <parameters.h>
#include <user_memory.h>

bool fetch_parameters(struct trap_frame *frame, uint32_t failure)
{
	struct ipc_parameters p;

	if (!in_user_space(frame->eax, sizeof(p)) ||
	    !copy_dwords(&p, (const void *)frame->eax, sizeof(p) / 4)) {
		frame->eax = failure;
		return false;
	}
	frame->eax = p.receive;
	frame->ebx = p.send_timeout;
	frame->ecx = p.send;
	frame->edx = p.uid_low;
	frame->esi = p.uid_high;
	frame->edi = p.receive_timeout;
	return true;
}
