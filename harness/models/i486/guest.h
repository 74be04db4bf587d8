/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking into the guest: registers and memory. Registers are up to date only
 * when a block of instructions begins.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stdint.h>

enum guest_register {
	GUEST_EAX = 0, /* and the other seven, in the processor's order */
	GUEST_ESP = 4,
	GUEST_CS = 10,
	GUEST_CR0 = 19,
	GUEST_CR3 = 21,
	GUEST_CR4 = 22,
};

#define CR0_PAGING 0x80000000
#define CR4_LARGE_PAGES 0x10 /* later than the 486, as is CR4 */
#define CR4_WIDE_ENTRIES 0x20

/* Finds what is needed of QEMU: NULL, or what this QEMU lacks. */
const char *guest_init(void);

/* NULL if the processor is a 486, or else QEMU's name for its type. */
const char *guest_foreign_cpu(void);

uint32_t guest_register(enum guest_register number);

/* Where guest memory is for us: the address of its first byte, and its size. */
void guest_memory_set(const void *start, uint64_t bytes);

/* Reads a dword at a linear address; false if nothing is mapped there. */
bool guest_read(uint32_t linear, uint32_t *value);

#endif
