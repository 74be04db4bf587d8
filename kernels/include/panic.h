/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of the machine when the kernel cannot go on.
 */
#ifndef PANIC_H
#define PANIC_H

#include <cpu.h>

/* Prints the reason, as print does, and stops the machine as failed. */
void panic(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* The same for a trap that the kernel cannot have caused on purpose. */
void panic_at(const struct trap_frame *frame, const char *reason)
    __attribute__((noreturn));

#endif
