/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.3.1: a uid leads straight to the tcb. */

.macro	compute_destination otherwise
	step	compute_destination, 3
	find_tcb	\otherwise
.endm

.macro	thread_lookup_code
.endm
