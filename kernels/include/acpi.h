/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ACPI's fixed table (FADT) tells, where a BIOS has left its address; UEFI
 * tells it to no kernel that is loaded by Multiboot 1.
 */
#ifndef ACPI_H
#define ACPI_H

#include <stdbool.h>
#include <stdint.h>

struct acpi {
	bool there;	     /* tables have been found */
	uint16_t timer_port; /* of the timer of 3.579545 MHz; 0: none */
	bool timer_32_bits;  /* or 24 */
	uint16_t reset_port; /* 0: none, or no I/O port */
	uint8_t reset_value;
};

extern struct acpi acpi;

void acpi_find(void);

#endif
