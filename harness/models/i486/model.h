/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model proper: follows the guest from block to block and charges cycles.
 *
 * QEMU executes blocks of instructions that it has translated. A block is
 * entered at its start, and left at its end or, by a fault, before. Whether a
 * branch was taken, an interrupt came, or an instruction faulted is known only
 * when the next block begins; that is where most of the work is done. The
 * instructions between cost an addition each, made by translated code.
 *
 * No result depends on where QEMU cuts blocks.
 */
#ifndef MODEL_H
#define MODEL_H

#include "instruction.h"
#include "memory.h"

/* Keeps the usual case, before the call, short. */
#define NOT_INLINE __attribute__((noinline))

/* What cycles are charged for. */
enum cause {
	BASE,	    /* the table of cycles */
	ENTRY_EXIT, /* int, iret, exceptions, interrupts */
	TLB_MISS,
	CODE_MISS, /* on-chip cache */
	DATA_MISS,
	WRITE_BUFFER,
	HAZARD, /* docs/model.md: prefixes, address registers, alignment, ... */
	BUS,	/* in, out, locked, interrupt acknowledge */
	CAUSES
};

struct block;

/* An instruction in a block. */
struct site {
	struct instruction i;
	struct block *block;
	uint16_t index;
	uint16_t hazards;      /* known from the block, charged with i.cycles */
	bool begins_line;      /* touches a line that the one before does not */
	bool only_begins_line; /* and nothing else is special */
	bool needs_past;       /* hazards depend on the block before */
	bool reported;	       /* as unknown, or not of a 486 */
	bool simple_access;    /* no more to an access than time */
	uint32_t new_line;     /* address from which on it is fetched */
	struct past past; /* when it has been executed, from the second on */
};

struct block {
	uint32_t pc;
	uint16_t count;
	uint8_t cpl;
	uint32_t idt_version;  /* for which vector holds */
	int16_t vector;	       /* whose handler begins here, or -1 */
	uint8_t alone_hazards; /* of the first one if nothing matters before */
	struct site *sites;
};

struct counts {
	uint64_t cycles;
	uint64_t executions;   /* as icount counts: n + 1 for n repetitions */
	uint64_t instructions; /* n for n repetitions, at least 1 */
	uint64_t kernel_instructions; /* at privilege level 0 */
	uint64_t interrupts, exceptions;
	uint64_t assumed; /* instructions charged at their slowest */
	uint64_t unknown; /* instructions without a row in cycles.csv */
	uint64_t not_486;
	uint64_t unexplained; /* jumps that nothing known has caused */
};

/*
 * Cycles in the low half, instructions started in the high half: what the
 * translated code adds to, for the block that is being executed.
 */
extern uint64_t *model_counter;

void model_init(const struct board *board);

/* Execution of the guest's image begins: from here on everything counts. */
void model_start(void);

/* Fills in what depends on the neighbours in the block. */
void model_prepare(struct block *b);

/* Callbacks: a block begins; an instruction that needs more than an addition
 * begins; an access to memory has been made. */
void model_block(struct block *b);
NOT_INLINE void model_site(struct site *s);
NOT_INLINE void model_access(
    struct site *s, uint32_t address, unsigned bytes, bool store);

/* Most calls of model_site and model_access would do nothing: true for them. */

static inline bool model_site_is_usual(const struct site *s)
{
	return s->only_begins_line && memory_is_usual(s->new_line);
}

static inline bool model_access_is_usual(
    const struct site *s, uint32_t address, unsigned bytes, bool store)
{
	return !store && s->simple_access && address % 4 + bytes <= 4 &&
	       memory_is_usual(address);
}

/* Cycles of an instruction that the translated code adds. */
static inline uint32_t site_cycles(const struct site *s)
{
	return s->i.kind == REPEAT ? 0 : (uint32_t)s->i.cycles + s->hazards;
}

/* Does model_site have to be called for it? */
bool site_needs_call(const struct site *s);

/* Counts up to the instruction that is being executed. */
struct counts model_counts(void);

/* To be supplied: an rdtsc is being executed. */
void model_stamp(uint32_t pc);

/* To be supplied: something for the report at the end, once a site, or once. */
void model_report(const struct site *s, const char *what);
void model_note(const char *what, unsigned value);

#endif
