/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the clock behind a fence, as kernels for later processors do. */
#include "guest.h"
	lfence
	rdtsc
	.rept	100
	nop
	.endr
	lfence
	rdtsc
	exit	0x10
1:	hlt
	jmp	1b
