/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.2.5: a table has the addresses of tcbs. EDX a uid's lower word: EBP its tcb. */

.macro	find_tcb otherwise
	movl	%edx, %ebp
	shrl	$UID_NUMBER_SHIFT - 2, %ebp
	movl	tcb_table(%ebp), %ebp
	testl	%ebp, %ebp
	jz	\otherwise
.endm
