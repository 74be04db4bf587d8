/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records about the machine: what was measured is worth nothing without.
 *
 *	machine		vendor, family, model, stepping, features, brand
 *	caches		code_kb, data_kb of the first level, l2_kb, l3_kb;
 *			0: unknown
 *	memory		free_kb; cr0, cr4; whether the cache writes through; acpi
 *	clock		source and kHz of the clock, all readings with their
 *			spread
 *	built		compiler
 *	option		a word of the kernel's command line each
 */
#ifndef RUNTIME_MACHINE_H
#define RUNTIME_MACHINE_H

/* The clock has been found (clock.h). */
void record_machine(const char *command_line);

#endif
