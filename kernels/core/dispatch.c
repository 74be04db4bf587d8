/* SPDX-License-Identifier: BSD-2-Clause */
#include <dispatch.h>
#include <clock.h>
#include <entry.h>
#include <panic.h>
#include <ready_queue.h>
#include <space.h>
#include <swapping.h>
#include <tcb_table.h>
#include <thread.h>
#include <transfer.h>

struct queue ready_queue = QUEUE_EMPTY(ready_queue);
#if !CONFIG_LAZY_SCHEDULING
struct queue waiting_queue = QUEUE_EMPTY(waiting_queue);
#endif

static struct task idle_task;
static struct tcb *idle_thread;

/* What switch_stack pops. */
struct switch_frame {
	uint32_t edi, esi, ebx, ebp;
	uint32_t eip;
};

void dispatch_prepare(struct tcb *t, void *stack_top, void (*function)(void))
{
	struct switch_frame *frame = (struct switch_frame *)stack_top - 1;

	frame->eip = (uint32_t)function;
	t->esp = (uint32_t)frame;
}

/* Runs when nobody else is ready; dead threads come here to be freed. */
static void idle(void)
{
	for (;;) {
		struct tcb *next;

		thread_free_deleted();
		thread_tell_deaths();
		next = queue_next();
		if (!next && tcb_bring_ready())
			next = queue_next();
		if (next) {
			timeslice_start();
			switch_to(next);
		} else {
			asm volatile("sti; hlt; cli" : : : "memory");
		}
	}
}

void dispatch_init(void)
{
	idle_task.directory = kernel_directory;
	idle_task.directory_address = physical(kernel_directory);
	idle_thread = tcb_allocate(0);
	if (!idle_thread)
		panic("no memory for the idle thread");
	idle_thread->uid = ~NOBODY; /* nobody's: its number is not 0 */
	idle_thread->state = THREAD_READY;
	idle_thread->task = &idle_task;
	dispatch_prepare(idle_thread, (void *)idle_thread->stack_top, idle);
}

void dispatch_start(void)
{
	uint32_t boot_stack;

	tcb_set_current(idle_thread);
	switch_stack(&boot_stack, idle_thread->esp);
	panic("switched to the boot stack");
}

void dispatch_idle(void)
{
	switch_to(idle_thread);
	panic("switched to a dead thread");
}

void switch_to(struct tcb *next)
{
	struct tcb *me = current_thread();

	if (next == me)
		return;
	transfer_leave(me, next);
	tss.esp0 = next->stack_top;
	tcb_set_current(next);
	if (next->task != me->task)
		load_cr3(next->task->directory_address);
	switch_stack(&me->esp, next->esp);
}

void schedule(void)
{
	struct tcb *next = queue_next();

	timeslice_start();
	switch_to(next ? next : idle_thread);
}

void thread_yield(void)
{
	thread_tell_deaths();
	tcb_bring_ready();
	queue_preempted(current_thread());
	schedule();
}
