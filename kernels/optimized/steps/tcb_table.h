/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.2.5: tcbs are an array in virtual memory. EDX a uid's lower word: EBP its tcb. */

.macro	find_tcb otherwise
	leal	TCB_ARRAY + TCB_PLACE(%edx), %ebp
.endm
