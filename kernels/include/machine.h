/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine around the processor: what it has, how it ends.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <cpu.h>
#include <stdbool.h>

/* Physical memory from address on that PHYSICAL_MAP does not show, or does, not
 * cached; NULL if there is no room. For good. */
void *reach(uint32_t address, uint32_t bytes);

/* What is to be done at the end, by the command line. */
void machine_init(void);

/* Says so if no clock tick can come; each has to be waited for. */
void machine_check_clock(void);

/*
 * The end, as the command line says (command_line.h): QEMU's exit with status
 * 33 (success) or 35, a reset, or a halt. A machine that cannot be reset halts.
 */
void machine_stop(bool success) __attribute__((noreturn));

/* By PIT channel 0, or, if that stands still, at least as long as so many slow
 * I/O accesses take. */
void machine_wait(uint32_t ms);

/* The services about the machine, SERVICE_MACHINE and on; others are
 * SERVICE_UNKNOWN. */
uint32_t machine_service(
    uint32_t service, struct trap_frame *frame, bool is_root);

/* The watchdog, if the command line wants one; a line that is written calms it.
 */
void machine_start_watchdog(void);
void watchdog_calm(void);

#endif
