/* SPDX-License-Identifier: BSD-2-Clause */
#include "model.h"
#include "guest.h"
#include "trace.h"

#include <string.h>

#define FIRST_INTERRUPT 32 /* vectors below it are exceptions */
#define BRANCH_SPLIT 3	   /* target instruction crosses a line */
#define MISALIGNED 3	   /* operand crosses a dword boundary */
#define INVLPG_MISS 1	   /* it takes one cycle less */
#define NOT_ACCESSED 11	   /* segment load that sets the descriptor's bit */

/* Instructions with at least so many accesses have them apart in time. */
#define SPREAD 3

#define SEGMENT_SELECTOR_INDEX 0xFFF8

#define NO_LINE 0xFFFFFFFF

uint64_t *model_counter;

static const struct board *board;
static struct counts counts; /* but for the instructions */

/* Instructions started, by whether they were the kernel's; a repeated one
 * counts each time QEMU executes it. */
static uint64_t executions[2];
static int64_t corrections[2]; /* for repeated ones */

/* The block that is being executed, and what is known of its beginning. */
static struct block *current;
static struct past head_past;
static unsigned dynamic_hazards[2]; /* charged for its first two */
static unsigned last_accesses;	    /* made by its last instruction so far */
static const struct block *begun_again; /* its last instruction */
static unsigned spread_accesses;	/* made by an instruction with SPREAD */

/* A repeated string instruction goes through a block for each iteration. */
static struct {
	const struct site *site; /* NULL: none is going on */
	uint32_t pc;
	uint64_t iterations, executions;
	bool half; /* cmps: the first of its two reads has been made */
} repeat;

static uint32_t gdt_base, tss_base;
static uint32_t idt_base, idt_bytes;
static uint32_t idt_version = 1;

static inline uint64_t now(void)
{
	return counts.cycles + (uint32_t)*model_counter;
}

static inline void charge(enum cause cause, uint32_t cycles)
{
	counts.cycles += cycles;
	if (trace_on)
		trace_charge(cause, (int)cycles);
}

static inline void take_back(enum cause cause, uint32_t cycles)
{
	counts.cycles -= cycles;
	if (trace_on)
		trace_charge(cause, -(int)cycles);
}

static NOT_INLINE void charge_stall(const struct stall *s, enum cause cache)
{
	if (!(s->tlb | s->cache | s->write))
		return;
	if (s->tlb) {
		charge(TLB_MISS, s->tlb);
		if (trace_on) {
			trace_line('t', memory_walked[0]);
			trace_line('t', memory_walked[1]);
		}
	}
	if (s->cache)
		charge(cache, s->cache);
	if (s->write)
		charge(WRITE_BUFFER, s->write);
}

static bool is_spread(const struct instruction *i)
{
	return i->accesses >= SPREAD && i->accesses != ANY_NUMBER;
}

/* When the access number done of so many is made by an instruction whose
 * cycles have all been charged. */
static uint64_t spread(uint32_t cycles, unsigned done, unsigned total)
{
	return now() - cycles * (total - 1 - done) / total;
}

/* --- data ------------------------------------------------------------------
 */

static void access_line(uint32_t linear, bool store, uint64_t when)
{
	struct stall stall = {0};
	uint32_t physical = store ? memory_write(linear, when, &stall)
				  : memory_read(linear, when, &stall);

	charge_stall(&stall, DATA_MISS);
	if (trace_on)
		trace_line(store ? 'w' : 'r', physical);
}

static bool is_misaligned(uint32_t linear, unsigned bytes)
{
	return linear % 4 + (bytes < 4 ? bytes : 4) > 4;
}

static void access(uint32_t linear, unsigned bytes, bool store, uint64_t when)
{
	uint32_t end = linear + bytes - 1;

	access_line(linear, store, when);
	if (end / LINE_BYTES != linear / LINE_BYTES)
		access_line(end, store, now());
}

/* --- code ------------------------------------------------------------------
 */

static NOT_INLINE void fetch_line(uint32_t line)
{
	struct stall stall = {0};
	uint32_t physical = memory_fetch(line, now(), &stall);

	charge_stall(&stall, CODE_MISS);
	if (trace_on)
		trace_line('c', physical);
}

static void fetch(uint32_t line)
{
	if (trace_on || !memory_is_usual(line))
		fetch_line(line);
}

static uint32_t first_line(const struct instruction *i)
{
	return i->pc / LINE_BYTES;
}

static uint32_t last_line(const struct instruction *i)
{
	return (i->pc + i->size - 1) / LINE_BYTES;
}

/* Fetches the lines of an instruction but for this one, which is there. */
static void fetch_instruction(const struct instruction *i, uint32_t there)
{
	if (first_line(i) != there)
		fetch(i->pc);
	if (last_line(i) != first_line(i))
		fetch(last_line(i) * LINE_BYTES);
}

static bool crosses_line(const struct instruction *i)
{
	return last_line(i) != first_line(i);
}

/* Where an instruction leads to. */
struct destination {
	uint32_t pc;
	uint8_t cpl;
};

/* --- descriptor tables, gates ----------------------------------------------
 */

/* The linear address where the interrupt's handler begins. */
static bool gate_target(unsigned vector, uint32_t *target)
{
	uint32_t low, high;

	if (vector * 8 + 7 >= idt_bytes ||
	    !guest_read(idt_base + vector * 8, &low) ||
	    !guest_read(idt_base + vector * 8 + 4, &high))
		return false;
	*target = (high & 0xFFFF0000) | (low & 0xFFFF);
	return high & 0x8000;
}

/* Which interrupt has its handler here; -1 if none. */
static int find_vector(uint32_t pc)
{
	uint32_t target;
	unsigned vector;

	for (vector = 0; vector * 8 < idt_bytes; vector++)
		if (gate_target(vector, &target) && target == pc)
			return (int)vector;
	return -1;
}

static int handled_vector(struct block *b)
{
	if (b->idt_version != idt_version) {
		b->vector = (int16_t)find_vector(b->pc);
		b->idt_version = idt_version;
	}
	return b->vector;
}

/* Reads the two fields that lgdt and lidt load. */
static void load_table(uint32_t operand, uint32_t *base, uint32_t *bytes)
{
	uint32_t limit;

	if (guest_read(operand, &limit) && guest_read(operand + 2, base))
		*bytes = (limit & 0xFFFF) + 1;
	idt_version++;
}

static void load_task(uint32_t descriptor)
{
	uint32_t low, high;

	if (guest_read(descriptor, &low) && guest_read(descriptor + 4, &high))
		tss_base =
		    low >> 16 | (high & 0xFF) << 16 | (high & 0xFF000000);
}

static bool has_error_code(int vector)
{
	return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
}

/*
 * What the processor reads and writes while it goes through a gate; QEMU does
 * not report it. The gate's cycles, already charged, include it if all is in
 * the cache.
 */
static void gate_accesses(int vector, bool inner, bool error_code)
{
	uint32_t cycles = inner ? 71 : 44;
	uint32_t esp = guest_register(GUEST_ESP);
	uint32_t cs = guest_register(GUEST_CS) & SEGMENT_SELECTOR_INDEX;
	unsigned pushes = (inner ? 5 : 3) + error_code;
	unsigned total = (inner ? 4 : 2) + pushes, done = 0;
	uint32_t ss;

	access(idt_base + (uint32_t)vector * 8, 8, false,
	    spread(cycles, done++, total));
	access(gdt_base + cs, 8, false, spread(cycles, done++, total));
	if (inner && guest_read(tss_base + 8, &ss)) {
		access(tss_base + 4, 8, false, spread(cycles, done++, total));
		access(gdt_base + (ss & SEGMENT_SELECTOR_INDEX), 8, false,
		    spread(cycles, done++, total));
	}
	while (pushes--)
		access_line(
		    esp + pushes * 4, true, spread(cycles, done++, total));
}

/* Where an interrupted program will go on: what its frame tells. */
static void interrupted_at(bool error_code, struct destination *d)
{
	uint32_t frame = guest_register(GUEST_ESP) + (error_code ? 4 : 0);
	uint32_t cs = 0;

	d->pc = 0;
	guest_read(frame, &d->pc);
	guest_read(frame + 4, &cs);
	d->cpl = (uint8_t)(cs & 3);
}

/* An exception or interrupt has come. */
static void event(int vector, bool inner, unsigned cpl)
{
	bool exception = vector < FIRST_INTERRUPT;

	if (trace_on)
		trace_event((unsigned)vector, cpl);
	charge(ENTRY_EXIT, inner ? 71 : 44);
	if (exception) {
		counts.exceptions++;
	} else {
		counts.interrupts++;
		charge(BUS, board->interrupt_acknowledge);
	}
	gate_accesses(vector, inner, exception && has_error_code(vector));
}

/* --- the end of a block ----------------------------------------------------
 */

/* How control comes to the next block. */
enum arrival {
	SEQUENTIAL, /* straight on */
	BRANCHED,   /* near branch taken */
	FAR,	    /* through a gate */
};

static bool in_kernel(const struct block *b)
{
	return b->cpl == 0;
}

static void end_repeat(bool finished)
{
	uint64_t n = repeat.iterations;

	if (finished && n == 0)
		n = 1;
	corrections[in_kernel(repeat.site->block)] +=
	    (int64_t)(n - repeat.executions);
	repeat.site = NULL;
}

/* It will be executed again: nothing of it shall count. */
static void undo(const struct site *s)
{
	executions[in_kernel(s->block)]--;
	if (s->i.kind == REPEAT) {
		repeat.executions--;
		return;
	}
	take_back(BASE, s->i.cycles);
	take_back(HAZARD, s->hazards);
	if (s->index < 2)
		take_back(HAZARD, dynamic_hazards[s->index]);
}

static uint32_t operand_address(const struct operand_address *o)
{
	uint32_t address = (uint32_t)o->displacement;

	if (o->base >= 0)
		address += guest_register((enum guest_register)o->base);
	if (o->index >= 0)
		address +=
		    guest_register((enum guest_register)o->index) * o->scale;
	return address;
}

static void update_paging(void)
{
	bool on = guest_register(GUEST_CR0) & CR0_PAGING;
	uint32_t control = guest_register(GUEST_CR4);

	/* Entries of 8 bytes: every walk fails, which the stamps tell. */
	if (on && control & CR4_WIDE_ENTRIES)
		model_note("wide-entries", 1);
	memory_set_paging(
	    on, guest_register(GUEST_CR3), control & CR4_LARGE_PAGES);
}

/* What could be done only after the instruction, as registers tell. */
static void act_after(const struct site *s)
{
	if (s->i.action == LOAD_CONTROL)
		update_paging();
	if (s->i.action == FLUSH_PAGE &&
	    !memory_flush_page(operand_address(&s->i.operand)))
		take_back(BASE, INVLPG_MISS);
}

/* Is next where the instruction goes if nothing comes between? */
static bool expected(const struct site *s, const struct block *next)
{
	const struct instruction *i = &s->i;
	uint32_t target;

	switch (i->kind) {
	case BRANCH:
		return next->pc == i->target || next->pc == i->pc + i->size;
	case JUMP:
		return next->pc == i->target;
	case REPEAT:
		return next->pc == i->pc || next->pc == i->pc + i->size;
	case GATE:
		return gate_target(i->vector, &target) && next->pc == target;
	case INDIRECT:
	case RETURN_GATE:
		return false;
	default:
		return next->pc == i->pc + i->size;
	}
}

/* The instruction goes its way: charges what depends on which. */
static NOT_INLINE enum arrival go(
    const struct site *s, const struct destination *to)
{
	const struct instruction *i = &s->i;
	bool same_level = s->block->cpl == to->cpl;

	act_after(s);
	switch (i->kind) {
	case BRANCH:
		if (to->pc == i->pc + i->size)
			return SEQUENTIAL;
		charge(BASE, i->other - i->cycles);
		return BRANCHED;
	case JUMP:
		return BRANCHED;
	case INDIRECT:
		if (same_level || !i->other)
			return BRANCHED;
		take_back(BASE, i->cycles); /* call gate */
		charge(ENTRY_EXIT, i->other);
		return FAR;
	case GATE:
		take_back(BASE, i->cycles);
		charge(ENTRY_EXIT, same_level ? i->cycles : i->other);
		gate_accesses(i->vector, !same_level, false);
		return FAR;
	case RETURN_GATE:
		take_back(BASE, i->cycles);
		charge(ENTRY_EXIT, same_level ? i->cycles : i->other);
		return FAR;
	default:
		return SEQUENTIAL;
	}
}

/* Something came between the instruction and its successor. */
static NOT_INLINE enum arrival interrupted(
    const struct site *s, struct block *next)
{
	int vector = handled_vector(next);
	struct destination back;

	/* QEMU restarts an instruction that has changed its own block. */
	if (next->pc == s->i.pc && next->cpl == s->block->cpl) {
		undo(s);
		return SEQUENTIAL;
	}
	if (vector < 0) {
		counts.unexplained++;
		act_after(s);
		return FAR;
	}
	interrupted_at(
	    vector < FIRST_INTERRUPT && has_error_code(vector), &back);
	if (back.pc == s->i.pc && vector < FIRST_INTERRUPT)
		undo(s);
	else
		go(s, &back);
	if (repeat.site)
		end_repeat(back.pc != repeat.pc);
	event(vector, back.cpl != next->cpl, next->cpl);
	return FAR;
}

/* The block before next has been left after so many instructions. */
static enum arrival leave(unsigned started, struct block *next)
{
	const struct site *last = current->sites + started - 1;
	struct destination to = {next->pc, next->cpl};
	bool free_target =
	    last->i.kind == INDIRECT || last->i.kind == RETURN_GATE;

	/* Most blocks end with a branch, of which nothing else is to be said.
	 */
	if (last->i.kind == BRANCH && next->pc == last->i.target) {
		charge(BASE, last->i.other - last->i.cycles);
		return BRANCHED;
	}
	if (last->i.kind == BRANCH && next->pc == last->i.pc + last->i.size)
		return SEQUENTIAL;
	if (free_target ? handled_vector(next) >= 0 : !expected(last, next))
		return interrupted(last, next);
	if (repeat.site && next->pc != repeat.pc)
		end_repeat(true);
	return go(last, &to);
}

/* What the two instructions executed last mean for the next one. */
static struct past past_of_block(unsigned started)
{
	struct past past = head_past;

	if (started > 1)
		return current->sites[started - 1].past;
	past_add(&past, &current->sites[0].i);
	return past;
}

/* Takes over what the translated code has counted; instructions started. */
static unsigned collect(void)
{
	uint64_t counter = *model_counter;
	unsigned started = (unsigned)(counter >> 32);

	*model_counter = 0;
	counts.cycles += (uint32_t)counter;
	executions[in_kernel(current)] += started;
	return started;
}

/* --- callbacks -------------------------------------------------------------
 */

void model_init(const struct board *b)
{
	board = b;
	memory_init(b);
}

void model_start(void)
{
	*model_counter = 0;
	update_paging();
}

static bool is_special(const struct site *s)
{
	return s->needs_past || is_spread(&s->i) || s->i.action ||
	       s->i.kind == REPEAT || s->i.kind == ASSUMED || !s->i.known ||
	       !s->i.on_486;
}

bool site_needs_call(const struct site *s)
{
	return s->begins_line || is_special(s);
}

void model_prepare(struct block *b)
{
	const struct past nothing = {0};
	struct past past = nothing;
	uint32_t line = NO_LINE;
	unsigned n;

	for (n = 0; n < b->count; n++) {
		struct site *s = b->sites + n;

		s->block = b;
		s->index = (uint16_t)n;
		s->begins_line = n > 0 && last_line(&s->i) != line;
		s->new_line = first_line(&s->i) == line
				  ? last_line(&s->i) * LINE_BYTES
				  : s->i.pc;
		line = last_line(&s->i);
		/* The first one's hazards depend on the block before, the
		 * second one's only by a byte register written there. */
		s->needs_past = n == 1 && s->i.has_memory_operand &&
				b->sites[0].i.cycles == 1;
		if (n > 0 && !s->needs_past)
			s->hazards =
			    (uint16_t)instruction_hazards(&s->i, &past);
		past_add(&past, &s->i);
		s->past = past;
		s->simple_access = n + 1 < b->count && !s->i.action &&
				   !s->i.string && !is_spread(&s->i) &&
				   !s->i.loads_segment;
		s->only_begins_line = s->begins_line && !is_special(s) &&
				      (first_line(&s->i) == last_line(&s->i) ||
					  s->new_line != s->i.pc);
	}
	b->alone_hazards =
	    (uint8_t)instruction_hazards(&b->sites[0].i, &nothing);
	b->idt_version = 0;
}

void model_block(struct block *b)
{
	const struct instruction *first = &b->sites[0].i;
	enum arrival arrival = FAR;
	uint32_t line = NO_LINE; /* that the instruction before was in */

	if (current) {
		unsigned started = collect();

		if (started)
			arrival = leave(started, b);
		if (arrival == SEQUENTIAL) {
			line = last_line(&current->sites[started - 1].i);
			head_past = past_of_block(started);
		}
	}
	current = b;
	last_accesses = 0;
	begun_again = NULL;
	if (repeat.site)
		return; /* one more iteration */
	if (trace_on)
		trace_instruction(b->pc, b->cpl);
	dynamic_hazards[0] = b->alone_hazards;
	dynamic_hazards[1] = 0;
	if (arrival == SEQUENTIAL)
		dynamic_hazards[0] = instruction_hazards(first, &head_past);
	else
		memset(&head_past, 0, sizeof(head_past));
	fetch_instruction(first, line);
	if (arrival == BRANCHED && crosses_line(first))
		charge(HAZARD, BRANCH_SPLIT);
	if (dynamic_hazards[0])
		charge(HAZARD, dynamic_hazards[0]);
}

static void report_once(struct site *s, const char *what)
{
	if (!s->reported)
		model_report(s, what);
	s->reported = true;
}

static void begin_repeat(struct site *s)
{
	if (repeat.site) {
		repeat.executions++;
		return;
	}
	repeat.site = s;
	repeat.pc = s->i.pc;
	repeat.iterations = 0;
	repeat.executions = 1;
	repeat.half = false;
	charge(BASE, s->i.cycles);
	charge(HAZARD, s->hazards);
}

static void act(struct site *s)
{
	switch (s->i.action) {
	case STAMP:
		model_stamp(s->i.pc);
		break;
	case FLUSH_CACHE:
		memory_flush_cache();
		break;
	case BUS_IN:
	case BUS_OUT:
		charge(BUS, memory_drain(now()) + board->io);
		break;
	default:
		break;
	}
	if (s->i.kind == REPEAT)
		begin_repeat(s);
	if (s->i.kind == ASSUMED)
		counts.assumed++;
	if (!s->i.on_486) {
		counts.not_486++;
		report_once(s, s->i.known ? "not-486" : "not-486-unknown");
	}
	if (!s->i.known) {
		counts.unknown++;
		report_once(s, "unknown");
	}
}

void model_site(struct site *s)
{
	if (s->index) {
		if (trace_on)
			trace_instruction(s->i.pc, s->block->cpl);
		if (s->begins_line)
			fetch_instruction(&s->i, last_line(&s[-1].i));
		if (s->needs_past) {
			struct past past = head_past;

			past_add(&past, &s->block->sites[0].i);
			dynamic_hazards[1] = instruction_hazards(&s->i, &past);
			charge(HAZARD, dynamic_hazards[1]);
		}
	}
	spread_accesses = 0;
	act(s);
	if (trace_on && s->i.kind != REPEAT) {
		trace_charge(BASE, s->i.cycles);
		trace_charge(HAZARD, s->hazards);
	}
}

/*
 * Does the access belong to the last instruction of a block, and to the one
 * that is going on? QEMU also reports under its name what a gate does after it.
 * An instruction that is to do I/O, which is the screen's memory too, QEMU may
 * begin again in a block of its own, of which it reports accesses only.
 */
static bool belongs(const struct site *s)
{
	unsigned started = (unsigned)(*model_counter >> 32);
	const struct site *going = current->sites + started - 1;

	if (s != going) {
		if (started == 0 || s->block == current || s->index ||
		    s->i.pc != going->i.pc)
			return false;
		if (begun_again != s->block) {
			begun_again = s->block;
			last_accesses = 0;
			repeat.half = false;
		}
	}
	return last_accesses++ < s->i.accesses;
}

/* Has a repeated instruction completed an iteration by this access? */
static bool completes_iteration(const struct instruction *i, bool store)
{
	switch (i->string) {
	case STRING_STORES:
		return store;
	case STRING_LOADS:
		return !store;
	default:
		repeat.half = !repeat.half;
		return !repeat.half;
	}
}

/* An access at its time; all cycles of its instruction have been charged. */
static void make_access(
    const struct instruction *i, uint32_t address, unsigned bytes, bool store)
{
	uint64_t when = now();

	if (i->action == LOCKED && !store) {
		struct stall stall = {0};

		memory_locked_read(address, when, &stall);
		charge_stall(&stall, BUS);
		return;
	}
	if (is_spread(i) && spread_accesses < i->accesses)
		when = spread(i->cycles, spread_accesses++, i->accesses);
	/* Those with many have their cycles for saving whole states. */
	if (i->accesses != ANY_NUMBER && is_misaligned(address, bytes))
		charge(HAZARD, MISALIGNED);
	access(address, bytes, store, when);
	if (i->loads_segment && store)
		charge(HAZARD, NOT_ACCESSED);
}

/* Instructions that tell where tables are: they read it, or the TSS. */
static void follow_tables(
    const struct instruction *i, uint32_t address, unsigned bytes, bool store)
{
	uint32_t size;

	if (i->action == LOAD_IDT && bytes == 2)
		load_table(address, &idt_base, &idt_bytes);
	if (i->action == LOAD_GDT && bytes == 2)
		load_table(address, &gdt_base, &size);
	if (i->action == LOAD_TASK && !store && (address - gdt_base) % 8 == 0)
		load_task(address);
}

void model_access(struct site *s, uint32_t address, unsigned bytes, bool store)
{
	uint32_t physical, stall;

	if (store && s->simple_access && !trace_on &&
	    address % 4 + bytes <= 4 &&
	    memory_page_is_usual(address, &physical)) {
		stall = memory_buffer_write(physical, now());
		if (stall)
			charge(WRITE_BUFFER, stall);
		if (address - idt_base < idt_bytes)
			idt_version++;
		return;
	}
	if (s->index + 1u == s->block->count && !belongs(s))
		return;
	if (repeat.site && completes_iteration(&s->i, store)) {
		uint64_t n = ++repeat.iterations;

		charge(BASE,
		    repeat_cycles(&s->i, n) - repeat_cycles(&s->i, n - 1));
	}
	make_access(&s->i, address, bytes, store);
	if (s->i.action)
		follow_tables(&s->i, address, bytes, store);
	if (store && address - idt_base < idt_bytes)
		idt_version++;
}

struct counts model_counts(void)
{
	struct counts c = counts;
	unsigned started = (unsigned)(*model_counter >> 32);

	c.cycles += (uint32_t)*model_counter;
	c.executions = executions[0] + executions[1] + started;
	c.instructions =
	    c.executions + (uint64_t)(corrections[0] + corrections[1]);
	c.kernel_instructions = executions[1] + (uint64_t)corrections[1];
	if (current && in_kernel(current))
		c.kernel_instructions += started;
	return c;
}
