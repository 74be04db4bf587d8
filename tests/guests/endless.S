/* SPDX-License-Identifier: BSD-2-Clause */
/* Measures and never ends. */
#include "guest.h"
	rdtsc
	nop
	rdtsc
	say "# measured\n"
1:	jmp	1b
