/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parties in the guest: threads that make one call at a time, as they are
 * told by the root thread, and report what has come of it.
 */
#ifndef FUZZ_PARTY_H
#define FUZZ_PARTY_H

#include "../runtime/runtime.h"
#include "calls.h"

struct order {
	uid_t partner;
	uid_t pager;
	struct call call;
};

struct report {
	uid_t from;
	struct outcome outcome;
	uint32_t damaged; /* an address where somebody wrote who may not */
};

#define DWORDS_OF(type) ((sizeof(type) - 8 + 3) / 4)

/* Messages that carry them. */
union order_message {
	MESSAGE_VARIABLE(DWORDS_OF(struct order), 0) message;
	struct {
		uint32_t size, dope;
		struct order order;
	};
};

union report_message {
	MESSAGE_VARIABLE(DWORDS_OF(struct report), 0) message;
	struct {
		uint32_t size, dope;
		struct report report;
	};
};

/*
 * Threads that send, receive and call one another at random, as fast as they
 * can, and meanwhile change each other's messages, until they are deleted in
 * the middle of it. Only what they do to others is of interest.
 */
#define BRAWLERS 4

struct brawl {
	uid_t uids[BRAWLERS];
	uint32_t seed;
};

union brawl_message {
	MESSAGE_VARIABLE(DWORDS_OF(struct brawl), 0) message;
	struct {
		uint32_t size, dope;
		struct brawl brawl;
	};
};

/* In each space, before all else: tells places.h where things are. */
void find_places(uint32_t space);

/* Nothing is in the zone of the own space any more. */
void unmap_zone(void);

/* Starts the party in the own space. */
uid_t start_party(uint32_t party, uid_t root);
/* A thread that makes one call with all registers from the seed. */
uid_t start_raw(uint32_t seed);
/* Waits for the root thread's brawl message. */
uid_t start_brawler(uint32_t number, uid_t root);

/* The same in a new task, whose memory and program a pager supplies. */
uid_t start_child(uint32_t number, uid_t pager);
bool is_brawlers_memory(uint32_t address);

/* First thread of the other modules: starts parties there. */
void spawner(uid_t root) __attribute__((noreturn));

#endif
