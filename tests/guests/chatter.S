/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest.h"
	say "and so on and so on and so on and so on\n"
	jmp	_start
