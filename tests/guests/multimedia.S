/* SPDX-License-Identifier: BSD-2-Clause */
/* An instruction that no 486 has and that the model has no cycles for. */
#include "guest.h"
	rdtsc
	pxor	%mm0, %mm0
	emms
	rdtsc
	exit	0x10
1:	hlt
	jmp	1b
