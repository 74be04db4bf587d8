/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bare data move of the paper's figure 8: rep movsd with all hits. Board:
 * ideal.
 */
#include "frame.h"

.macro	timed_move name, bytes, cycles
	movl	$from, %esi
	movl	$to, %edi
	movl	$\bytes >> 2, %ecx
	begin	"\name", "\cycles"
	rep movsl
	end
.endm

main:
	.irp	bytes, 512, 1024, 2048, 4096
	timed_move "rep movsd, \bytes bytes", \bytes, "12+3*\bytes/4"
	.endr
	/* As read from the figure: 8, 15, 31 and 61 us. */
	timed_move "paper's figure 8, 512 bytes", 512, ~50*8
	timed_move "paper's figure 8, 1024 bytes", 1024, ~50*15
	timed_move "paper's figure 8, 2048 bytes", 2048, ~50*31
	timed_move "paper's figure 8, 4096 bytes", 4096, ~50*61
	finish

	.bss
	.balign	4096
from:	.skip	4096
to:	.skip	4096
