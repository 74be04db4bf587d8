/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CYCLES_H
#define CYCLES_H

#include "instruction.h"

/* A row of cycles.csv; the meaning of the numbers depends on the kind. */
struct row {
	uint8_t kind;
	uint16_t cycles, other, per, once;
};

/*
 * The row of an encoding, NULL if there is none. map: 0, or 1 for 0F; modrm:
 * that byte, or 0; memory: it names memory; bits16: the operand size is 16;
 * repeat: with F2 or F3.
 */
const struct row *cycles_find(unsigned map, uint8_t opcode, uint8_t modrm,
    bool memory, bool bits16, bool repeat);

#endif
