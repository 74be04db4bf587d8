/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest.h"
	say "# going to hang\n"
1:	jmp	1b
