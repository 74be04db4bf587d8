/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parties: threads that do one IPC operation at a time, as they are told.
 *
 * The tests run in the root task's first thread. It makes parties, in its own
 * address space (0) or in that of another module (1, 2, ...), tells each what
 * to do and asks afterwards how it went. All modules run this same program,
 * so an address means the same variable in each space.
 */
#ifndef IPC_TESTS_PARTY_H
#define IPC_TESTS_PARTY_H

#include "../runtime/runtime.h"

#define SPACES 4
#define MADE_SPACES 2 /* besides these, of tasks that the tests make */
#define ALL_SPACES (SPACES + MADE_SPACES)

enum operation {
	SEND,
	RECEIVE,
	CALL,
	REPLY_AND_RECEIVE_NEXT,
	ATTACH,	       /* to interrupt */
	DETACH,	       /* from interrupt */
	SPIN,	       /* for ever, without system calls */
	READ,	       /* the dword at detail; reports it as the first word */
	WRITE,	       /* seed to the dword at detail */
	UNMAP,	       /* a page at detail */
	UNMAP_NOTHING, /* 0 bytes */
	CHANGE,	       /* for ever the words from detail on, and back */
	PAGER,	       /* sets partner as its pager */
	DELETE,	       /* partner; with its task if detail is not 0 */
	CREATE,	       /* a task that waits for ever; reports it as from */
	CREATE_ALL,    /* such tasks as can be; words: how many */
	DELETE_ALL,    /* of them; words: how many could not be */
	HOSTILE,       /* see hostile.c */
	ASK_KERNEL,    /* service detail, with seed and send_timeout */
	SCHEDULE,
	USE_COPROCESSOR, /* see registers.c */
	SPAWN,		 /* for the modules' first threads: a new party */
};

/* How much of a variable is made up before the call; less if it is bad. */
enum made_up { ALL, ALL_BUT_STRING, HEAD, NOTHING };

/* A message variable and its string, for one direction. */
struct variable {
	uint32_t address; /* of the struct message */
	uint32_t dope;	  /* to send: how much; to receive: how much fits */
	uint32_t string;  /* address of the first; the others lie behind it */
	uint32_t length;  /* of each string, or of the room for it */
	uint32_t object;  /* address of the first, | MEMORY_WRITABLE */
	uint32_t object_bytes; /* of each */
	enum made_up made_up;
	bool flat; /* no strings: the dope is the kernel's own, abi.h */
};

struct order {
	enum operation operation;
	uid_t partner;
	uint32_t send_timeout, receive_timeout;
	uint32_t seed; /* of the contents to send */
	/* HOSTILE, USE_COPROCESSOR: what; SPAWN: party's number; ATTACH,
	 * DETACH: irq; SCHEDULE: priority, and the timeslice is in send_timeout
	 */
	uint32_t detail;
	bool raw;	/* bad on purpose: straight to the kernel */
	uint32_t block; /* address of the parameters, to be taken as it is */
	struct variable send, receive;
};

struct report {
	uint32_t result; /* dope and result code */
	uid_t from;
	uint32_t words[2];
	uint32_t sum; /* of all contents received */
};

/* Memory for messages in each space, larger than the longest string. */
#define AREA_BYTES ((4u << 20) + (256u << 10))
extern uint8_t area[AREA_BYTES];

/* A read-only variable. */
extern const struct message *const read_only;

/* Carries out an order in the calling thread: a party, with its own flat
 * message, or the tests' thread. */
struct report perform_with(
    const struct order *order, struct flat_message *flat);
struct report perform(const struct order *order);

/* What the words and the sum of a message with this seed should be. */
uint32_t contents_word(uint32_t seed, uint32_t n);
/* string_bytes: of all strings together. */
uint32_t contents_sum(uint32_t seed, uint32_t dwords, uint32_t string_bytes);

/* Makes the spaces' first threads known. Before all that follow. */
void find_spaces(void);

/* A new party, waiting for its first order. */
uid_t party_create(uint32_t space);
/* The last page of its stack. */
uint32_t party_stack(uint32_t space, uid_t party);
/* The end of one, which may have ended already, or of all. */
void party_delete(uid_t party);
void parties_delete(void);

/* Tells the party to do something; it may take long. */
void tell(uid_t party, const struct order *order);
/* Waits until it is done. */
struct report ask(uid_t party);
/* Both. */
struct report tell_and_ask(uid_t party, const struct order *order);
/* Has it been done? Does not wait. */
bool is_done(uid_t party, struct report *report);
/* Lets everybody run until they wait. */
void settle(void);

/* A task for one of the made spaces. The end of it, and of its parties. */
void space_create(uint32_t space);
uint32_t space_delete(uint32_t space);
uid_t first_thread(uint32_t space);

/* The first thread of the other modules, and of the made tasks. */
void spawner(uid_t root, bool is_module) __attribute__((noreturn));

#endif
