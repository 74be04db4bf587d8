/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest.h"
	say "TF1 zz\377\201 sample n=\n\001\002TF1 0 begin\n"
	exit	0x10
