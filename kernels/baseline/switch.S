/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * void switch_stack(uint32_t *save_esp, uint32_t save_top, uint32_t new_esp,
 *	uint32_t new_save_top)
 *
 * The thread switch proper (5.2.4): what one thread has on the processor's
 * kernel stack is copied to its save area, what the other one had is copied
 * back.
 *
 * in:   EAX where to save the stack pointer, EDX the end of the save area,
 *	 ECX the new stack pointer, 4(ESP) the end of the new one's save area
 * out:  EBX, ESI, EDI, EBP as the new thread left them; EAX, ECX, EDX
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
	movl	%ecx, %eax
	movl	$processor_stack_top, %ecx
	subl	%esp, %ecx
	movl	%edx, %edi
	subl	%ecx, %edi
	movl	20(%esp), %edx
	movl	%esp, %esi
	shrl	$2, %ecx
	rep movsl
	/* Falls through. */

/*
 * void switch_first(uint32_t new_esp, uint32_t new_save_top)
 *
 * in:   EAX the new stack pointer, EDX the end of the new one's save area
 * out:  as switch_stack
 */
	.globl	switch_first
switch_first:
	movl	%eax, %esp
	movl	$processor_stack_top, %ecx
	subl	%eax, %ecx
	movl	%edx, %esi
	subl	%ecx, %esi
	movl	%eax, %edi
	shrl	$2, %ecx
	rep movsl
	popl	%edi
	popl	%esi
	popl	%ebx
	popl	%ebp
	ret
