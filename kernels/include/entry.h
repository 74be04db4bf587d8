/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where assembly and C meet. IPC entries are in ipc.h.
 */
#ifndef ENTRY_H
#define ENTRY_H

#include <config.h>
#include <cpu.h>

/* boot.S calls, paging on: magic number and information of the boot loader. */
void kernel_main(uint32_t magic, uint32_t info_address);

/* In boot.S: the stack of the processor, and the page below it. */
extern char processor_stack_guard[], processor_stack_top[];

/* traps.S calls. */
void trap(struct trap_frame *frame);
void kernel_service(struct trap_frame *frame);
void double_fault(void) __attribute__((noreturn));

/* In traps.S: for the IDT, in the order of the vectors. */
extern char trap_stubs[], double_fault_entry[], entry_service[];

/* In ipc_entry.S. */
extern char entry_send[], entry_receive[], entry_call[],
    entry_reply_and_receive_next[];

/* In ipc_entry.S: calls ipc_bare_goes_on and returns to the user. */
void bare_goes_on(void);

/* The bounds of the hand-coded path, there. */
extern char ipc_path_start[], ipc_path_end[];

static inline int in_hand_coded_path(uint32_t eip)
{
	return CONFIG_HAND_CODED_PATH && eip >= (uint32_t)ipc_path_start &&
	       eip < (uint32_t)ipc_path_end;
}

/* In traps.S: the same after a flush of the cache. */
extern char invd_entry_send[], invd_entry_call[],
    invd_entry_reply_and_receive_next[];
extern char wbinvd_entry_send[], wbinvd_entry_call[],
    wbinvd_entry_reply_and_receive_next[];

/* In traps.S: pops a struct trap_frame; for the stacks of new threads. */
void return_to_user(void);

/* In switch.S, for kernel_stack.h: push the callee's registers and pop the next
 * thread's; pop the first thread's. */
#if CONFIG_THREAD_KERNEL_STACKS
void switch_stack(uint32_t *save_esp, uint32_t new_esp);
void switch_first(uint32_t new_esp) __attribute__((noreturn));
#else
void switch_stack(uint32_t *save_esp, uint32_t save_top, uint32_t new_esp,
    uint32_t new_save_top);
void switch_first(uint32_t new_esp, uint32_t new_save_top)
    __attribute__((noreturn));
#endif

#endif
