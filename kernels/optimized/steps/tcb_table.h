/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.2.5: tcbs are an array in virtual memory. EDX a uid: EBP its tcb. */

.macro	find_tcb otherwise
	movl	%edx, %ebp
	andl	$UID_NUMBER_MASK, %ebp
	addl	$TCB_ARRAY + TCB_PLACE, %ebp
.endm
