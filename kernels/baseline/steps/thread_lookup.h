/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.3.1: the uid is searched in a table of all threads. */

.macro	compute_destination otherwise
	step	compute_destination, 3
	call	search_thread_table
	jne	\otherwise
	find_tcb	\otherwise
.endm

/* All of it has been compared. */
.macro	compare_uid otherwise
	step	compare_uid, 3
.endm

.macro	thread_lookup_code
/* EDX, ESI a uid: ZF if there is such a thread. Clobbers EBP. */
search_thread_table:
	pushl	%eax
	movl	$thread_table, %ebp
	imull	$THREAD_SLOT_BYTES, thread_table_end, %eax
	addl	%ebp, %eax
1:	cmpl	%edx, (%ebp)
	jne	2f
	cmpl	%esi, 4(%ebp)
	je	3f
2:	addl	$THREAD_SLOT_BYTES, %ebp
	cmpl	%eax, %ebp
	jb	1b
	testl	%esp, %esp	/* not 0 */
3:	popl	%eax
	ret
.endm
