/* SPDX-License-Identifier: BSD-2-Clause */
/* Words of the hand-coded path's language that are no steps. */

/* An instruction that accesses user memory, and where to go on a fault. */
.macro	user fault, instruction:vararg
.Luser_\@:
	\instruction
.Luser_end_\@:
	.pushsection .user_access, "a"
	.long	.Luser_\@, .Luser_end_\@, \fault
	.popsection
.endm

/*
 * Names a step for profiles, and tells what it costs: at most so many cycles in a
 * short message, all switches on, cache warm, TLB misses not counted. A test holds
 * that against the model. An address in a table beside the program: no code.
 */
.macro	step name, cycles
.Lstep_\@:
	.pushsection .step_marks, ""
	.long	.Lstep_\@
	.asciz	"\name \cycles"
	.popsection
.endm

/* C does not know the program's direction flag. */
.macro	call_c function
	cld
	call	\function
.endm

/* As QUEUE_MARK in queue.h. */
.macro	queue_mark what
771:
	.pushsection .queue_marks, ""
	.long	771b
	.asciz	"\what"
	.popsection
.endm
