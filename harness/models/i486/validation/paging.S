/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * With paging: TLB misses, and the paper's minimal sequences (tables 3, 4, 5)
 * as code. Board: ideal, where a TLB miss takes 9 cycles and all else hits.
 */
#include "frame.h"

#define PAGE 4096
#define PTE 7			/* present, writable, user */
#define CR0_PAGING 0x80000000
#define WINDOW 0x800000
#define ROUNDS 8		/* of table 3, two messages each */

/*
 * Empties the TLB but for the pages of code, stack and descriptor tables. What
 * follows is in the same page.
 */
.macro	flush_tlb
	.balign	512
	movl	%cr3, %eax
	movl	%eax, %cr3
	pushl	%eax
	popl	%eax
	movl	gdt, %eax
	jmp	1f
1:
.endm

/* Loads from n pages. */
.macro	touch n
	.set	touched, 0
	.rept	\n
	movl	pages + touched * PAGE, %eax
	.set	touched, touched + 1
	.endr
.endm

main:
	/* 4 MB, each address mapped to itself, in two directories. */
	movl	$page_table, %edi
	movl	$PTE, %eax
	movl	$1024, %ecx
1:	stosl
	addl	$PAGE, %eax
	decl	%ecx
	jnz	1b
	movl	$page_table + PTE, directory_a
	movl	$page_table + PTE, directory_b
	movl	$directory_a, %eax
	movl	%eax, %cr3
	movl	%cr0, %eax
	orl	$CR0_PAGING, %eax
	movl	%eax, %cr0
	jmp	1f
1:
	.irp	n, 1, 4, 8, 16, 24
	flush_tlb
	begin	"\n TLB misses", \n+9*\n
	touch	\n
	end
	begin	"the same \n pages again", \n
	touch	\n
	end
	.endr

	flush_tlb
	movl	pages, %eax
	begin	"invlpg of a page in the TLB, then a miss", 12+1+9
	invlpg	pages
	movl	pages, %eax
	end
	begin	"invlpg of a page not in the TLB", 11
	invlpg	pages + 40 * PAGE
	end

/*
 * Table 4, temporary mapping: 35 + 27. The paper's 4 cycles to load and store
 * a directory entry are those of indexed addresses; its 20 for the start of the
 * block move are cld and rep movsd, here of two dwords.
 */
	flush_tlb
	movl	parameters, %eax	/* the page of the sender's data */
	movl	$sender_string, %esi
	movl	$2, %ecx
	begin	"paper's table 4, temporary mapping", 35+27
	movl	parameters, %edi	/* receive address */
	movl	parameters, %edx	/* its region */
	movl	parameters + 4, %ebx	/* page directory of B */
	shrl	$22, %edx
	andl	$0x3FFFFF, %edi		/* destination in the window */
	movl	(%ebx, %edx, 4), %eax	/* two entries: B's directory */
	movl	%eax, window_entries(, %edx, 4)		/* A's directory */
	movl	4(%ebx, %edx, 4), %eax
	movl	%eax, window_entries + 4(, %edx, 4)
	addl	$WINDOW, %edi
	cld
	rep movsl			/* B's buffer */
	end

/* Table 5, a message by a port: 11 + 18. */
	flush_tlb
	movl	parameters, %eax
	movl	$1, %esi
	begin	"paper's table 5, port access", 11+18
	andl	$0xFF, %esi		/* restrict the index */
	movl	reply_index_of_b, %ecx	/* get B's reply index */
	movl	links_of_a(, %esi, 4), %edx	/* load link */
	movl	%ebp, reply_entry	/* enter A for the reply */
	movl	port_table(, %edx, 4), %ebx	/* load entry: port table */
	testl	%ebx, %ebx		/* check empty */
	jz	main
	movl	%ebp, links_of_b(, %ecx, 4)	/* B's reply link: its table */
	end

/*
 * Table 3, a null message from A to B and one back: 127 + 45 each. The threads
 * are in user mode, in two address spaces; their tcbs hold stack pointer, page
 * directory, and the kernel stack.
 */
	gate	0x41, a_to_b, 0xEE
	gate	0x42, b_to_a, 0xEE
	gate	0x43, done, 0xEE
	movl	$tcb_b + PAGE - 20, tcb_b
	movl	$directory_b, tcb_b + 4
	movl	$b, tcb_b + PAGE - 20		/* for iret: EIP CS EFLAGS ESP SS */
	movl	$USER_CODE, tcb_b + PAGE - 16
	movl	$2, tcb_b + PAGE - 12
	movl	$USER_DATA, tcb_b + PAGE - 4
	movl	$directory_a, tcb_a + 4
	movl	$tcb_a + PAGE, tss + 4
	pushl	$USER_DATA
	pushl	$0
	pushl	$2
	pushl	$USER_CODE
	pushl	$a
	iret
done:
	finish

/* The kernel's part of a message. mov to cr3 ends a line of 16 bytes, so that
 * the next instruction is fetched, and its page looked up, after it. */
.macro	message me, partner
	.balign	16
	.skip	14
\me\()_to_\partner:
	cmpl	%eax, %eax		/* access B */
	jne	done
	cmpl	%ecx, %ecx
	jne	done
	movl	$1, %ecx		/* load id of A */
	movl	$2, %edx
	movl	%esp, tcb_\me		/* switch stack */
	movl	tcb_\partner, %esp	/* tcb of B */
	movl	tcb_\partner + 4, %eax
	addl	$PAGE, %ebx		/* new kernel stack bottom */
	movl	%ebx, tss + 4
	movl	%eax, %cr3		/* switch address space */
	iret				/* kernel code, kernel stack, GDT */
.endm

	.balign	PAGE
	message	a, b
	message	b, a

/* The user's parts. */
.macro	send partner, vector
	movl	$tcb_\partner, %ebx	/* load id of B */
	movl	$3, %ecx
	movl	$0, %eax		/* message length 0 */
	int	$\vector
.endm

.macro	inspect
	cmpl	%ecx, %ecx		/* user code */
	jne	.
.endm

	.balign	PAGE
a:
	.rept	2			/* until the TLB is as it always will be */
	send	b, 0x41
	inspect
	.endr
	begin	"paper's table 3, null message, 16 times", 16*(127+45)
	.rept	ROUNDS
	send	b, 0x41
	inspect
	.endr
	end
	int	$0x43

	.balign	PAGE
b:
	.rept	2 + ROUNDS
	inspect
	send	a, 0x42
	.endr

	.data
	.balign	PAGE
parameters:			/* of the receiver: buffer, page directory */
	.long	receive_buffer, directory_b
sender_string:
	.long	1, 2
reply_index_of_b:
	.long	2
reply_entry:
	.long	0
links_of_a:
	.long	0, 3

	.balign	PAGE
port_table:
	.long	0, 0, 0, 1
	.balign	PAGE
links_of_b:
	.long	0, 0, 0, 0

	.bss
	.balign	PAGE
directory_a:
	.skip	PAGE
	.set	window_entries, directory_a + (WINDOW >> 22) * 4
directory_b:
	.skip	PAGE
page_table:
	.skip	PAGE
tcb_a:	.skip	PAGE
tcb_b:	.skip	PAGE
receive_buffer:
	.skip	PAGE
pages:	.skip	48 * PAGE
