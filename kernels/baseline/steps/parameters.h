/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 5.4.2: parameters are in memory. EAX is the address of a block of them, and
 * remains it until the point of no return.
 */

.macro	fetch_parameters otherwise
	step	fetch_parameters, 0
	cmpl	$USER_END - PARAMETERS_BYTES, %eax
	ja	\otherwise
	user	\otherwise, testl	%eax, PARAMETERS_RECEIVE(%eax)
	user	\otherwise, movl	PARAMETERS_SEND_TIMEOUT(%eax), %ebx
	user	\otherwise, movl	PARAMETERS_SEND(%eax), %ecx
	user	\otherwise, movl	PARAMETERS_UID_LOW(%eax), %edx
	user	\otherwise, movl	PARAMETERS_UID_HIGH(%eax), %esi
	user	\otherwise, movl	PARAMETERS_RECEIVE_TIMEOUT(%eax), %edi
.endm

/* Where the receive buffer is, for the next sender. ESP as on entry. */
.macro	keep_buffer
	step	keep_buffer, 1
	movl	PARAMETERS_RECEIVE(%eax), %eax /* it can be read: see fetch_parameters */
	movl	%eax, PLACE(FRAME_EAX)
.endm

/* The same when ESP is at the bottom of the trap frame. Clobbers ECX. */
.macro	keep_buffer_in_frame
	movl	FRAME_EAX(%esp), %ecx
	movl	PARAMETERS_RECEIVE(%ecx), %ecx
	movl	%ecx, FRAME_EAX(%esp)
.endm
