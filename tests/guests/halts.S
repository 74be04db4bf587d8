/* SPDX-License-Identifier: BSD-2-Clause */
/* Measures and halts for ever: interrupts are off. */
#include "guest.h"
	measure
	cli
1:	hlt
	jmp	1b
