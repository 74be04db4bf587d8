/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Console: COM1 (115200 8N1) and the VGA text screen, both at once.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdarg.h>

void console_init(void);
void console_put(char c);

/* printf with %s, %u, %x (8 digits) and %%. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_arguments(const char *format, va_list arguments)
    __attribute__((format(printf, 1, 0)));

#endif
