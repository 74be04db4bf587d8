/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.5.6: its registers are changed with each switch. */

.macro	change_coprocessor
	step	change_coprocessor, 0
	fnsave	TCB_COPROCESSOR(%edi)
	frstor	TCB_COPROCESSOR(%ebp)
.endm
