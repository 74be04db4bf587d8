/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.3.5: the partner becomes ready, and the scheduler chooses. */

#define CALLS_SCHEDULER /* it needs a stack for it */

/* ESP at the bottom of the trap frame; the point of no return is passed. */
.macro	go_on source=uid
	deliver	\source
	movl	%edi, %eax
	movl	%ebp, %edx
	call_c	ipc_wait_and_start
.endm

.macro	return_in_switch_page
	return_to_partner
.endm
