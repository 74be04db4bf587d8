/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernels that misbehave, for tests of the harness: a Multiboot header, then
 * the code of the file that includes this.
 */
	.text
	.long	0x1BADB002, 0, -0x1BADB002

/* Something to be measured: 101 instructions. */
.macro	measure
	rdtsc
	.rept	100
	nop
	.endr
	rdtsc
.endm

/* Writes the zero-terminated string to COM1. */
.macro	say text
	movl	$1f, %esi
	jmp	2f
1:	.asciz	"\text"
2:	movw	$0x3F8, %dx
3:	lodsb
	testb	%al, %al
	jz	4f
	outb	%al, %dx
	jmp	3b
4:
.endm

/* Ends QEMU with status 2 * value + 1. */
.macro	exit value
	movb	$\value, %al
	outb	%al, $0xF4
.endm

	.globl	_start
_start:
