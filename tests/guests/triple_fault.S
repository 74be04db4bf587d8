/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest.h"
	say "# going to fault\n"
	lidt	nothing
	int3
nothing: .word 0
	.long 0
