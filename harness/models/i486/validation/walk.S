/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A cold cache: 37 lines, as many as the paper counted for a short message,
 * cost it 6.4 us, which is 320 cycles. The lines are in the external cache.
 * Board: dx50. The cycles expected (~) are the paper's, of another program, so
 * they need not agree exactly.
 */
#include "frame.h"

#define LINE 16

/* Lines of code, the first ones of which also read a line of data each; in the
 * last one it jumps to ESI. Cycles: 4 a line, but 11 for the last. */
.macro	lines code, data
	.set	line, 0
	.rept	\code - 1
	.if	line < \data
	movl	read_lines + line * LINE, %eax
	.else
	movl	$0, %eax
	.endif
	movl	$0, %ecx
	movl	$0, %edx
	nop
	.set	line, line + 1
	.endr
	movl	$0, %ecx
	movl	$0, %edx
	.skip	4, 0x90
	jmp	*%esi
.endm

/* Goes there and comes back, all in one line: 1 + 3 cycles and the lines'. */
.macro	visit there
	movl	$1f, %esi
	jmp	\there
1:
.endm

.macro	visit_timed name, cycles, there
	.balign	LINE
	begin	"\name", \cycles
	visit	\there
	end
.endm

main:
	visit	code_only
	visit	code_and_data
	invd
	visit_timed "37 lines of code, cold", ~1+3+36*4+11+320, code_only
	visit_timed "37 lines of code, warm", 1+3+36*4+11, code_only
	invd
	visit_timed "22 lines of code and 15 of data, cold", ~1+3+21*4+11+320, code_and_data
	visit_timed "22 lines of code and 15 of data, warm", 1+3+21*4+11, code_and_data
	finish

	.balign	LINE
code_only:
	lines	37, 0
	.balign	LINE
code_and_data:
	lines	22, 15

	.data
	.balign	LINE
read_lines:
	.fill	15 * LINE, 1, 0
