/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The firmware of our Bochs machine: the last 64 KB of its ROM, which is at
 * F0000 too. Before it the ROM holds what shall be in memory: the kernel, its
 * modules and the Multiboot structures (bochs.py). The firmware enters protected
 * mode, copies all that, and jumps to the kernel as a Multiboot loader does.
 *
 * -DENTRY= the kernel's first instruction, -DINFO= the Multiboot information,
 * -DIMAGE= where the ROM has what is to be copied, -DSTART= whereto, -DBYTES= how
 * many, whole dwords.
 */
#include <multiboot.h>

#define CODE 0x08
#define DATA 0x10
#define ROM 0xF0000

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

	cld
	movl	$IMAGE, %esi
	movl	$START, %edi
	movl	$BYTES, %ecx
	shrl	$2, %ecx
	rep movsl

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
