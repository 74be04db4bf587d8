/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest.h"
	exit	0x20
