/* SPDX-License-Identifier: BSD-2-Clause */
/* Pairs of rdtscs: three with 100 nops between, one with 1000, one with cmov. */
#include "guest.h"
	movl	$3, %ebp
again:
	rdtsc
hundred:
	.rept 100
	nop
	.endr
	rdtsc
	decl	%ebp
	jnz	again
	rdtsc
	.rept 1000
	nop
	.endr
	rdtsc
with_cmov:
	cmovz	%eax, %ebx
	rdtsc
	say "# measured\n"
	exit	0x10
