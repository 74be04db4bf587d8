/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hardware interrupts, which become messages to user-level drivers (section 3).
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <tcb.h>

/* A hardware interrupt has come, from another line than the clock's. */
void interrupt_arrived(uint32_t irq);

/* SERVICE_...: from now on it is, or no longer is, me that gets them. */
uint32_t interrupt_attach(struct tcb *me, uint32_t irq);
/* The same, and it sets bits. */
uint32_t interrupt_attach_bits(struct tcb *me, uint32_t irq, uint32_t bits);
uint32_t interrupt_detach(const struct tcb *me, uint32_t irq);

/* A thread is being deleted. */
void interrupt_thread_deleted(const struct tcb *dead);

#endif
