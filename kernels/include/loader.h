/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * User programs: ELF32 multiboot modules, each a task with one thread.
 */
#ifndef LOADER_H
#define LOADER_H

#include <multiboot.h>

/*
 * Makes a task of each module; the first is the root task. Their stacks hold
 * a copy of the kernel's command line. Panics if there is no module, one is
 * not a program, or memory is too small.
 */
void load_modules(const struct multiboot_info *info);

#endif
