/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 5.3.1: a uid leads straight to the tcb. Its lower word has nothing but the thread
 * number, so that of the uid in the tcb only the higher word needs a comparison.
 */

.macro	compute_destination otherwise
	step	compute_destination, 3
	testl	$~UID_NUMBER_MASK, %edx
	jnz	\otherwise
	find_tcb	\otherwise
.endm

.macro	compare_uid otherwise
	step	compare_uid, 3
	cmpl	%esi, TCB_UID + 4(%ebp)
	jne	\otherwise
.endm

.macro	thread_lookup_code
.endm
