/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What validation guests have in common: boot, descriptor tables, brackets.
 *
 * A bracket is code between two rdtsc. Its name and the cycles that it should
 * take are noted in a section of their own, in the order of execution, where
 * the harness finds them.
 */
#define KERNEL_CODE 0x08
#define KERNEL_DATA 0x10
#define USER_CODE 0x1B
#define USER_DATA 0x23
#define TSS 0x28
#define SPARE_TSS 0x30		/* for tests of ltr */
#define CALL_GATE 0x38		/* the user's, to be filled in */

#define CODE_DESCRIPTOR 0x00CF9B000000FFFF
#define DATA_DESCRIPTOR 0x00CF93000000FFFF
#define USER_CODE_DESCRIPTOR 0x00CFFB000000FFFF
#define USER_DATA_DESCRIPTOR 0x00CFF3000000FFFF

/* rdtsc changes EAX and EDX. */
.macro	begin name, cycles
	.pushsection .brackets, "", @progbits
	.asciz	"\name"
	.asciz	"\cycles"
	.popsection
	rdtsc
.endm

.macro	end
	rdtsc
.endm

/* Ends QEMU with success. Newer ones execute something more until they end. */
.macro	finish
	movb	$0x10, %al
	outb	%al, $0xF4
	cli
.Lended\@:
	hlt
	jmp	.Lended\@
.endm

/* Puts a gate into the IDT; uses EAX, EBX. type: 8E kernel's, EE user's. */
.macro	gate vector, handler, type=0x8E
	movl	$\handler, %eax
	movl	$idt + \vector * 8, %ebx
	movw	%ax, (%ebx)
	movw	$KERNEL_CODE, 2(%ebx)
	movw	$\type << 8, 4(%ebx)
	shrl	$16, %eax
	movw	%ax, 6(%ebx)
.endm

	.section .multiboot, "ax"
	.balign	4
	.long	0x1BADB002, 0, -0x1BADB002

	.text
	.globl	_start
_start:
	cli
	cld
	movl	$stack_top, %esp
	movl	$tss, %eax		/* base into both TSS descriptors */
	movw	%ax, gdt + TSS + 2
	movw	%ax, gdt + SPARE_TSS + 2
	shrl	$16, %eax
	movb	%al, gdt + TSS + 4
	movb	%al, gdt + SPARE_TSS + 4
	lgdt	gdt_register
	ljmp	$KERNEL_CODE, $1f
1:	movl	$KERNEL_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	movl	$stack_top, tss + 4	/* esp0, ss0 */
	movl	$KERNEL_DATA, tss + 8
	movl	$TSS, %eax
	ltr	%ax
	lidt	idt_register
	movb	$0xFF, %al		/* no interrupts yet */
	outb	%al, $0x21
	outb	%al, $0xA1
	jmp	main

	/* All that the processor itself looks at is in one page. */
	.section .tables, "aw"
	.balign	4096
gdt:
	.quad	0, CODE_DESCRIPTOR, DATA_DESCRIPTOR
	.quad	USER_CODE_DESCRIPTOR, USER_DATA_DESCRIPTOR
	.quad	0x0000890000000067, 0x0000890000000067
	.quad	0			/* CALL_GATE */
gdt_end:
tss:	.fill	104, 1, 0
	.balign	8
idt:	.fill	0x50 * 8, 1, 0
idt_end:
	.balign	4
	.word	0			/* their bases are aligned */
gdt_register:
	.word	gdt_end - gdt - 1
	.long	gdt
	.word	0
idt_register:
	.word	idt_end - idt - 1
	.long	idt

	.section .stack, "aw", @nobits
	.balign	4096
	.skip	4096
stack_top:

	.text
