/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of the machine, good or bad.
 */
#ifndef PANIC_H
#define PANIC_H

#include <cpu.h>
#include <stdbool.h>

/* Ends QEMU with status 33 (success) or 35; a real machine halts. */
void machine_stop(bool success) __attribute__((noreturn));

/* Prints the reason, as print does, and stops the machine as failed. */
void panic(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* The same for a trap that the kernel cannot have caused on purpose. */
void panic_at(const struct trap_frame *frame, const char *reason)
    __attribute__((noreturn));

#endif
