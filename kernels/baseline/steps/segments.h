/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 5.5.3: the segment registers are saved and loaded with each call, 33 cycles here
 * and 37 on the way back. So the whole trap frame is below ESP.
 */

/* How far ESP is from the end of the stack, behind check_segments, and a place of
 * the trap frame there. */
#define PLACE_BYTES FRAME_BYTES
#define PLACE(offset) (offset)(%esp)

.macro	check_segments otherwise
	step	check_segments, 10
	subl	$FRAME_EIP, %esp
	mov	%ds, FRAME_DS(%esp)
	mov	%es, FRAME_ES(%esp)
	mov	%fs, FRAME_FS(%esp)
	mov	%gs, FRAME_GS(%esp)
	movl	$KERNEL_DATA, %ebp
	movl	%ebp, %ds
	movl	%ebp, %es
.endm

/* For the C path. */
.macro	restore_segments
	mov	FRAME_ES(%esp), %es
	mov	FRAME_DS(%esp), %ds
	addl	$FRAME_EIP, %esp
.endm

/* ESP to the bottom of the trap frame, and back. */
.macro	cover_frame
.endm

.macro	uncover_frame
.endm

.macro	return_to_partner
	step	return_to_partner, 0
	mov	FRAME_GS(%esp), %gs
	mov	FRAME_FS(%esp), %fs
	mov	FRAME_ES(%esp), %es
	mov	FRAME_DS(%esp), %ds
	addl	$FRAME_EIP, %esp
	iret
.endm
