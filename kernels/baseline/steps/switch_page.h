/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.5.2: the code of the switch is in another page. */

.macro	switch_page
	jmp	3f
	.pushsection .switch_text, "ax"
3:
.endm

/* Back again. */
.macro	switch_page_end
	jmp	4f
	.popsection
4:
.endm

/* It does not come back. */
.macro	end_of_switch_page
	.popsection
.endm
