/* SPDX-License-Identifier: BSD-2-Clause */
/* Measures and has a triple fault: no interrupt table. */
#include "guest.h"
	measure
	ud2
