/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.3.5: the processor goes straight to the partner. */

/* ESP at the bottom of the trap frame; the point of no return is passed. */
.macro	go_on source=uid
	change_queues
	change_coprocessor
	copy_stacks
	switch_page
	switch_to_partner	\source
.endm

/*
 * EAX, EBX, EDX result and words; then all registers are the partner's. Nothing of
 * the old space is touched behind the new one's page directory.
 */
.macro	switch_to_partner source
	step	switch_to_partner, 15
	movl	%edx, %ecx
	source_low	\source, %edx
	source_high	\source, %esi
	movl	TCB_SPACE(%edi), %edi
	cmpl	TCB_SPACE(%ebp), %edi
	switch_stack_to_partner
	je	1f
	movl	%edi, %cr3
1:
.endm

/* The way back to the user, in whatever page go_on has ended. */
.macro	return_in_switch_page
	return_to_partner
	end_of_switch_page
.endm
