/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads: creation and deletion.
 */
#ifndef THREAD_H
#define THREAD_H

#include <tcb.h>

/* The first module's task and its first thread. */
extern struct task *root_task;
extern uid_t root_thread;

/*
 * A new thread of the task, ready to run in user mode from eip with stack
 * esp. Its other registers can be set in its user_frame; it has no pager yet.
 * NULL if there is no memory or no free thread number.
 */
struct tcb *thread_create(
    struct task *task, uid_t chief, uint32_t eip, uint32_t esp);

/*
 * Ends a thread: others that wait for it get IPC_NO_PARTNER, soon. Does not
 * return if it is the running one. The task goes with its last thread.
 */
void thread_delete(struct tcb *t);

/* Ends all threads of a task; does not return if it is the running one's. */
void task_delete(struct task *task);

/* Wakes the threads that still wait for deleted ones. */
void thread_tell_deaths(void);

/* Are there any left to be told of? */
bool thread_deaths_untold(void);

/*
 * What was put off: gives back the memory of a thread that has deleted itself,
 * tells deaths, and brings in a thread that is ready.
 */
void thread_tidy(void);

#endif
