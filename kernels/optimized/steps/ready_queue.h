/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.3.4: ready queues are put right when they are parsed. */

.macro	change_queues
	step	change_queues, 0
.endm
