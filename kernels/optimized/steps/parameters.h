/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.4.2: parameters come in registers. */

.macro	fetch_parameters otherwise
	step	fetch_parameters, 0
.endm

/* Where the receive buffer is, for the next sender. ESP as on entry. */
.macro	keep_buffer
	step	keep_buffer, 1
	movl	%eax, PLACE(FRAME_EAX)
.endm

/* The same when ESP is at the bottom of the trap frame. */
.macro	keep_buffer_in_frame
.endm
