/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The running thread, and how another one becomes it: thread switching
 * (5.2.4, 5.3.5, 5.5.6).
 */
#ifndef DISPATCH_H
#define DISPATCH_H

#include <tcb.h>

/* What a thread that does not run has on its kernel stack (switch.S). */
struct switch_frame {
	uint32_t edi, esi, ebx, ebp;
	uint32_t eip;
};

/*
 * Makes the idle thread. tidy: what the kernel has put off; called when a
 * thread yields, and when none is ready.
 */
void dispatch_init(void (*tidy)(void));

/* Gives the processor to the first thread and never comes back. */
void dispatch_start(void) __attribute__((noreturn));

/*
 * Lets t begin with a call of function on its kernel stack, below stack_top,
 * when it is switched to for the first time.
 */
void dispatch_prepare(struct tcb *t, void *stack_top, void (*function)(void));

/*
 * Gives the processor to next, which must be ready, and returns when the
 * calling thread is given it back. Knows nothing of queues and states.
 */
void switch_to(struct tcb *next);

/* Gives the processor to the thread that the scheduler picks, for a timeslice.
 */
void schedule(void);

/*
 * The thread that the running one has made ready by its last send, since it got the
 * processor (5.3.5): when the running one waits, it goes on, for the rest of the
 * timeslice. Without DIRECT_SWITCH there is none.
 */
#if CONFIG_DIRECT_SWITCH
extern struct tcb *successor;	   /* NULL: none; may have waited since */
extern struct tcb *bare_successor; /* NULL; or it, by the hand-coded path */
#endif

static inline void successor_keep(struct tcb *t)
{
#if CONFIG_DIRECT_SWITCH
	successor = t;
	bare_successor = NULL;
#else
	(void)t;
#endif
}

static inline void successor_forget(void)
{
	successor_keep(NULL);
}

/* Gives the processor to it, or as schedule does. */
void schedule_successor(void);

/* Lets the other ready threads of the same priority run first, if there is
 * none of higher priority. */
void thread_yield(void);

/*
 * Is a thread of higher priority ready, or the timeslice over? Asked where it
 * costs no short IPC anything: at the end of an interrupt from user mode, so
 * at each clock tick; at the end of a kernel service; when a sender goes on
 * that has made its receiver ready; in the middle of a long copy.
 *
 * A call or reply goes straight to its receiver (5.3.5) and does not ask: the
 * receiver may run for the rest of a clock tick though a third thread is
 * ready with a priority between those of the two.
 */
bool preemption_due(void);

/* Gives way if it is. */
void thread_preempt(void);

/*
 * In the middle of something long: lets pending interrupts in, and gives way
 * if that is due.
 */
void preemption_point(void);

/* Leaves the processor to the idle thread for good. */
void dispatch_idle(void) __attribute__((noreturn));

#endif
