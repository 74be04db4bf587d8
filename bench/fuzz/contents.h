/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What parties write into their memory before a call, and read from it
 * afterwards. In the guest and in the model.
 */
#ifndef FUZZ_CONTENTS_H
#define FUZZ_CONTENTS_H

#include "places.h"

#if __STDC_HOSTED__
/* Of the simulated space of the party that is running. */
uint32_t memory_get(uint32_t address);
void memory_put(uint32_t address, uint32_t value);
uint8_t memory_get_byte(uint32_t address);
void memory_put_byte(uint32_t address, uint8_t value);
/* Can it be read, without a pager? */
bool memory_is_readable(uint32_t address);
#else
static inline uint32_t memory_get(uint32_t address)
{
	return *(const uint32_t *)address;
}

static inline void memory_put(uint32_t address, uint32_t value)
{
	*(uint32_t *)address = value;
}

static inline uint8_t memory_get_byte(uint32_t address)
{
	return *(const uint8_t *)address;
}

static inline void memory_put_byte(uint32_t address, uint8_t value)
{
	*(uint8_t *)address = value;
}

bool memory_is_readable(uint32_t address);
#endif

static inline uint32_t contents_word(uint32_t seed, uint32_t n)
{
	uint32_t x = seed + n * 0x9E3779B1u;

	return x ^ x >> 15;
}

/* Fills the variables of a call, and what is to be sent. */
void fill_variables(const struct call *call);

/*
 * What is to move must have come before: pages that the sender reads once its
 * variables are filled. The n-th, or 0.
 */
#define PAGES_TO_TOUCH (PLANNED_OBJECTS * WINDOW_PAGES)
uint32_t page_to_touch(const struct call *call, uint32_t n);

/* The variable in which a call receives. */
static inline const struct variable *receiving(const struct call *call)
{
	return call->one_variable ? &call->send : &call->receive;
}

/* Over a message with such a dope, in that variable. Objects are not touched.
 */
uint32_t sum_message(
    const struct variable *v, uint32_t dope, const uint32_t words[2]);

/* Over what there is in the windows of an arena. */
uint32_t sum_windows(uint32_t arena);

/* The pages that the pagers give, where they have them. */
void fill_pool(void);

#endif
