/* SPDX-License-Identifier: BSD-2-Clause */
#include "registers.h"

#define KEEP_BUSY_TICKS 30 /* 6 timeslices, shared with others */

#define CONTROL 0x037F /* extended precision, no exceptions */
#define CONTROL_ROUNDING 0x0C00
#define CONTROL_DIVIDE_BY_0 0x0004
#define STATUS_TOP 0x3800

/* As fnsave stores them. */
struct registers {
	uint32_t control, status, tags;
	uint32_t last_instruction[4];
	struct {
		uint32_t mantissa[2];
		uint16_t exponent;
	} __attribute__((packed)) data[8];
};

static const struct registers new = {.control = CONTROL, .tags = 0xFFFF};

/* Normal numbers, all valid. */
static struct registers made_up(uint32_t seed)
{
	struct registers r = {.control = CONTROL};
	uint32_t n;

	r.control |= contents_word(seed, 0) & CONTROL_ROUNDING;
	for (n = 0; n < 8; n++) {
		r.data[n].mantissa[0] = contents_word(seed, 2 * n + 1);
		r.data[n].mantissa[1] =
		    contents_word(seed, 2 * n + 2) | 0x80000000;
		r.data[n].exponent = 0x3F00 + (seed + n) % 0x100;
	}
	return r;
}

static void load(const struct registers *r)
{
	asm volatile("frstor %0" : : "m"(*r));
}

/* Leaves them in place. How many of them are others? */
static uint32_t count_differences(const struct registers *expected)
{
	struct registers r;
	uint32_t count, n;

	asm volatile("fnsave %0; frstor %0" : "=m"(r));
	count = (uint16_t)r.control != expected->control;
	count += (uint16_t)r.tags != expected->tags;
	count += (r.status & STATUS_TOP) != 0;
	for (n = 0; n < 8; n++)
		count +=
		    r.data[n].mantissa[0] != expected->data[n].mantissa[0] ||
		    r.data[n].mantissa[1] != expected->data[n].mantissa[1] ||
		    r.data[n].exponent != expected->data[n].exponent;
	return count;
}

/* Once round the register stack, and two registers to and fro. */
static void move_all(void)
{
	uint32_t n;

	for (n = 0; n < 8; n++)
		asm volatile("fxch %st(5); fxch %st(5); fincstp");
}

static uint32_t keep_busy(const struct registers *r)
{
	uint32_t start = clock_ticks(), damage = 0, n;

	load(r);
	do {
		for (n = 0; n < 100; n++) {
			move_all();
			damage += count_differences(r);
		}
	} while (clock_ticks() - start < KEEP_BUSY_TICKS);
	return damage;
}

void coprocessor_divide_by_0(void)
{
	static const float zero;
	uint16_t control = CONTROL & ~CONTROL_DIVIDE_BY_0;

	asm volatile("fninit; fldcw %0; fld1; fdivs %1"
		     :
		     : "m"(control), "m"(zero));
}

uint32_t use_coprocessor(const struct order *o)
{
	struct registers r = made_up(o->seed);

	switch (o->detail) {
	case LOAD_ALL:
		load(&r);
		return 0;
	case CHECK_ALL:
		return count_differences(&r);
	case CHECK_NEW:
		return count_differences(&new);
	case KEEP_BUSY:
		return keep_busy(&r);
	case DIVIDE_BY_0_LATER:
		coprocessor_divide_by_0();
		return 0;
	default:
		asm volatile("fwait");
		return 0;
	}
}
