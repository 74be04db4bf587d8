/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions that a 486 does not have but QEMU's executes: the model must
 * name each, by its address. And one that it has no cycles for.
 */
#include "frame.h"

	.globl	not_486_nop, not_486_emms, not_486_prefetch
	.globl	without_cycles

main:
	begin	"foreign", 0
not_486_nop:
	nopl	(%eax)
not_486_emms:
	.byte	0x0F, 0x77
not_486_prefetch:
	.byte	0x0F, 0x18, 0x08	/* prefetcht0 (%eax) */
without_cycles:
	aaa
	end
	finish
