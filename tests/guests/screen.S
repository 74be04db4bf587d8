/* SPDX-License-Identifier: BSD-2-Clause */
/* Between each two rdtscs: 1000 bytes moved, or 1000 increments, in memory and on
 * the screen, which QEMU does not take for memory. */
#include "guest.h"
#define MEMORY 0x200000
#define SCREEN 0xB8000

.macro	move from to
	movl	$\from, %esi
	movl	$\to, %edi
	movl	$1000, %ecx
	rdtsc
	rep movsb
	rdtsc
.endm

.macro	increment where
	movl	$1000, %ecx
	rdtsc
1:	incl	\where
	nop
	incl	\where
	decl	%ecx
	jnz	1b
	rdtsc
.endm

	cld
	move	MEMORY, MEMORY + 0x10000
	move	MEMORY, SCREEN
	move	SCREEN, MEMORY
	move	SCREEN + 160, SCREEN
	increment MEMORY
	increment SCREEN
	say	"# measured\n"
	exit	0x10
