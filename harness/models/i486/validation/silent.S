/* SPDX-License-Identifier: BSD-2-Clause */
/* An image that executes no rdtsc. */
#include "frame.h"

main:
	finish
