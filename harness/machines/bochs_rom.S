/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole firmware of our Bochs machine, 64 KB at F0000. The memory already
 * holds the kernel, its modules and the Multiboot structures (bochs.py): what is
 * left is to enter protected mode and jump to the kernel as a Multiboot loader
 * does.
 *
 * -DENTRY= the kernel's first instruction, -DINFO= the Multiboot information,
 * -DSTART= and -DEND= the memory that holds something.
 */
#include <multiboot.h>

#define CODE 0x08
#define DATA 0x10
#define ROM 0xF0000
#define PAGE 0x1000

	.text
	.code16
	.globl	_start
_start:
	cli
	lgdtl	%cs:gdt_pointer
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$CODE, $ROM + protected

	.code32
protected:
	movl	$DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss

	/*
	 * Bochs gives memory its place in the host block by block, as it is
	 * touched, but has put down what we gave it in one piece. A block is some
	 * pages; how many, its version decides.
	 */
	movl	$START, %esi
1:	movl	(%esi), %eax
	addl	$PAGE, %esi
	cmpl	$END, %esi
	jb	1b

	movl	$MULTIBOOT_LOADER_MAGIC, %eax
	movl	$INFO, %ebx
	movl	$ENTRY, %ecx
	jmp	*%ecx

	.balign	8
gdt:
	.quad	0
	.quad	0x00CF9B000000FFFF /* CODE: flat */
	.quad	0x00CF93000000FFFF /* DATA: flat */
gdt_pointer:
	.word	. - gdt - 1
	.long	ROM + gdt

	/* Where the processor begins. */
	.org	0xFFF0
	.code16
	ljmp	$0xF000, $_start
	.org	0x10000
