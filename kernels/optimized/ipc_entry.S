/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hand-coded path (5.5.4, 7.4): IPC to a partner that waits for it.
 *
 * It consists of steps. First come guards, each of which leaves to the C path
 * with the caller's registers as they were; the last one is followed by the
 * point of no return; then come the state words, the switch and the way back
 * to the user. A step that depends on a switch has its naive side here too, or
 * in ipc_steps.c, so that removing one technique changes its step only.
 *
 * Registers from guard to guard:
 *
 *	EAX  receive buffer		ECX  message to send
 *	EBX  send timeout		EDX, ESI  destination's uid
 *	EDI  receive timeout; behind own_tcb the running thread's tcb
 *	EBP  scratch; behind compute_destination the destination's tcb
 *
 * Kernel stack, downwards: SS ESP EFLAGS CS EIP, pushed by the processor: the
 * top of a struct trap_frame. Of its other places, below ESP, a thread that
 * waits has filled only that of EAX: it is BARE (ipc.h).
 *
 * A page fault at a user address leaves to the C path as well, which knows
 * how to ask a pager (5.2.5). One at a tcb is served and the instruction
 * repeated.
 *
 * Each step tells its cycles. With 71 for int, 36 for iret, 6 for the user's loop
 * and 54 for six TLB misses a short call takes 223, a reply 226. The misses:
 * partner's tcb, message; in the new space its tcb again, the tables; code of the
 * user and of this path. make profile CONFIG=optimized shows each instruction.
 */
#include <abi.h>
#include <enter.h>
#include <memory_layout.h>
#include <offsets.h>

/* Is the running thread's tcb in the page of its stack? */
#define OWN_STACK_TCB (CONFIG_VIRTUAL_TCBS && CONFIG_THREAD_KERNEL_STACKS)
#define STACK_TOP (PAGE_SIZE - TCB_PLACE) /* seen from the tcb */

/*
 * How far ESP is from the end of the stack, behind check_segments, and a place
 * of the trap frame there: without SEGMENT_CHECK the whole frame is reserved.
 */
#if CONFIG_SEGMENT_CHECK
#define PLACE_BYTES (FRAME_BYTES - FRAME_EIP)
#define PLACE(offset) ((offset) - FRAME_EIP)(%esp)
#else
#define PLACE_BYTES FRAME_BYTES
#define PLACE(offset) (offset)(%esp)
#endif

/* Is anything done between the guards and the switch that needs a stack? */
#define NEEDS_STACK                                                            \
	(!CONFIG_DIRECT_SWITCH || !CONFIG_LAZY_SCHEDULING ||                   \
	    !CONFIG_THREAD_KERNEL_STACKS)

/* What goes through memory: from where in the message, and dwords more than its
 * dope counts. */
#if CONFIG_REGISTER_MESSAGES
#define FIRST MESSAGE_DIRECT
#define FIRST_DWORDS 0
#else
#define FIRST MESSAGE_WORDS
#define FIRST_DWORDS 2
#endif

#define STRING_AT_ONCE (16 << 10) /* bytes; as long as in C (user_memory.h) */

#define WINDOW_ENTRY ((WINDOW >> 22) * 4) /* of a page directory */

	.section .text.ipc, "ax"
	.globl	ipc_path_start, ipc_path_end
ipc_path_start:
	.subsection 2		/* behind the rare branches of subsection 1 */
ipc_path_end:
	.previous

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

/* ---- guards ------------------------------------------------------------- */

/* 5.5.3. Without SEGMENT_CHECK 33 cycles here and 37 on the way back. */
.macro	check_segments otherwise
	step	check_segments, 10
#if CONFIG_SEGMENT_CHECK
	movl	%ds, %ebp
	cmpw	$USER_DATA, %bp
	jne	\otherwise
	movl	%es, %ebp
	cmpw	$USER_DATA, %bp
	jne	\otherwise
#else
	subl	$FRAME_EIP, %esp
	mov	%ds, FRAME_DS(%esp)
	mov	%es, FRAME_ES(%esp)
	mov	%fs, FRAME_FS(%esp)
	mov	%gs, FRAME_GS(%esp)
	movl	$KERNEL_DATA, %ebp
	movl	%ebp, %ds
	movl	%ebp, %es
#endif
.endm

/* 5.4.2. Without REGISTER_PARAMETERS EAX is the address of a block of them,
 * and remains it until the point of no return. */
.macro	fetch_parameters otherwise
	step	fetch_parameters, 0
#if !CONFIG_REGISTER_PARAMETERS
	cmpl	$USER_END - PARAMETERS_BYTES, %eax
	ja	\otherwise
	user	\otherwise, testl	%eax, PARAMETERS_RECEIVE(%eax)
	user	\otherwise, movl	PARAMETERS_SEND_TIMEOUT(%eax), %ebx
	user	\otherwise, movl	PARAMETERS_SEND(%eax), %ecx
	user	\otherwise, movl	PARAMETERS_UID_LOW(%eax), %edx
	user	\otherwise, movl	PARAMETERS_UID_HIGH(%eax), %esi
	user	\otherwise, movl	PARAMETERS_RECEIVE_TIMEOUT(%eax), %edi
#endif
.endm

/* Only who waits for ever needs no wakeup list (5.3.3). */
.macro	check_timeout otherwise
	step	check_timeout, 2
	cmpl	$TIMEOUT_NEVER, %edi
	jne	\otherwise
.endm

/* Where the kernel begins; what begins before and runs into it meets the
 * firewall page (5.2.3). */
.macro	check_message otherwise
	step	check_message, 2
	cmpl	$USER_END - MESSAGE_DIRECT, %ecx
	ja	\otherwise
.endm

/* 5.3.1: straight to the tcb, or a search, or a look into a table (5.2.5). */
.macro	compute_destination otherwise
	step	compute_destination, 3
#if !CONFIG_UID_ADDRESSING
	call	search_thread_table
	jne	\otherwise
#endif
	movl	%edx, %ebp
	andl	$UID_NUMBER_MASK, %ebp
#if CONFIG_VIRTUAL_TCBS
	addl	$TCB_ARRAY + TCB_PLACE, %ebp
#else
	shrl	$UID_NUMBER_SHIFT - 2, %ebp
	movl	tcb_table(%ebp), %ebp
	testl	%ebp, %ebp
	jz	\otherwise
#endif
.endm

/* 5.3.1. */
.macro	compare_uid otherwise
	step	compare_uid, 6
	cmpl	%edx, TCB_UID(%ebp)
	jne	\otherwise
	cmpl	%esi, TCB_UID + 4(%ebp)
	jne	\otherwise
.endm

/* 7.1, table 5: calls of a port, and answers by a link, have steps of their own;
 * those by a uid have one jump more that is not taken. */
.macro	check_port where
	step	check_port, 0
#if CONFIG_PORTS
	cmpl	$PORT_STATION, %esi
	je	\where
#endif
.endm

/* EDI: it is known by now to have been TIMEOUT_NEVER. */
.macro	own_tcb
	step	own_tcb, 1
#if OWN_STACK_TCB
	leal	TCB_PLACE + PLACE_BYTES - PAGE_SIZE(%esp), %edi
#else
	movl	running_thread, %edi
#endif
.endm

/* The same when ESP is at the bottom of the trap frame. */
.macro	own_tcb_in_frame
#if OWN_STACK_TCB
	leal	TCB_PLACE + FRAME_BYTES - PAGE_SIZE(%esp), %edi
#else
	movl	running_thread, %edi
#endif
.endm

/*
 * EDX the index of a link in the own space, which leads to a port: EDI the port
 * then; EDX, ESI the uid of its thread. The tcb keeps the index for the C path.
 * A link that leads nowhere leads to uid 0: that of the idle thread, which
 * never waits for a message.
 */
.macro	find_port otherwise
	own_tcb
	movl	%edx, %ebp
	andl	$PORT_LINKS - 1, %ebp
	movl	TCB_LINKS(%edi), %esi
	movl	%edx, TCB_INDEX(%edi)
	movl	(%esi, %ebp, 4), %edi
	testl	$PORT_BYTES - 1, %edi	/* a link to answer by */
	jnz	\otherwise
	movl	PORT_THREAD(%edi), %edx
	movl	PORT_THREAD + 4(%edi), %esi
.endm

/*
 * The same with a link to answer by: EDX, ESI the uid of whose message came by
 * it. All goes on as if the caller had named that, in the C path too.
 */
.macro	find_answered otherwise
	own_tcb
	movl	%edx, %ebp
	movl	TCB_LINKS(%edi), %edi
	andl	$PORT_LINKS - 1, %ebp
	movl	(%edi, %ebp, 4), %ebp
	movl	$TIMEOUT_NEVER, %edi
	testl	$PORT_BYTES - 1, %ebp	/* a port, or it leads nowhere */
	jz	\otherwise
	movl	(%ebp), %edx
	movl	4(%ebp), %esi
.endm

/* 5.5.5: otherwise the C path finds out in its rare branches. */
.macro	check_legal otherwise
	step	check_legal, 0
	check_not_self	\otherwise
#if !CONFIG_LATE_CHECKS
	testl	$0xF0000000, %esi	/* another station */
	jnz	\otherwise
#endif
.endm

.macro	check_not_self otherwise
#if !CONFIG_LATE_CHECKS
	cmpl	%edi, %ebp
	je	\otherwise
#endif
.endm

/* Who calls finds a server that waits for anybody, as a rule. */
.macro	check_open call
	step	check_open, 4
	cmpl	$THREAD_BARE, TCB_STATE(%ebp)
	jne	.Lnot_open_\call
.Lopen_\call:
.endm
.macro	rare_not_open call
.Lnot_open_\call:
	cmpl	%edi, TCB_STATE(%ebp)
	je	.Lopen_\call
	jmp	near_lost_\call
.endm

/* Who replies finds a client that waits for just that. */
.macro	check_closed call
	step	check_closed, 3
	cmpl	%edi, TCB_STATE(%ebp)
	jne	.Lnot_closed_\call
.Lclosed_\call:
.endm
.macro	rare_not_closed call
.Lnot_closed_\call:
	cmpl	$THREAD_BARE, TCB_STATE(%ebp)
	je	.Lclosed_\call
	jmp	near_lost_\call
.endm

/* An empty queue points to itself. */
.macro	check_no_sender otherwise
	step	check_no_sender, 3
#if TCB_SENDERS == 0
	cmpl	%edi, (%edi)
	jne	\otherwise
#else
	addl	$TCB_SENDERS, %edi
	cmpl	%edi, (%edi)
	leal	-TCB_SENDERS(%edi), %edi
	jne	\otherwise
#endif
.endm

/* 5.5.6: one byte tells whether there is anything to leave. */
.macro	leave_resources call
	step	leave_resources, 4
#if CONFIG_DIRECT_TRANSFER || CONFIG_LAZY_COPROCESSOR
	cmpb	$0, TCB_RESOURCES(%edi)
	jne	.Lleave_\call
.Lleft_\call:
#endif
.endm
.macro	rare_leave call
#if CONFIG_DIRECT_TRANSFER || CONFIG_LAZY_COPROCESSOR
.Lleave_\call:
	call	leave
	jmp	.Lleft_\call
#endif
.endm

/* 5.3.6. */
.macro	check_short otherwise, fault
	step	check_short, 3
#if CONFIG_REGISTER_MESSAGES
	user	\fault, movl	MESSAGE_DOPE(%ecx), %edx
	testl	$~IPC_RESULT, %edx
	jnz	\otherwise
#else
	jmp	\otherwise
#endif
.endm

/* EBX and EDX the message. EDX, like ESI, is known: the destination's uid. */
.macro	load_words fault
	step	load_words, 2
	user	\fault, movl	MESSAGE_WORDS + 4(%ecx), %edx
	user	\fault, movl	MESSAGE_WORDS(%ecx), %ebx
.endm

/* ---- messages that are not short (5.2.3) ---------------------------------- */

/*
 * The receive buffer of the other thread: EAX its address.
 */
.macro	partners_buffer
#if OWN_STACK_TCB
	movl	STACK_TOP - FRAME_BYTES + FRAME_EAX(%ebp), %eax
#else
	movl	TCB_STACK_TOP(%ebp), %eax
	movl	FRAME_EAX - FRAME_BYTES(%eax), %eax
#endif
.endm

/*
 * Table 4. EAX, the buffer's address in its space, becomes its address in the
 * window: the 8 MB that begin with its region are mapped there by two
 * assignments. The user bit is cleared, so that only the kernel sees them.
 * The TLB knows nothing of the window: whoever used it has left it since.
 */
.macro	open_window otherwise
	cmpl	$USER_END, %eax
	jae	\otherwise
	movl	TCB_SPACE(%ebp), %ebx
	movl	TCB_SPACE(%edi), %esi
	cmpl	%ebx, %esi
	je	1f
	movl	%eax, %ecx
	shrl	$22, %ecx
	movl	PHYSICAL_MAP(%ebx, %ecx, 4), %edi
	movl	PHYSICAL_MAP + 4(%ebx, %ecx, 4), %ebx
	andl	$~PTE_USER, %edi
	andl	$~PTE_USER, %ebx
	andl	$REGION_SIZE - 1, %eax
	movl	%edi, PHYSICAL_MAP + WINDOW_ENTRY(%esi)
	movl	%ebx, PHYSICAL_MAP + WINDOW_ENTRY + 4(%esi)
	addl	$WINDOW, %eax
1:
.endm

/*
 * In two spaces or one. EDI: the running thread's tcb. Clobbers ECX. The switch
 * to the partner's space flushes the TLB; where none follows, this does.
 */
.macro	close_window
#if CONFIG_DIRECT_TRANSFER
	movl	TCB_SPACE(%edi), %ecx
	movl	$0, PHYSICAL_MAP + WINDOW_ENTRY(%ecx)
	movl	$0, PHYSICAL_MAP + WINDOW_ENTRY + 4(%ecx)
#if !CONFIG_DIRECT_SWITCH || !CONFIG_RPC_SYSCALLS
	movl	%ecx, %cr3
#endif
#endif
.endm

/*
 * 5.5.4: ECX the dwords of the direct string, from the dope in EDX: a byte
 * register. Without COMPLEX_MESSAGES they may be more, counted in two bytes.
 */
.macro	count_dwords otherwise
#if CONFIG_COMPLEX_MESSAGES
	movzbl	%dh, %ecx
#else
	testl	$0xFF000000, %edx	/* a memory object */
	jnz	\otherwise
	movl	%edx, %ecx
	shrl	$8, %ecx
	cmpl	$STRING_AT_ONCE >> 2, %ecx
	ja	\otherwise
#endif
.endm

/*
 * The direct string, from the message at ESI to the buffer at EDI. EDX the
 * message's dope. EAX is the buffer's size dope then.
 */
.macro	copy_direct otherwise
	user	\otherwise, movl	MESSAGE_SIZE(%edi), %eax
	count_dwords	\otherwise
#if CONFIG_COMPLEX_MESSAGES
	cmpb	%ah, %dh
#else
	shrl	$8, %eax
	cmpw	%ax, %cx
#endif
	ja	\otherwise
	addl	$FIRST, %esi
	addl	$FIRST, %edi
#if FIRST_DWORDS
	addl	$FIRST_DWORDS, %ecx
#endif
	user	\otherwise, rep movsl
.endm

/*
 * One indirect string. EAX the buffer's size dope, EBX its address here. Of
 * whole dwords, not too long to be copied without an interrupt, and within the
 * window.
 */
.macro	copy_string otherwise
	testl	$0xFF0000, %eax
	jz	\otherwise
	movzbl	%ah, %ecx
	leal	MESSAGE_DIRECT(%ebx, %ecx, 4), %ebx
	movl	FRAME_ECX(%esp), %esi
	user	\otherwise, movzbl	MESSAGE_SIZE + 1(%esi), %ecx
	leal	MESSAGE_DIRECT(%esi, %ecx, 4), %esi
	user	\otherwise, movl	STRING_LENGTH(%esi), %ecx
	user	\otherwise, movl	STRING_ADDRESS(%esi), %esi
	cmpl	$STRING_AT_ONCE, %ecx
	ja	\otherwise
	testb	$3, %cl
	jnz	\otherwise
	cmpl	$USER_END, %esi
	jae	\otherwise
	user	\otherwise, cmpl	STRING_BUFFER_SIZE(%ebx), %ecx
	ja	\otherwise
	user	\otherwise, movl	STRING_BUFFER(%ebx), %edi
	cmpl	$USER_END, %edi
	jae	\otherwise
	user	\otherwise, movl	%ecx, STRING_LENGTH(%ebx)
	user	\otherwise, movl	%edi, STRING_ADDRESS(%ebx)
	cmpl	$WINDOW, %ebx
	jb	1f
	partners_buffer
	andl	$-REGION_SIZE, %eax
	subl	%eax, %edi
	cmpl	$2 * REGION_SIZE - STRING_AT_ONCE, %edi
	ja	\otherwise
	addl	$WINDOW, %edi
1:	shrl	$2, %ecx
	user	\otherwise, rep movsl
.endm

/*
 * 7.2: one memory object that moves. EAX and EBX as in copy_string, EDX is kept.
 * With indirect strings in front, the descriptors could be behind the firewall
 * page. The C step is the last that can fail; it writes nothing before.
 */
.macro	move_pages otherwise
	testl	$0xFF0000, %eax
	jnz	\otherwise
	testl	$0xFF000000, %eax
	jz	\otherwise
	movl	%edx, FRAME_EDI(%esp)
	movzbl	%ah, %ecx
	leal	MESSAGE_DIRECT(%ebx, %ecx, 4), %ebx
	movl	FRAME_ECX(%esp), %esi
	user	\otherwise, movl	MESSAGE_SIZE(%esi), %eax
	testl	$0xFF0000, %eax
	jnz	\otherwise
	movzbl	%ah, %ecx
	leal	MESSAGE_DIRECT(%esi, %ecx, 4), %esi
	user	\otherwise, movl	STRING_LENGTH(%esi), %ecx
	user	\otherwise, movl	STRING_ADDRESS(%esi), %esi
	user	\otherwise, movl	STRING_BUFFER_SIZE(%ebx), %eax
	user	\otherwise, movl	STRING_BUFFER(%ebx), %edi
	movl	%esi, %edx
	andl	$-PAGE_SIZE, %edx
	user	\otherwise, movl	%ecx, STRING_LENGTH(%ebx)
	user	\otherwise, movl	%edx, STRING_ADDRESS(%ebx)
	pushl	%edi			/* a struct memory_object */
	pushl	%eax
	pushl	%esi
	pushl	%ecx
	movl	%ebp, %eax
	movl	%esp, %edx
	leal	16(%esp), %ecx
	call	ipc_move_pages
	addl	$16, %esp
	movl	FRAME_EDI(%esp), %edx
	testb	%al, %al
	jz	\otherwise
.endm

/*
 * From the message at ECX to the partner's buffer: one copy. EDX the dope then.
 */
.macro	transfer_directly otherwise
	cld
	user	\otherwise, movl	MESSAGE_DOPE(%ecx), %edx
	partners_buffer
	open_window	\otherwise
	movl	FRAME_ECX(%esp), %esi
	movl	%eax, %edi
	movl	%eax, %ebx
	copy_direct	\otherwise
#if CONFIG_COMPLEX_MESSAGES
	testl	$0xFFFF0000, %edx
	jnz	1f
2:
	.subsection 1
1:	movl	%edx, %ecx
	shrl	$16, %ecx
	cmpl	$1, %ecx
#if CONFIG_PAGE_REMAPPING
	jne	3f
#else
	jne	\otherwise
#endif
	copy_string	\otherwise
	jmp	2b
#if CONFIG_PAGE_REMAPPING
3:	cmpl	$0x100, %ecx
	jne	\otherwise
	move_pages	\otherwise
	jmp	2b
#endif
	.previous
#endif
.endm

/* The first of two copies: to message_buffer (baseline/transfer.h). */
.macro	transfer_to_buffer otherwise
	cld
	user	\otherwise, movl	MESSAGE_DOPE(%ecx), %edx
#if CONFIG_COMPLEX_MESSAGES
	testl	$0xFFFF0000, %edx
	jnz	\otherwise
#endif
	movl	%ebx, message_buffer + BUFFER_PATIENCE
	movl	%edx, message_buffer + BUFFER_DOPE
	leal	FIRST(%ecx), %esi
	movl	$message_buffer + BUFFER_WORDS + FIRST - MESSAGE_WORDS, %edi
	count_dwords	\otherwise
#if FIRST_DWORDS
	addl	$FIRST_DWORDS, %ecx
#endif
	user	\otherwise, rep movsl
.endm

/* And the second, in the partner's space. EDX the dope then. */
.macro	transfer_from_buffer otherwise
	movl	FRAME_EAX(%esp), %edi
	cmpl	$USER_END, %edi
	jae	\otherwise
	movl	message_buffer + BUFFER_DOPE, %edx
	movl	$message_buffer + BUFFER_WORDS - MESSAGE_WORDS, %esi
	cld
	copy_direct	\otherwise
.endm

/* ---- after the point of no return ----------------------------------------- */

/* Where the receive buffer is, for whoever sends next. ESP as on entry. */
.macro	keep_buffer
	step	keep_buffer, 1
#if !CONFIG_REGISTER_PARAMETERS
	movl	PARAMETERS_RECEIVE(%eax), %eax /* it can be read: see fetch_parameters */
#endif
	movl	%eax, PLACE(FRAME_EAX)
.endm

/* The same when ESP is at the bottom of the trap frame. Clobbers ECX. */
.macro	keep_buffer_in_frame
#if !CONFIG_REGISTER_PARAMETERS
	movl	FRAME_EAX(%esp), %ecx
	movl	PARAMETERS_RECEIVE(%ecx), %ecx
	movl	%ecx, FRAME_EAX(%esp)
#endif
.endm

/*
 * Who receives by the port at ESI gets a link to answer by, which leads to the
 * running thread. Its index, the source, stays in that one's tcb. Clobbers EAX,
 * ECX and ESI.
 */
.macro	link_answer
	movl	TCB_UID(%edi), %eax
	movl	TCB_UID + 4(%edi), %ecx
	movl	%eax, PORT_ANSWERED(%esi)
	movl	%ecx, PORT_ANSWERED + 4(%esi)
	movl	PORT_REPLY_INDEX(%esi), %ecx
	movl	TCB_LINKS(%ebp), %eax
	addl	$PORT_ANSWERED, %esi
	movl	%ecx, TCB_INDEX(%edi)
	movl	%esi, (%eax, %ecx, 4)
.endm

/* The source of the message, for the receiver: a link, or the sender's uid. */
.macro	source_low source, to
.ifc	\source, port
	movl	TCB_INDEX(%edi), \to
.else
	movl	TCB_UID(%edi), \to
.endif
.endm

.macro	source_high source, to
.ifc	\source, port
	movl	$PORT_STATION, \to
.else
	movl	TCB_UID + 4(%edi), \to
.endif
.endm

/*
 * 5.3.4: only the state words change. from: the thread to receive from, or
 * THREAD_BARE; for that a byte is enough, because the word of the thread that
 * runs is THREAD_READY, 0. ready: a register, 0 then.
 */
.macro	change_states from, ready, move=movl
	step	change_states, 4
	xorl	\ready, \ready
	\move	\from, TCB_STATE(%edi)
	movl	\ready, TCB_STATE(%ebp)
.endm

/* ESP to the bottom of the trap frame. */
.macro	cover_frame
#if CONFIG_SEGMENT_CHECK
	subl	$FRAME_EIP, %esp
#endif
.endm

.macro	uncover_frame
#if CONFIG_SEGMENT_CHECK
	addl	$FRAME_EIP, %esp
#endif
.endm

.macro	cover_frame_if_needed
#if NEEDS_STACK
	cover_frame
#endif
.endm

/* As QUEUE_MARK in queue.h. */
.macro	queue_mark what
771:
	.pushsection .queue_marks, ""
	.long	771b
	.asciz	"\what"
	.popsection
.endm

/* 4 loads and stores. Clobbers EAX, ECX. */
.macro	delete link, thread, name
	queue_mark	"remove \name"
	movl	\link(\thread), %eax
	movl	\link + 4(\thread), %ecx
	movl	%eax, (%ecx)
	movl	%ecx, 4(%eax)
.endm

/* At the end of the queue at ESI. Clobbers EAX, ECX. */
.macro	insert link, thread, name
	queue_mark	"insert \name"
	leal	\link(\thread), %eax
	movl	4(%esi), %ecx
	movl	%esi, \link(\thread)
	movl	%ecx, \link + 4(\thread)
	movl	%eax, (%ecx)
	movl	%eax, 4(%esi)
.endm

/*
 * 5.3.4: without LAZY_SCHEDULING two deletions and two insertions, as
 * queue_waits and queue_starts do them (baseline/ready_queue.h).
 */
.macro	change_queues
	step	change_queues, 0
#if !CONFIG_LAZY_SCHEDULING
	pushl	%eax
#if CONFIG_VIRTUAL_QUEUES
	delete	TCB_READY_LINK, %edi, ready_link
	movl	$waiting_queue, %esi
	insert	TCB_WAITING_LINK, %edi, waiting_link
	delete	TCB_WAITING_LINK, %ebp, waiting_link
	movzbl	TCB_PRIORITY(%ebp), %eax
	leal	ready_queues(, %eax, 8), %esi
	cmpl	%eax, ready_highest
	jae	1f
	movl	%eax, ready_highest
1:	insert	TCB_READY_LINK, %ebp, ready_link
#else
	pushl	%edx
	movl	%edi, %eax
	movl	%ebp, %edx
	call_c	ipc_change_queues
	popl	%edx
#endif
	popl	%eax
#endif
.endm

/* 5.5.6: without LAZY_COPROCESSOR each time. */
.macro	change_coprocessor
	step	change_coprocessor, 0
#if !CONFIG_LAZY_COPROCESSOR
	fnsave	TCB_COPROCESSOR(%edi)
	frstor	TCB_COPROCESSOR(%ebp)
#endif
.endm

/* 5.2.4: the trap frames of both go to and from where they are kept. */
.macro	copy_stacks
	step	copy_stacks, 0
#if !CONFIG_THREAD_KERNEL_STACKS
	cld
	movl	running_save_top, %ecx
	movl	%ecx, TCB_STACK_TOP(%edi)
	pushl	%edi
	leal	-FRAME_BYTES(%ecx), %edi
	movl	$processor_stack_top - FRAME_BYTES, %esi
	movl	$FRAME_BYTES >> 2, %ecx
	rep movsl
	movl	TCB_STACK_TOP(%ebp), %esi
	movl	%esi, running_save_top
	subl	$FRAME_BYTES, %esi
	movl	$processor_stack_top - FRAME_BYTES, %edi
	movl	$FRAME_BYTES >> 2, %ecx
	rep movsl
	movl	$processor_stack_top, TCB_STACK_TOP(%ebp)
	popl	%edi
#endif
.endm

/* 5.5.2: without CONDENSED_TABLES the code of the switch is in another page. */
.macro	switch_page
#if !CONFIG_CONDENSED_TABLES
	jmp	3f
	.pushsection .switch_text, "ax"
3:
#endif
.endm

.macro	switch_page_end
#if !CONFIG_CONDENSED_TABLES
	jmp	4f
	.popsection
4:
#endif
.endm

/*
 * 5.3.5: straight to the partner. EAX, EBX, EDX result and words; then all
 * registers are the partner's. Nothing of the old space is touched behind the
 * new one's page directory.
 */
.macro	switch_to_partner source
	step	switch_to_partner, 15
	movl	%edx, %ecx
	source_low	\source, %edx
	source_high	\source, %esi
	movl	TCB_SPACE(%edi), %edi
	cmpl	TCB_SPACE(%ebp), %edi
#if OWN_STACK_TCB
	leal	STACK_TOP - PLACE_BYTES(%ebp), %esp
	movl	TCB_SPACE(%ebp), %edi
	leal	PLACE_BYTES(%esp), %ebp
	movl	%ebp, tables + TABLES_ESP0
#else
	movl	TCB_SPACE(%ebp), %edi
	movl	%ebp, running_thread
#if CONFIG_THREAD_KERNEL_STACKS
	movl	TCB_STACK_TOP(%ebp), %ebp
	leal	-PLACE_BYTES(%ebp), %esp
	movl	%ebp, tables + TABLES_ESP0
#else
	movl	$processor_stack_top - PLACE_BYTES, %esp
#endif
#endif
	je	1f
	movl	%edi, %cr3
1:
.endm

.macro	return_to_partner
	step	return_to_partner, 0
#if !CONFIG_SEGMENT_CHECK
	mov	FRAME_GS(%esp), %gs
	mov	FRAME_FS(%esp), %fs
	mov	FRAME_ES(%esp), %es
	mov	FRAME_DS(%esp), %ds
	addl	$FRAME_EIP, %esp
#endif
	iret
.endm

/*
 * Without direct switch, or to a receiver that is not switched to: registers
 * go where they will be loaded from. EAX, EBX, EDX result and words.
 */
.macro	deliver source=uid
#if OWN_STACK_TCB
	leal	STACK_TOP - FRAME_BYTES(%ebp), %ecx
#else
	movl	TCB_STACK_TOP(%ebp), %ecx
	subl	$FRAME_BYTES, %ecx
#endif
	movl	%ebx, FRAME_EBX(%ecx)
	movl	%edx, FRAME_ECX(%ecx)
	source_low	\source, %edx
	movl	%edx, FRAME_EDX(%ecx)
	source_high	\source, %edx
	movl	%edx, FRAME_ESI(%ecx)
	movl	%eax, TCB_RECEIVED(%ebp)
.endm

/* ESP at the bottom of the trap frame; the point of no return is passed. */
.macro	go_on source=uid
#if !CONFIG_DIRECT_SWITCH
	deliver	\source
	movl	%edi, %eax
	movl	%ebp, %edx
	call_c	ipc_wait_and_start
#else
	change_queues
	change_coprocessor
	copy_stacks
	switch_page
	switch_to_partner	\source
#endif
.endm

/* The way back to the user, in whatever page go_on has ended. */
.macro	return_in_switch_page
	return_to_partner
#if CONFIG_DIRECT_SWITCH && !CONFIG_CONDENSED_TABLES
	.popsection
#endif
.endm

/* ---- the C path ------------------------------------------------------------ */

/*
 * slow_...: registers are the caller's, ESP is as it was behind check_segments.
 * lost_...: EDX, ESI and EDI are no longer the caller's, but known.
 */
.macro	c_path call, number
	.globl	after_ipc_\call
lost_\call:
	movl	TCB_UID(%ebp), %edx
	movl	TCB_UID + 4(%ebp), %esi
	movl	$TIMEOUT_NEVER, %edi
slow_\call:
#if !CONFIG_SEGMENT_CHECK
	mov	FRAME_ES(%esp), %es
	mov	FRAME_DS(%esp), %ds
	addl	$FRAME_EIP, %esp
#endif
c_\call:
	pushl	$0
	pushl	$\number
	enter	ipc_\call
after_ipc_\call:
	jmp	return_to_user
.endm

/*
 * 5.5.1: the guards' jumps are short. What they lead to is just before the
 * entry, and the entry at the start of a cache line.
 */
.macro	within_reach call
near_lost_\call:
	jmp	lost_\call
near_slow_\call:
	jmp	slow_\call
#if CONFIG_CACHE_LAYOUT
	.balign	16
#endif
.endm

#if CONFIG_DIRECT_TRANSFER || CONFIG_LAZY_COPROCESSOR
leave:
	pushal
	movl	%edi, %eax
	movl	%ebp, %edx
	call_c	ipc_leave_resources
	popal
	ret
#endif

	c_path	receive, IPC_RECEIVE
	c_path	send, IPC_SEND
	c_path	call, IPC_CALL
	c_path	reply_and_receive_next, IPC_REPLY_AND_RECEIVE_NEXT

/* A BARE thread, settled, goes on here. ESP: its trap frame. */
	.globl	bare_goes_on
bare_goes_on:
	movl	%esp, %eax
	call	ipc_bare_goes_on
	jmp	return_to_user

#if !CONFIG_UID_ADDRESSING
/* EDX, ESI a uid: ZF if there is such a thread. Clobbers EBP. */
search_thread_table:
	pushl	%eax
	movl	$thread_table, %ebp
	imull	$THREAD_SLOT_BYTES, thread_table_end, %eax
	addl	%ebp, %eax
1:	cmpl	%edx, (%ebp)
	jne	2f
	cmpl	%esi, 4(%ebp)
	je	3f
2:	addl	$THREAD_SLOT_BYTES, %ebp
	cmpl	%eax, %ebp
	jb	1b
	testl	%esp, %esp	/* not 0 */
3:	popl	%eax
	ret
#endif

	.globl	entry_send, entry_receive
	.globl	entry_call, entry_reply_and_receive_next

#if CONFIG_RPC_SYSCALLS

	.set	entry_send, c_send
	.set	entry_receive, c_receive

/* ---- call -------------------------------------------------------------------- */

/*
 * in:  table 6, and what the processor has pushed
 * out: in another thread, table 6; or in the C path
 */
	rare_not_open		call
	rare_leave		call
	within_reach		call
entry_call:
	check_segments		near_slow_call
call_path:			/* a name for profiles */
	fetch_parameters	near_slow_call
	check_timeout		near_slow_call
	check_port		entry_port_call
	compute_destination	near_slow_call
	check_message		near_slow_call
	compare_uid		near_slow_call
	own_tcb
	check_legal		near_lost_call
	check_open		call
	leave_resources		call
	check_short		long_call, near_lost_call
	load_words		near_lost_call
	keep_buffer
	change_states		%ebp, %eax
	cover_frame_if_needed
	go_on
	return_in_switch_page

long_call:
	movl	%ebp, %edx
	movl	$lost_call, %esi
	jmp	transfer

/* ---- reply & receive next ------------------------------------------------------ */

/* in, out: as entry_call */
	rare_not_closed		reply_and_receive_next
	rare_leave		reply_and_receive_next
	within_reach		reply_and_receive_next
entry_reply_and_receive_next:
	check_segments		near_slow_reply_and_receive_next
reply_path:			/* a name for profiles */
	fetch_parameters	near_slow_reply_and_receive_next
	check_timeout		near_slow_reply_and_receive_next
	check_port		by_link
.Lby_uid:
	compute_destination	near_slow_reply_and_receive_next
	check_message		near_slow_reply_and_receive_next
	compare_uid		near_slow_reply_and_receive_next
	own_tcb
	check_legal		near_lost_reply_and_receive_next
	check_closed		reply_and_receive_next
	check_no_sender		near_lost_reply_and_receive_next
	leave_resources		reply_and_receive_next
	check_short		long_reply, near_lost_reply_and_receive_next
	load_words		near_lost_reply_and_receive_next
	keep_buffer
	change_states		$THREAD_BARE, %eax, movb
	cover_frame_if_needed
	go_on
	return_in_switch_page

long_reply:
	movl	$THREAD_BARE, %edx
	movl	$lost_reply_and_receive_next, %esi
	/* Falls through. */

/* ---- either, with more than 8 bytes -------------------------------------------- */

/*
 * in:  behind all guards but check_short; EDX the state to wait in, ESI
 *	where the C path is entered if it is not so simple
 *
 * The frame keeps what the guards found: EAX, EBX, ECX the caller's; EDX, ESI
 * as above. Nobody else runs meanwhile, for 16 KB at most 0.5 ms.
 */
	.balign	16
transfer:
	cover_frame
	movl	%eax, FRAME_EAX(%esp)
	movl	%ebx, FRAME_EBX(%esp)
	movl	%ecx, FRAME_ECX(%esp)
	movl	%edx, FRAME_EDX(%esp)
	movl	%esi, FRAME_ESI(%esp)
#if CONFIG_DIRECT_TRANSFER
	transfer_directly	transfer_failed
#elif CONFIG_DIRECT_SWITCH
	transfer_to_buffer	transfer_failed
#else
	jmp	transfer_failed	/* there is a buffer for one message only */
#endif
	movl	FRAME_ECX(%esp), %ecx
	movl	%edx, %eax
	load_words		transfer_failed
	andl	$~IPC_RESULT, %eax
	own_tcb_in_frame
	close_window
	keep_buffer_in_frame
	movl	FRAME_EDX(%esp), %ecx
	change_states		%ecx, %esi
	go_on
#if CONFIG_DIRECT_TRANSFER || !CONFIG_DIRECT_SWITCH
	return_in_switch_page
#else
	switch_page_end
	cover_frame
	movl	%ebx, FRAME_EBX(%esp)
	movl	%ecx, FRAME_ECX(%esp)
	movl	%edx, FRAME_EDX(%esp)
	movl	%esi, FRAME_ESI(%esp)
	transfer_from_buffer	take_over
	movl	%edx, %eax
	andl	$~IPC_RESULT, %eax
	movl	FRAME_EBX(%esp), %ebx
	movl	FRAME_ECX(%esp), %ecx
	movl	FRAME_EDX(%esp), %edx
	movl	FRAME_ESI(%esp), %esi
	uncover_frame
	return_to_partner
#endif

/* Only the sender has noticed yet. */
transfer_failed:
#if CONFIG_DIRECT_TRANSFER
	own_tcb_in_frame
	orb	$RESOURCE_WINDOW, TCB_RESOURCES(%edi)
#endif
	movl	FRAME_EAX(%esp), %eax
	movl	FRAME_EBX(%esp), %ebx
	movl	FRAME_ECX(%esp), %ecx
	movl	FRAME_ESI(%esp), %esi
	uncover_frame
	jmp	*%esi

#if !CONFIG_DIRECT_TRANSFER
/* The sender has gone; the receiver cannot take the message just so. */
take_over:
	movl	%esp, %eax
	call	ipc_take_over
	jmp	return_to_user
#endif

#if CONFIG_PORTS

/* ---- reply by a link ------------------------------------------------------------ */

/* in: EDX the index of the link; behind check_timeout */
#if CONFIG_CACHE_LAYOUT
	.balign	16
#endif
by_link:
	find_answered		slow_reply_and_receive_next
	jmp	.Lby_uid

/* ---- call of a port (7.1) --------------------------------------------------------- */

/* in: as by_link. out: as entry_call. What is not short goes by the C path */
	rare_not_open		port_call
	rare_leave		port_call
near_lost_port_call:
	own_tcb
	movl	TCB_INDEX(%edi), %edx
	movl	$PORT_STATION, %esi
	movl	$TIMEOUT_NEVER, %edi
	jmp	slow_call
#if CONFIG_CACHE_LAYOUT
	.balign	16
#endif
entry_port_call:
	find_port		near_lost_port_call
	compute_destination	near_lost_port_call
	check_message		near_lost_port_call
	compare_uid		near_lost_port_call
	movl	%edi, %esi
	own_tcb
	check_not_self		near_lost_port_call
	check_open		port_call
	leave_resources		port_call
	check_short		near_lost_port_call, near_lost_port_call
	load_words		near_lost_port_call
	keep_buffer
	link_answer
	change_states		%ebp, %eax
	cover_frame_if_needed
	go_on			port
	return_in_switch_page

#endif /* CONFIG_PORTS */

#else /* !CONFIG_RPC_SYSCALLS */

/* ---- send ----------------------------------------------------------------------- */

	.set	entry_call, c_call	/* not in the IDT */
	.set	entry_reply_and_receive_next, c_reply_and_receive_next

/*
 * in:  table 6, and what the processor has pushed
 * out: EAX IPC_OK; or in the C path. The receiver is made ready
 */
	rare_not_open		send
	within_reach		send
entry_send:
	check_segments		near_slow_send
send_path:			/* a name for profiles */
	fetch_parameters	near_slow_send
	compute_destination	near_slow_send
	check_message		near_slow_send
	compare_uid		near_slow_send
	own_tcb
	check_legal		near_lost_send
	check_open		send
#if CONFIG_DIRECT_TRANSFER
	testb	$RESOURCE_WINDOW, TCB_RESOURCES(%edi)
	jnz	near_lost_send
#endif
	check_short		long_send, near_lost_send
	load_words		near_lost_send
	cover_frame
	xorl	%eax, %eax
sent:
	deliver
	movl	%edi, %eax
	movl	%ebp, %edx
	call_c	ipc_sent
	xorl	%eax, %eax
	uncover_frame
	return_to_partner

long_send:
#if CONFIG_DIRECT_TRANSFER
	cover_frame
	movl	%eax, FRAME_EAX(%esp)
	movl	%ebx, FRAME_EBX(%esp)
	movl	%ecx, FRAME_ECX(%esp)
	transfer_directly	send_failed
	movl	FRAME_ECX(%esp), %ecx
	movl	%edx, %eax
	load_words		send_failed
	andl	$~IPC_RESULT, %eax
	own_tcb_in_frame
	close_window
	jmp	sent

send_failed:
	own_tcb_in_frame
	orb	$RESOURCE_WINDOW, TCB_RESOURCES(%edi)
	movl	FRAME_EAX(%esp), %eax
	movl	FRAME_EBX(%esp), %ebx
	movl	FRAME_ECX(%esp), %ecx
	uncover_frame
#endif
	jmp	lost_send

/* ---- receive -------------------------------------------------------------------- */

/*
 * in:  table 6, and what the processor has pushed
 * out: in whoever is ready; or in the C path
 */
	within_reach		receive
entry_receive:
	check_segments		near_slow_receive
receive_path:			/* a name for profiles */
	fetch_parameters	near_slow_receive
	check_timeout		near_slow_receive
	movl	%edx, %ebp
	orl	%esi, %ebp
	jnz	1f
	own_tcb
	check_no_sender		still_never
	movl	$THREAD_BARE, %ebp
2:	keep_buffer
	cover_frame
	movl	%ebp, TCB_STATE(%edi)
	movl	%edi, %eax
	call_c	ipc_wait

1:	compute_destination	near_slow_receive
	compare_uid		near_slow_receive
	own_tcb
	cmpl	%edi, %ebp
	je	still_never
	cmpl	$THREAD_SENDING, TCB_STATE(%ebp)
	jne	2b

still_never:
	movl	$TIMEOUT_NEVER, %edi
	jmp	slow_receive
#endif

	.section .note.GNU-stack, "", @progbits
