/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions and hardware interrupts. What a user program brings about ends
 * its thread, never the kernel.
 */
#include <assertions.h>
#include <clock.h>
#include <console.h>
#include <coprocessor.h>
#include <dispatch.h>
#include <entry.h>
#include <interrupt.h>
#include <ipc.h>
#include <page_fault.h>
#include <panic.h>
#include <swapping.h>
#include <tcb_table.h>
#include <thread.h>
#include <user_memory.h>
#include <wakeup.h>

#define TRAP_NMI 2	      /* memory parity, mostly */
#define PAGE_FAULT_ON_WRITE 2 /* bit of the error code */

static const char *const exception_names[] = {"divide error", "debug", "NMI",
    "breakpoint", "overflow", "bound", "invalid opcode", "no coprocessor",
    "double fault", "coprocessor overrun", "invalid TSS", "segment not present",
    "stack fault", "general protection fault", "page fault", "unexpected",
    "coprocessor error", "alignment check"};

#define EXCEPTIONS (sizeof(exception_names) / sizeof(exception_names[0]))

static const char *exception_name(uint32_t vector)
{
	return vector < EXCEPTIONS ? exception_names[vector] : "unexpected";
}

/* Page fault in the kernel: true if the kernel can go on. */
static bool kernel_page_fault(struct trap_frame *frame)
{
	bool write = frame->error & PAGE_FAULT_ON_WRITE;
	uint32_t recovery;

	if (tcb_page_fault(fault_address(), write))
		return true;
	recovery = user_access_recovery(frame->eip);
	if (!recovery)
		return false;
	/* The C path accesses it once more, and knows how to wait. */
	if (in_hand_coded_path(frame->eip)) {
		frame->eip = recovery;
		return true;
	}
	if (!page_fault(current_thread(), fault_address(), write))
		frame->eip = recovery;
	return true;
}

/* Page fault of a user program: true if it can go on. */
static bool user_page_fault(const struct trap_frame *frame)
{
	return frame->vector == TRAP_PAGE_FAULT &&
	       page_fault(current_thread(), fault_address(),
		   frame->error & PAGE_FAULT_ON_WRITE);
}

static void end_thread(const struct trap_frame *frame, uint32_t address)
{
	struct tcb *me = current_thread();
	const char *name = exception_name(frame->vector);

	print("# thread %x %x: %s at %x, error %x, address %x: deleted\n",
	    (uint32_t)(me->uid >> 32), (uint32_t)me->uid, name, frame->eip,
	    frame->error, frame->vector == TRAP_PAGE_FAULT ? address : 0);
	if (me->uid == root_thread)
		panic_at(frame, "the root thread has died");
	thread_delete(me);
}

/* What a tick sets going: wakeup lists, and threads that are to be brought in.
 */
static void clock_interrupt(void)
{
	clock_tick();
	wakeup_tick(ipc_timeout);
	tcb_tick();
	if (CONFIG_ASSERTIONS)
		assertions_tick();
}

static void hardware_interrupt(const struct trap_frame *frame, uint32_t irq)
{
	if (irq == IRQ_CLOCK)
		clock_interrupt();
	else
		interrupt_arrived(irq);
	/* The timeslice may be over, or a driver goes before the running
	 * thread. In the kernel threads are not switched. */
	if (from_user_mode(frame))
		thread_preempt();
}

static void user_exception(const struct trap_frame *frame)
{
	uint32_t address = fault_address();

	if (!user_page_fault(frame))
		end_thread(frame, address);
}

void trap(struct trap_frame *frame)
{
	if (frame->vector >= IRQ_BASE)
		hardware_interrupt(frame, frame->vector - IRQ_BASE);
	else if (frame->vector == TRAP_DEVICE_NOT_AVAILABLE &&
		 from_user_mode(frame) &&
		 coprocessor_not_available(current_thread()))
		return;
	else if (from_user_mode(frame) && frame->vector != TRAP_NMI)
		user_exception(frame);
	else if (frame->vector != TRAP_PAGE_FAULT || !kernel_page_fault(frame))
		panic_at(frame, exception_name(frame->vector));
}

void double_fault(void)
{
	struct trap_frame frame = {.vector = TRAP_DOUBLE_FAULT,
	    .eip = tables.tss.eip,
	    .cs = tables.tss.cs,
	    .eflags = tables.tss.eflags,
	    .eax = tables.tss.eax,
	    .ebx = tables.tss.ebx,
	    .ecx = tables.tss.ecx,
	    .edx = tables.tss.edx,
	    .esi = tables.tss.esi,
	    .edi = tables.tss.edi,
	    .ebp = tables.tss.ebp,
	    .esp = tables.tss.esp,
	    .ss = tables.tss.ss};

	panic_at(&frame, "double fault");
}
