/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bare data move of the paper's figure 8: rep movsd with all hits. Board:
 * ideal.
 */
#include "frame.h"

main:
	.irp	bytes, 512, 1024, 2048, 4096
	movl	$from, %esi
	movl	$to, %edi
	movl	$\bytes / 4, %ecx
	begin	"rep movsd, \bytes bytes", 12+3*\bytes/4
	rep movsl
	end
	.endr
	finish

	.bss
	.balign	4096
from:	.skip	4096
to:	.skip	4096
