/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.5.5: the C path finds out in its rare branches. */

.macro	check_legal otherwise
	step	check_legal, 0
	check_not_self	\otherwise
.endm

.macro	check_not_self otherwise
.endm
