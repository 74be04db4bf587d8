/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Console: a serial port and the screen, both at once. Which port:
 * command_line.h.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdarg.h>
#include <stdbool.h>

struct multiboot_info;

extern bool console_has_serial;

/* info: for the screen; may be NULL. The command line is known. */
void console_init(const struct multiboot_info *info);

/* A form feed clears the screen. */
void console_put(char c);

/* printf with %s, %u, %x (8 digits) and %%. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_arguments(const char *format, va_list arguments)
    __attribute__((format(printf, 1, 0)));

#endif
