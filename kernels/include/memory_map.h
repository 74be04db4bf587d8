/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the boot loader tells about memory, and what it has put there.
 */
#ifndef MEMORY_MAP_H
#define MEMORY_MAP_H

#include <multiboot.h>

/* KB that are free for frames. */
extern uint32_t memory_at_boot;

/*
 * Gives all memory to the frames that neither the kernel, a module nor the
 * machine itself uses. Panics, with the name of the thing, if the loader has
 * put something where the kernel is or cannot reach it.
 */
void memory_init(const struct multiboot_info *info);

#endif
