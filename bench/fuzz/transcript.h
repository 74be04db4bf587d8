/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What has come of each call: a digest of all, and some of them in words. The
 * same in the guest and in the model, which are then compared.
 */
#ifndef FUZZ_TRANSCRIPT_H
#define FUZZ_TRANSCRIPT_H

#include "calls.h"

struct transcript {
	uint32_t digest;
	uint32_t first, last; /* calls to be put into words; last 0: none */
	uint32_t number;      /* of the call */
};

/* Who has finished is told in the order of their numbers. */
void tell_call(
    struct transcript *t, const struct generator *g, const struct call *call);
void tell_outcome(
    struct transcript *t, uint32_t party, const struct outcome *outcome);

#endif
