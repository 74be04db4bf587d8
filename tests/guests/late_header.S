/* SPDX-License-Identifier: BSD-2-Clause */
/* The Multiboot header is in the first 8 KB, but behind where QEMU looks. */
	.text
	.globl	_start
	.org	8144 - 0x1000 /* the text begins at 0x1000 in the file */
	.long	0x1BADB002, 0, -0x1BADB002
_start:
	hlt
	jmp	_start
