/* SPDX-License-Identifier: BSD-2-Clause */
/* Measures, then waits by reading the clock until it is 2^38: too long. */
#include "guest.h"
	measure
1:	rdtsc
	cmpl	$0x40, %edx
	jb	1b
	say "# waited\n"
	exit 16
2:	jmp	2b
