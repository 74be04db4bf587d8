/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest.h"
	say "PANIC: on purpose\n"
	exit	0x11
