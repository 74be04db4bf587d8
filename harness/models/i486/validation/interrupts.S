/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Gates between privilege levels, exceptions, hardware interrupts. Board:
 * ideal, where interrupt acknowledge cycles take no time.
 */
#include "frame.h"

#define IRQ_BASE 0x20
#define PIT_DIVISOR 1193	/* 1 kHz */

main:
	gate	0x40, return_at_once, 0xEE
	gate	0x41, to_kernel, 0xEE
	gate	0x42, to_kernel_again, 0xEE
	gate	3, return_at_once, 0xEE
	gate	0, skip_division
	gate	IRQ_BASE, clock
	movl	$callee, %eax
	movw	%ax, gdt + CALL_GATE
	movl	$0xEC00 << 16 | KERNEL_CODE, gdt + CALL_GATE + 2
	shrl	$16, %eax
	movw	%ax, gdt + CALL_GATE + 6

	begin	"int and iret, same privilege level", 44+20
	int	$0x40
	end
	begin	"int3 and iret, same privilege level", 44+20
	int3
	end
	begin	"exception (divide error) and iret", 1+1+44+3+20
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	divl	%ecx			/* does not complete: no cycles of its own */
	end

	pushl	$USER_DATA
	pushl	$user_stack_top
	pushl	$2
	pushl	$USER_CODE
	pushl	$user
	iret
user:
	begin	"int and iret, inner and back to outer level", 71+36
	int	$0x40
	end
	begin	"the same four times", 4*(71+36)
	int	$0x40
	int	$0x40
	int	$0x40
	int	$0x40
	end
	begin	"int3 from the outer level", 71+36
	int3
	end
	begin	"call gate to the inner level, retf back", 69+35
	lcall	$CALL_GATE, $0
	end
	int	$0x41
to_kernel:
	movl	$stack_top, %esp
	/* Back to the user by retf, and in again. */
	begin	"retf to the outer level, int back", 4+35+71
	pushl	$USER_DATA
	pushl	$user_stack_top
	pushl	$USER_CODE
	pushl	$1f
	lret
	.balign	16
1:	int	$0x42
to_kernel_again:
	end
	movl	$stack_top, %esp

	/* The timer, its interrupts counted by its handler. */
	movb	$0x11, %al
	outb	%al, $0x20
	movb	$IRQ_BASE, %al
	outb	%al, $0x21
	movb	$4, %al
	outb	%al, $0x21
	movb	$1, %al
	outb	%al, $0x21
	movb	$0x34, %al
	outb	%al, $0x43
	movb	$PIT_DIVISOR & 0xFF, %al
	outb	%al, $0x40
	movb	$PIT_DIVISOR >> 8, %al
	outb	%al, $0x40
	movb	$0xFE, %al
	outb	%al, $0x21

	/* hlt, and the interrupt that ends it: sti 5, hlt 4, gate 44, handler. */
	begin	"hlt ended by an interrupt", 5+4+44+3+1+11+20+5
	sti
	hlt
	cli
	end

	/* Nobody knows how often this is interrupted; but the handler counts. */
	movl	$0, ticks
	begin	"interrupts, by the model and by their handler", interrupts
	sti
	movl	$400000, %ecx
1:	decl	%ecx
	jnz	1b
	cli
	end

	/* Tells COM1, in hexadecimal. */
	movl	ticks, %ebx
	movl	$8, %ecx
	movw	$0x3F8, %dx
1:	roll	$4, %ebx
	movb	%bl, %al
	andb	$15, %al
	addb	$'0', %al
	cmpb	$'9', %al
	jbe	2f
	addb	$'a' - '0' - 10, %al
2:	outb	%al, %dx
	decl	%ecx
	jnz	1b
	finish

return_at_once:
	iret

callee:
	lret

/* Adds the length of divl to the return address. */
skip_division:
	addl	$2, (%esp)
	iret

clock:
	incl	ticks
	movb	$0x20, %al
	outb	%al, $0x20
	iret

	.data
	.balign	4
ticks:	.long	0

	.text

	.section .stack
	.skip	4096
user_stack_top:
