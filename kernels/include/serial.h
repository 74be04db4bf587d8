/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A serial port as the console: an 8250 or what came after it.
 */
#ifndef SERIAL_H
#define SERIAL_H

#include <stdbool.h>
#include <stdint.h>

#define COM1 0x3F8

/* 8N1, bits a second. False, and nothing is sent from now on, if there is no
 * port or base is 0. */
bool serial_init(uint16_t base, uint32_t speed);
void serial_put(char c);

/* Base of the first serial port on a PCI card, enabled; 0 if there is none. */
uint16_t pci_serial_base(void);

#endif
