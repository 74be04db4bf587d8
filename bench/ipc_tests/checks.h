/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests are written with: checks, and orders for parties.
 */
#ifndef IPC_TESTS_CHECKS_H
#define IPC_TESTS_CHECKS_H

#include "party.h"

/* One line of TAP. Formats as print. */
void check(bool passed, const char *format, ...);

/*
 * For what only a kernel with complex messages can be asked: check(
 * if_complex(CONFIG_COMPLEX_MESSAGES && ...)) is skipped in others. The same
 * with long direct strings, which they do not have.
 */
bool if_complex(bool passed);
bool if_flat(bool passed);

/* check(skip("why"), ...) */
bool skip(const char *why);

/* The two or so ways in which parties can be apart. */
#define HERE 0 /* the tests' own space */
#define THERE 1

uint32_t checks_done(void);
uint32_t checks_failed(void);

/* What SERVICE_MEMORY says when everybody waits. */
struct memory_state {
	uint32_t frames, heap;
};
void memory_in_use(struct memory_state *state);
/* Is it the same as before? Says what it is, if not. */
bool memory_is_back(const struct memory_state *before);

/* Orders, with message variables at fixed places of the area. */
uint32_t next_seed(void);
struct order order_send(uid_t to, uint32_t dope, uint32_t string_bytes);
struct order order_receive(uid_t from, uint32_t dope, uint32_t string_bytes);
struct order order_call(uid_t to);
struct order order_reply(uid_t to);

/* Did it get all that the order says was sent? */
bool received_all(
    const struct report *r, const struct order *sent, uid_t sender);

#endif
