/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the model knows of an instruction from its bytes alone: cycles from
 * cycles.csv, the registers that matter for hazards, where it may go.
 */
#ifndef INSTRUCTION_H
#define INSTRUCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How an instruction's cycles depend on what happens when it runs. */
enum kind {
	PLAIN,
	BRANCH,	  /* cycles: not taken; other: taken */
	JUMP,	  /* always to its target */
	INDIRECT, /* to wherever: jmp and call by register or memory, ret;
		     other: through a call gate to the inner privilege */
	GATE, /* int: cycles with the same privilege; other: to the inner one */
	RETURN_GATE, /* iret, retf: other: to the outer one */
	REPEAT,	     /* cycles: no iteration; other + per * n for n of them */
	ASSUMED, /* depends on an operand the model cannot see: the slowest */
	/* Only in the table; the immediate makes a PLAIN one of them. */
	MULTIPLY,
	ENTER,
};

/* Things to do when it runs. */
enum action {
	NO_ACTION,
	STAMP,	      /* rdtsc */
	FLUSH_CACHE,  /* invd, wbinvd */
	FLUSH_PAGE,   /* invlpg */
	LOAD_CONTROL, /* mov to cr0, cr3 */
	LOAD_IDT,
	LOAD_GDT,
	LOAD_TASK,
	BUS_IN,
	BUS_OUT,
	LOCKED,
};

#define ANY_NUMBER 255

/* Which access to memory completes an iteration of a string instruction. */
enum string { NO_STRING, STRING_STORES, STRING_LOADS, STRING_COMPARES };

struct operand_address {
	int8_t base, index; /* general register, or -1 */
	uint8_t scale;
	int32_t displacement;
};

struct instruction {
	uint32_t pc;
	uint8_t size;
	uint8_t kind, action, string;
	bool known;  /* has a row in cycles.csv */
	bool on_486; /* exists on the processor */
	uint16_t cycles, other, per;
	uint16_t once;	 /* REPEAT: one iteration */
	uint32_t target; /* BRANCH, JUMP */
	uint8_t vector;	 /* GATE */
	/* Registers as bit masks in the processor's numbering. */
	uint8_t writes;	 /* but for esp, if push, pop, call or ret change it */
	uint8_t address; /* base and index */
	uint8_t reads;	 /* 16 or 32 bits of them */
	uint8_t byte_writes;	 /* 8 bits of them */
	bool has_memory_operand; /* by a ModRM byte */
	uint8_t prefixes;	 /* that cost a cycle */
	uint8_t second_decode; /* index register; displacement and immediate */
	bool loads_segment;    /* mov or pop to a segment register */
	uint8_t accesses;      /* at most so many by QEMU, or ANY_NUMBER */
	struct operand_address operand; /* for invlpg */
};

/* What of the instructions before matters for hazards; zero: nothing does. */
struct past {
	struct {
		uint8_t writes, byte_writes;
		uint16_t cycles; /* 0: there is none */
	} last, before;
};

/* Reads cycles.csv. Returns NULL, or what is wrong with it, and where. */
const char *cycles_load(const char *path);

/* From up to 15 bytes. The size is QEMU's. */
void instruction_decode(
    struct instruction *i, uint32_t pc, const uint8_t *bytes, size_t size);

/* Cycles that it takes longer because of its form and of those before it. */
unsigned instruction_hazards(
    const struct instruction *i, const struct past *past);

/* Now i is the last one. */
void past_add(struct past *past, const struct instruction *i);

/* Cycles of a REPEAT with so many iterations. */
unsigned repeat_cycles(const struct instruction *i, uint64_t iterations);

#endif
