/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 5.2.4: each thread has a kernel stack of its own. With VIRTUAL_TCBS it is in the
 * page of the tcb, so ESP tells which thread runs.
 */

#define STACK_TOP (PAGE_SIZE - TCB_PLACE) /* seen from the tcb */

/* The own tcb, seen from ESP when the processor has pushed five words. */
#define OWN_TCB_ON_ENTRY TCB_PLACE + 5 * 4 - PAGE_SIZE

/* EDI: it is known by now to have been TIMEOUT_NEVER. */
.macro	own_tcb
	step	own_tcb, 1
#if (CONFIG_VIRTUAL_TCBS && CONFIG_THREAD_KERNEL_STACKS)
	leal	TCB_PLACE + PLACE_BYTES - PAGE_SIZE(%esp), %edi
#else
	movl	running_thread, %edi
#endif
.endm

/* The same when ESP is at the bottom of the trap frame. */
.macro	own_tcb_in_frame
#if (CONFIG_VIRTUAL_TCBS && CONFIG_THREAD_KERNEL_STACKS)
	leal	TCB_PLACE + FRAME_BYTES - PAGE_SIZE(%esp), %edi
#else
	movl	running_thread, %edi
#endif
.endm

/* EAX: address of the receive buffer of the partner. */
.macro	partners_buffer
#if (CONFIG_VIRTUAL_TCBS && CONFIG_THREAD_KERNEL_STACKS)
	movl	STACK_TOP - FRAME_BYTES + FRAME_EAX(%ebp), %eax
#else
	movl	TCB_STACK_TOP(%ebp), %eax
	movl	FRAME_EAX - FRAME_BYTES(%eax), %eax
#endif
.endm

/* ECX: the trap frame of the partner. */
.macro	partners_frame
#if CONFIG_VIRTUAL_TCBS
	leal	STACK_TOP - FRAME_BYTES(%ebp), %ecx
#else
	movl	TCB_STACK_TOP(%ebp), %ecx
	subl	$FRAME_BYTES, %ecx
#endif
.endm

.macro	copy_stacks
	step	copy_stacks, 0
.endm

/* ESP to the stack of the partner. Clobbers EBP, leaves the flags alone. */
.macro	switch_stack_to_partner
#if CONFIG_VIRTUAL_TCBS
	leal	STACK_TOP - PLACE_BYTES(%ebp), %esp
	leal	STACK_TOP(%ebp), %ebp
#else
	movl	%ebp, running_thread
	movl	TCB_STACK_TOP(%ebp), %ebp
	leal	-PLACE_BYTES(%ebp), %esp
#endif
	movl	%ebp, tables + TABLES_ESP0
.endm
