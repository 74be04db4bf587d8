/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * void switch_stack(uint32_t *save_esp, uint32_t new_esp)
 *
 * The thread switch proper (5.2.4): what one thread has on its kernel stack
 * stays there.
 *
 * in:   EAX where to save the stack pointer, EDX the new one
 * out:  EBX, ESI, EDI, EBP as the new stack's thread left them; EAX, ECX, EDX
 *	 undefined
 * stack while not running (struct switch_frame): EDI ESI EBX EBP return
 */
	.section .switch_text, "ax"
	.globl	switch_stack
switch_stack:
	pushl	%ebp
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	movl	%esp, (%eax)
	movl	%edx, %esp
	popl	%edi
	popl	%esi
	popl	%ebx
	popl	%ebp
	ret

/*
 * void switch_first(uint32_t new_esp)
 *
 * in:   EAX the new stack pointer
 * out:  as switch_stack
 */
	.globl	switch_first
switch_first:
	movl	%eax, %esp
	popl	%edi
	popl	%esi
	popl	%ebx
	popl	%ebp
	ret
