/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What makes an instruction take longer than the table of cycles says, and what
 * does not. Sources: docs/model.md. Board: ideal.
 */
#include "frame.h"

	.data
	.balign	64
data:	.fill	64, 1, 0

	.text
main:
	movl	$data, %ebx
	movl	$4, %esi
	movl	$0, %ecx

	begin	"prefix, after an instruction of 1 cycle", 1+2
	nop
	addw	%cx, %cx
	end
	begin	"prefix hidden by an instruction of 3 cycles", 3+1
	xchgl	%esi, %ecx
	addw	%dx, %dx
	end
	begin	"two prefixes, one hidden by 2 cycles", 2+3+1
	clc
	addw	%dx, %es:(%ebx)
	end
	begin	"repeat prefix costs nothing more", 1+5
	movl	$0, %ecx
	rep lodsb
	end
	begin	"displacement and immediate", 1+1
	movl	$0, 8(%ebx)
	end
	begin	"displacement alone", 1
	movl	%eax, 8(%ebx)
	end
	begin	"immediate alone", 1
	movl	$0, (%ebx)
	end
	movl	$4, %esi
	begin	"index register", 1+1
	movl	(%ebx, %esi), %eax
	end
	begin	"index register, lea", 1+1
	leal	(%ebx, %esi), %eax
	end
	begin	"index, displacement and immediate", 1+2
	movl	$0, 8(%ebx, %esi)
	end
	begin	"[esp+disp] has no index", 1
	movl	-8(%esp), %eax
	end

	begin	"address register written just before (AGI)", 1+1+1
	movl	$data, %edx
	movl	(%edx), %eax
	end
	begin	"index register written just before", 1+1+1+1
	movl	$0, %edx
	movl	(%ebx, %edx), %eax
	end
	begin	"address register written two before", 1+1+1
	movl	$data, %edx
	nop
	movl	(%edx), %eax
	end
	begin	"loaded pointer used at once", 1+1+1
	movl	pointer, %edx
	movl	(%edx), %eax
	end
	begin	"push after push does not wait for esp", 1+1
	pushl	%eax
	pushl	%eax
	end
	begin	"push after sub esp waits", 1+1+1
	subl	$8, %esp
	pushl	%eax
	end
	begin	"pop after add esp waits", 1+1+1
	addl	$8, %esp
	popl	%eax
	end
	movl	$stack_top, %esp

	begin	"byte register written, then the whole read", 1+1+1
	movb	$0, %cl
	addl	%ecx, %ecx
	end
	begin	"byte register written, then it read", 1+1
	movb	$0, %cl
	addb	%cl, %cl
	end
	begin	"byte register written 2 cycles before an address", 1+1+1+1
	movb	$0, %cl
	nop
	movl	(%ebx), %eax
	end
	begin	"byte register written 1 cycle before an address", 1+1
	movb	$0, %cl
	movl	(%ebx), %eax
	end
	begin	"byte registers written 1 and 2 cycles before", 1+1+1+2
	movb	$0, %cl
	movb	$0, %dl
	movl	(%ebx), %eax
	end
	begin	"byte register written 3 cycles before an address", 1+2+1
	movb	$0, %cl
	clc
	movl	(%ebx), %eax
	end

	begin	"dword across a dword boundary", 1+3
	movl	1(%ebx), %eax
	end
	begin	"dword written across a dword boundary", 1+3
	movl	%eax, 2(%ebx)
	end
	begin	"read and written across a dword boundary", 3+6
	addl	%eax, 3(%ebx)
	end
	begin	"word inside a dword", 3
	movzwl	1(%ebx), %eax
	end
	begin	"word across a dword boundary", 3+3
	movzwl	3(%ebx), %eax
	end

	begin	"branch taken to an instruction inside a line", 3+1
	jmp	1f
	.balign	16
1:	movl	$0, %eax
	end
	begin	"branch taken to an instruction across a line", 3+3+1
	jmp	1f
	.balign	16
	.skip	13, 0x90
1:	movl	$0, %eax
	end
	begin	"the same reached straight on", 3+13+1
	jmp	1f
	.balign	16
1:	.skip	13, 0x90
	movl	$0, %eax
	end
	begin	"flags do not delay a branch", 1+1
	testl	%ebx, %ebx
	jz	main
	end

	finish

	.data
	.balign	4
pointer:
	.long	data
