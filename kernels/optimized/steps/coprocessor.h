/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.5.6: its registers are changed when another thread uses them. */

.macro	change_coprocessor
	step	change_coprocessor, 0
.endm
