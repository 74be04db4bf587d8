/* SPDX-License-Identifier: BSD-2-Clause */
#include "instruction.h"
#include "cycles.h"

#include <string.h>

#include <Zydis/Zydis.h>

#define ESP_BIT (1 << 4)

static ZydisDecoder decoder32, decoder16;
static bool decoders_ready;

/* One decoded instruction, while its facts are collected. */
struct decoded {
	ZydisDecodedInstruction instruction;
	ZydisDecodedOperand operand[ZYDIS_MAX_OPERAND_COUNT];
};

/* The processor's number of a general register, -1 for others. */
static int register_number(ZydisRegister r)
{
	ZydisRegister whole =
	    ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LEGACY_32, r);

	if (ZydisRegisterGetClass(whole) != ZYDIS_REGCLASS_GPR32)
		return -1;
	return ZydisRegisterGetId(whole);
}

static uint8_t register_bit(ZydisRegister r)
{
	int number = register_number(r);

	return number < 0 ? 0 : (uint8_t)(1 << number);
}

/* BIOS code may be 16-bit: the size tells. */
static bool decode(struct decoded *d, const uint8_t *bytes, size_t size)
{
	if (!decoders_ready) {
		ZydisDecoderInit(&decoder32, ZYDIS_MACHINE_MODE_LEGACY_32,
		    ZYDIS_STACK_WIDTH_32);
		ZydisDecoderInit(&decoder16, ZYDIS_MACHINE_MODE_LEGACY_16,
		    ZYDIS_STACK_WIDTH_16);
		decoders_ready = true;
	}
	return (ZYAN_SUCCESS(ZydisDecoderDecodeFull(
		    &decoder32, bytes, size, &d->instruction, d->operand)) &&
		   d->instruction.length == size) ||
	       (ZYAN_SUCCESS(ZydisDecoderDecodeFull(
		    &decoder16, bytes, size, &d->instruction, d->operand)) &&
		   d->instruction.length == size);
}

static bool is_string(const ZydisDecodedInstruction *z)
{
	return z->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT &&
	       ((z->opcode >= 0xA4 && z->opcode <= 0xA7) ||
		   (z->opcode >= 0xAA && z->opcode <= 0xAF) ||
		   (z->opcode >= 0x6C && z->opcode <= 0x6F));
}

static enum string string_of(const ZydisDecodedInstruction *z)
{
	if (!is_string(z))
		return NO_STRING;
	switch (z->opcode & ~1) {
	case 0xA4: /* movs */
	case 0xAA: /* stos */
	case 0x6C: /* ins */
		return STRING_STORES;
	case 0xA6:
		return STRING_COMPARES;
	default:
		return STRING_LOADS;
	}
}

static bool repeats(const ZydisDecodedInstruction *z)
{
	return is_string(z) &&
	       (z->attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE |
				    ZYDIS_ATTRIB_HAS_REPNE));
}

/* Instruction sets that an i486DX has, the last ones cpuid, too. rdtsc is let
 * through: it is how guests ask for a stamp. */
static bool exists_on_486(const ZydisDecodedInstruction *z)
{
	switch (z->meta.isa_set) {
	case ZYDIS_ISA_SET_I86:
	case ZYDIS_ISA_SET_I186:
	case ZYDIS_ISA_SET_I286PROTECTED:
	case ZYDIS_ISA_SET_I286REAL:
	case ZYDIS_ISA_SET_I386:
	case ZYDIS_ISA_SET_I486:
	case ZYDIS_ISA_SET_I486REAL:
	case ZYDIS_ISA_SET_LAHF:
	case ZYDIS_ISA_SET_X87:
		return true;
	default:
		return z->mnemonic == ZYDIS_MNEMONIC_RDTSC;
	}
}

/* Log2, rounded up. */
static unsigned log2_of(uint64_t value)
{
	unsigned n = 0;

	while (((uint64_t)1 << n) < value)
		n++;
	return n;
}

/* The manual: 10 + max(log2 |m|, 3), 5 instead of 3 for a negative m. */
static unsigned multiply_cycles(int64_t m)
{
	unsigned least = m < 0 ? 5 : 3;
	unsigned bits = log2_of((uint64_t)(m < 0 ? -m : m));

	return 10 + (bits > least ? bits : least);
}

static unsigned enter_cycles(unsigned level)
{
	if (level == 0)
		return 14;
	return level == 1 ? 17 : 17 + 3 * level;
}

static void set_cycles(struct instruction *i, const struct decoded *d)
{
	const ZydisDecodedInstruction *z = &d->instruction;
	bool has_modrm = z->attributes & ZYDIS_ATTRIB_HAS_MODRM;
	bool memory = has_modrm && z->raw.modrm.mod != 3;
	uint8_t modrm = has_modrm
			    ? (uint8_t)(z->raw.modrm.mod << 6 |
					z->raw.modrm.reg << 3 | z->raw.modrm.rm)
			    : 0;
	const struct row *row = cycles_find(z->opcode_map, z->opcode, modrm,
	    memory, z->operand_width == 16, repeats(z));

	i->known = row != NULL;
	if (!row)
		return;
	i->kind = row->kind;
	i->cycles = row->cycles;
	i->other = row->other;
	i->per = row->per;
	i->once = row->once;
	if (row->kind == MULTIPLY) {
		i->kind = PLAIN;
		i->cycles = (uint16_t)multiply_cycles(z->raw.imm[0].value.s);
	} else if (row->kind == ENTER) {
		i->kind = PLAIN;
		i->cycles = (uint16_t)enter_cycles(
		    (unsigned)z->raw.imm[1].value.u & 31);
	}
}

static enum action action_of(const ZydisDecodedInstruction *z)
{
	switch (z->mnemonic) {
	case ZYDIS_MNEMONIC_RDTSC:
		return STAMP;
	case ZYDIS_MNEMONIC_INVD:
	case ZYDIS_MNEMONIC_WBINVD:
		return FLUSH_CACHE;
	case ZYDIS_MNEMONIC_INVLPG:
		return FLUSH_PAGE;
	case ZYDIS_MNEMONIC_LIDT:
		return LOAD_IDT;
	case ZYDIS_MNEMONIC_LGDT:
		return LOAD_GDT;
	case ZYDIS_MNEMONIC_LTR:
		return LOAD_TASK;
	case ZYDIS_MNEMONIC_LMSW:
		return LOAD_CONTROL;
	case ZYDIS_MNEMONIC_MOV:
		if (z->opcode_map == ZYDIS_OPCODE_MAP_0F && z->opcode == 0x22)
			return LOAD_CONTROL;
		return NO_ACTION;
	case ZYDIS_MNEMONIC_IN:
	case ZYDIS_MNEMONIC_INSB:
	case ZYDIS_MNEMONIC_INSW:
	case ZYDIS_MNEMONIC_INSD:
		return BUS_IN;
	case ZYDIS_MNEMONIC_OUT:
	case ZYDIS_MNEMONIC_OUTSB:
	case ZYDIS_MNEMONIC_OUTSW:
	case ZYDIS_MNEMONIC_OUTSD:
		return BUS_OUT;
	default:
		break;
	}
	if (z->attributes & ZYDIS_ATTRIB_HAS_LOCK ||
	    (z->mnemonic == ZYDIS_MNEMONIC_XCHG && z->raw.modrm.mod != 3 &&
		z->attributes & ZYDIS_ATTRIB_HAS_MODRM))
		return LOCKED;
	return NO_ACTION;
}

/* How many accesses QEMU reports where operands do not tell. */
static unsigned system_accesses(const ZydisDecodedInstruction *z)
{
	switch (z->mnemonic) {
	case ZYDIS_MNEMONIC_PUSHA:
	case ZYDIS_MNEMONIC_PUSHAD:
	case ZYDIS_MNEMONIC_POPA:
	case ZYDIS_MNEMONIC_POPAD:
		return 8;
	case ZYDIS_MNEMONIC_INT:
	case ZYDIS_MNEMONIC_INT3:
	case ZYDIS_MNEMONIC_INTO:
		return 0; /* what a gate does is the model's business */
	case ZYDIS_MNEMONIC_LGDT:
	case ZYDIS_MNEMONIC_LIDT:
	case ZYDIS_MNEMONIC_SGDT:
	case ZYDIS_MNEMONIC_SIDT:
	case ZYDIS_MNEMONIC_BOUND:
		return 2;
	case ZYDIS_MNEMONIC_IRET:
	case ZYDIS_MNEMONIC_IRETD:
		return 9; /* 5 pops, 2 descriptors of 2 dwords */
	case ZYDIS_MNEMONIC_RET:
	case ZYDIS_MNEMONIC_CALL:
	case ZYDIS_MNEMONIC_JMP:
		return z->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR ? ANY_NUMBER
								    : 0;
	case ZYDIS_MNEMONIC_LDS:
	case ZYDIS_MNEMONIC_LES:
	case ZYDIS_MNEMONIC_LFS:
	case ZYDIS_MNEMONIC_LGS:
	case ZYDIS_MNEMONIC_LSS:
	case ZYDIS_MNEMONIC_LTR:
	case ZYDIS_MNEMONIC_LLDT:
	case ZYDIS_MNEMONIC_ENTER:
	case ZYDIS_MNEMONIC_FNSAVE:
	case ZYDIS_MNEMONIC_FRSTOR:
	case ZYDIS_MNEMONIC_FNSTENV:
	case ZYDIS_MNEMONIC_FLDENV:
		return ANY_NUMBER;
	default:
		return 0;
	}
}

static bool loads_segment(const struct decoded *d)
{
	const ZydisDecodedOperand *o = &d->operand[0];

	return (d->instruction.mnemonic == ZYDIS_MNEMONIC_MOV ||
		   d->instruction.mnemonic == ZYDIS_MNEMONIC_POP) &&
	       o->type == ZYDIS_OPERAND_TYPE_REGISTER &&
	       ZydisRegisterGetClass(o->reg.value) == ZYDIS_REGCLASS_SEGMENT;
}

static unsigned count_accesses(const struct decoded *d)
{
	unsigned count = system_accesses(&d->instruction), n;

	if (count || d->instruction.mnemonic == ZYDIS_MNEMONIC_INT ||
	    d->instruction.mnemonic == ZYDIS_MNEMONIC_INT3 ||
	    d->instruction.mnemonic == ZYDIS_MNEMONIC_INTO)
		return count;
	for (n = 0; n < d->instruction.operand_count; n++) {
		const ZydisDecodedOperand *o = &d->operand[n];

		if (o->type != ZYDIS_OPERAND_TYPE_MEMORY ||
		    o->mem.type == ZYDIS_MEMOP_TYPE_AGEN)
			continue;
		count += !!(o->actions & ZYDIS_OPERAND_ACTION_MASK_READ);
		count += !!(o->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE);
	}
	return count + (loads_segment(d) ? 3 : 0);
}

/* Push, pop, call and ret change esp in a way that delays nobody. */
static void add_register(struct instruction *i, const ZydisDecodedOperand *o)
{
	uint8_t bit = register_bit(o->reg.value);
	bool hidden = o->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN;
	bool byte = ZydisRegisterGetClass(o->reg.value) == ZYDIS_REGCLASS_GPR8;

	if (o->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) {
		if (!(hidden && bit == ESP_BIT))
			i->writes |= bit;
		if (byte)
			i->byte_writes |= bit;
	}
	if (o->actions & ZYDIS_OPERAND_ACTION_MASK_READ && !byte)
		i->reads |= bit;
}

static void add_memory(struct instruction *i, const ZydisDecodedOperand *o)
{
	i->address |= register_bit(o->mem.base) | register_bit(o->mem.index);
	if (o->visibility != ZYDIS_OPERAND_VISIBILITY_EXPLICIT)
		return;
	i->has_memory_operand =
	    o->mem.type != ZYDIS_MEMOP_TYPE_AGEN || i->action == FLUSH_PAGE;
	i->operand.base = (int8_t)register_number(o->mem.base);
	i->operand.index = (int8_t)register_number(o->mem.index);
	i->operand.scale = o->mem.scale;
	i->operand.displacement = (int32_t)o->mem.disp.value;
	if (o->mem.index != ZYDIS_REGISTER_NONE)
		i->second_decode++;
}

static void set_operands(struct instruction *i, const struct decoded *d)
{
	const ZydisDecodedInstruction *z = &d->instruction;
	unsigned n;

	for (n = 0; n < z->operand_count; n++) {
		const ZydisDecodedOperand *o = &d->operand[n];

		if (o->type == ZYDIS_OPERAND_TYPE_REGISTER)
			add_register(i, o);
		else if (o->type == ZYDIS_OPERAND_TYPE_MEMORY)
			add_memory(i, o);
	}
	if (i->has_memory_operand && z->raw.disp.size && z->raw.imm[0].size)
		i->second_decode++;
	/* The table's cycles of lea with an index include it. */
	if (z->mnemonic == ZYDIS_MNEMONIC_LEA)
		i->has_memory_operand = false;
}

static void set_prefixes(
    struct instruction *i, const ZydisDecodedInstruction *z)
{
	unsigned n;

	for (n = 0; n < z->raw.prefix_count; n++)
		if (z->raw.prefixes[n].value != 0xF2 &&
		    z->raw.prefixes[n].value != 0xF3)
			i->prefixes++;
}

static void set_target(struct instruction *i, const struct decoded *d)
{
	const ZydisDecodedInstruction *z = &d->instruction;

	if (i->kind == BRANCH || i->kind == JUMP)
		i->target = i->pc + i->size + (uint32_t)z->raw.imm[0].value.s;
	if (i->kind == GATE)
		i->vector = z->mnemonic == ZYDIS_MNEMONIC_INT
				? (uint8_t)z->raw.imm[0].value.u
			    : z->mnemonic == ZYDIS_MNEMONIC_INT3 ? 3
								 : 4;
}

void instruction_decode(
    struct instruction *i, uint32_t pc, const uint8_t *bytes, size_t size)
{
	struct decoded d;

	memset(i, 0, sizeof(*i));
	i->pc = pc;
	i->size = (uint8_t)size;
	i->accesses = ANY_NUMBER;
	if (!decode(&d, bytes, size))
		return;
	i->on_486 = exists_on_486(&d.instruction);
	i->action = (uint8_t)action_of(&d.instruction);
	i->string = (uint8_t)string_of(&d.instruction);
	i->loads_segment = loads_segment(&d);
	set_cycles(i, &d);
	set_target(i, &d);
	set_operands(i, &d);
	set_prefixes(i, &d.instruction);
	i->accesses = (uint8_t)count_accesses(&d);
}

unsigned instruction_hazards(const struct instruction *i, const struct past *p)
{
	unsigned cycles = i->second_decode;

	/* A prefix is decoded while the instruction before still executes. */
	if (i->prefixes) {
		unsigned hidden = p->last.cycles ? p->last.cycles - 1u : 0;

		if (i->prefixes > hidden)
			cycles += i->prefixes - hidden;
	}
	/* Address register written by the instruction before (AGI). */
	if (i->address & p->last.writes)
		cycles++;
	/* Byte of a register written, then the whole read. */
	if (i->reads & p->last.byte_writes)
		cycles++;
	/* Byte register written two cycles before an address is formed. */
	if (i->has_memory_operand && p->last.cycles == 1 &&
	    p->before.byte_writes)
		cycles += p->last.byte_writes ? 2 : 1;
	return cycles;
}

void past_add(struct past *past, const struct instruction *i)
{
	past->before = past->last;
	past->last.writes = i->writes;
	past->last.byte_writes = i->byte_writes;
	past->last.cycles = i->cycles ? i->cycles : 1;
}

unsigned repeat_cycles(const struct instruction *i, uint64_t iterations)
{
	if (iterations == 0)
		return i->cycles;
	if (iterations == 1 && i->once)
		return i->once;
	return i->other + i->per * (unsigned)iterations;
}
