/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scheduler: it chooses the next thread and switches to it; when no thread
 * is ready, to the idle thread (5.3.4, 5.3.5).
 */
#include <dispatch.h>
#include <assertions.h>
#include <clock.h>
#include <coprocessor.h>
#include <kernel_stack.h>
#include <panic.h>
#include <ready_queue.h>
#include <resources.h>
#include <space.h>
#include <tcb_table.h>
#include <window.h>

#if !CONFIG_THREAD_KERNEL_STACKS
uint32_t running_save_top HOT;
#endif

#if CONFIG_DIRECT_SWITCH
struct tcb *successor HOT, *bare_successor HOT;
#endif

static struct task idle_task;
static struct tcb *idle_thread;
static void (*tidy_up)(void);

void dispatch_prepare(struct tcb *t, void *stack_top, void (*function)(void))
{
	struct switch_frame *frame = (struct switch_frame *)stack_top - 1;

	frame->eip = (uint32_t)function;
	t->esp = stack_pointer(t, frame);
}

/* Runs when no other thread is ready, or one has deleted itself. */
static void idle(void)
{
	for (;;) {
		struct tcb *next;

		tidy_up();
		next = queue_next();
		if (next) {
			timeslice_start(next->timeslice);
			switch_to(next);
		} else {
			asm volatile("sti; hlt; cli" : : : "memory");
		}
	}
}

void dispatch_init(void (*tidy)(void))
{
	uint32_t n;

	tidy_up = tidy;
	tables.message_limit = MESSAGE_LIMIT;
	for (n = 0; n < PRIORITIES; n++)
		queue_init(&ready_queues[n]);
	list_init(&idle_task.mappings);
	list_init(&idle_task.lent);
	idle_task.directory = kernel_directory;
	idle_task.directory_address = physical(kernel_directory);
	idle_thread = tcb_allocate(0);
	if (!idle_thread)
		panic("no memory for the idle thread");
	idle_thread->uid = ~NOBODY; /* nobody's: its number is not 0 */
	idle_thread->state = THREAD_READY;
	idle_thread->task = &idle_task;
	idle_thread->space = idle_task.directory_address;
	idle_thread->timeslice = 1;
	coprocessor_create(idle_thread);
	dispatch_prepare(idle_thread, (void *)idle_thread->stack_top, idle);
}

void dispatch_start(void)
{
	tcb_set_current(idle_thread);
	stack_start(idle_thread);
}

void dispatch_idle(void)
{
	switch_to(idle_thread);
	panic("switched to a dead thread");
}

static void leave_resources(struct tcb *t, const struct tcb *next)
{
	window_leave(t, next);
	coprocessor_leave(t);
}

void switch_to(struct tcb *next)
{
	struct tcb *me = current_thread();

	successor_forget();
	if (next == me)
		return;
	assert_that(
	    next->state == THREAD_READY, "a thread that is to run is ready");
	if (CONFIG_ASSERTIONS)
		assertions_switch(next);
	if ((CONFIG_DIRECT_TRANSFER || CONFIG_LAZY_COPROCESSOR) &&
	    me->resources)
		leave_resources(me, next);
	coprocessor_switch(me, next);
	tcb_set_current(next);
	if (next->space != me->space)
		load_cr3(next->space);
	stack_switch(me, next);
}

void schedule(void)
{
	struct tcb *next = queue_next();

	if (!next)
		next = idle_thread;
	timeslice_start(next->timeslice);
	switch_to(next);
}

void schedule_successor(void)
{
#if CONFIG_DIRECT_SWITCH
	struct tcb *next = bare_successor ? bare_successor : successor;

	if (next && next->state == THREAD_READY)
		switch_to(next);
	else
#endif
		schedule();
}

void thread_yield(void)
{
	tidy_up();
	queue_preempted(current_thread());
	schedule();
}

bool preemption_due(void)
{
	uint32_t priority = current_thread()->priority;
	const struct tcb *next;

	if (timeslice_over())
		return true;
	if (ready_highest <= priority)
		return false;
	next = queue_next();
	return next && next->priority > priority;
}

void thread_preempt(void)
{
	if (preemption_due())
		thread_yield();
}

void preemption_point(void)
{
	interrupt_window();
	thread_preempt();
}
