/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 5.5.3: the segment registers are checked, and loaded only if a program has loaded
 * something else. Nothing of them is in the trap frame: its upper part, from EIP
 * on, is all that the path has below ESP.
 */

/* How far ESP is from the end of the stack, behind check_segments, and a place of
 * the trap frame there. */
#define PLACE_BYTES (FRAME_BYTES - FRAME_EIP)
#define PLACE(offset) ((offset) - FRAME_EIP)(%esp)

/*
 * Both in one comparison: no program can load a selector higher than USER_DATA, so
 * the sum is twice that only if each is it. Clobbers EDI.
 */
.macro	check_segments otherwise
	step	check_segments, 9
	compare_segments %edi, %ebp, %bp, %di
	jne	\otherwise
.endm

/* For the C path. */
.macro	restore_segments
.endm

/* ESP to the bottom of the trap frame, and back. */
.macro	cover_frame
	subl	$FRAME_EIP, %esp
.endm

.macro	uncover_frame
	addl	$FRAME_EIP, %esp
.endm

.macro	return_to_partner
	step	return_to_partner, 0
	iret
.endm
