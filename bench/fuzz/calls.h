/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of the fuzzer: which they are, and how they are made from a seed.
 *
 * The same code runs in the guest, where the calls are made, and on the host,
 * where the reference model says what they ought to do (harness/models/ipc).
 * Nothing here depends on the kernel: the next call follows from the seed and
 * from which parties have finished their last one.
 */
#ifndef FUZZ_CALLS_H
#define FUZZ_CALLS_H

#include <abi.h>

#define PARTIES 12
#define ARENAS PARTIES
#define SPACES 4

enum operation {
	/* By a party. */
	SEND,
	RECEIVE,
	CALL,
	REPLY_AND_RECEIVE_NEXT,
	DELETE_THREAD, /* the partner */
	SERVICE,       /* detail: which; its result code */
	UNMAP,	       /* pages of its space, see send.objects[0] */
	PEEK,	       /* at the windows of the arena that is the detail */
	POKE,	       /* writes where it can read; ends it if it may not */
	NOTIFY,	       /* the partner, of the bits that are the detail */
	CREATE_PORT,   /* detail: the link to answer by */
	ASSIGN_PORT,   /* the detail, to the partner */
	LINK_PORT,     /* detail: the index; seed: the port */
	/* By the root thread. */
	CREATE_PARTY, /* in the space that is the detail, arena the partner */
	DELETE_PARTY,
	SCHEDULE_PARTY, /* which changes nothing but who runs first */
	SWAP_PARTIES,	/* out: a set of them, which changes nothing at all */
	/*
	 * By threads made for it: one call with all registers from the seed,
	 * in the space that is the detail; or a brawl, see party.h. Whatever
	 * comes of it, the parties must not notice.
	 */
	RAW_CALL,
	OPERATIONS,
	BRAWL = OPERATIONS /* what spawners are asked for then */
};

/* Whom a uid names. */
enum whom {
	PARTY,	    /* the partner */
	FORMERLY,   /* who was the partner before it was deleted */
	FORGED,	    /* the partner, but for a bit */
	SILENT,	    /* a thread that never calls anybody here */
	NOT_ANY,    /* NOBODY */
	IMPOSSIBLE, /* a uid that was never given out */
	BITS,	    /* NOTIFICATION */
	LINK,	    /* PORT(link), perhaps the partner */
};

/*
 * Where a variable or string lies, in the space of its party. Offsets are
 * counted from there.
 */
enum place {
	OWN,	       /* memory that is the party's alone */
	PAGED,	       /* the same, if its pager supplies it */
	OBJECT,	       /* its windows, where memory objects appear */
	BIG,	       /* the same for long strings; one party's at a time */
	EDGE,	       /* the end of the stack; one party's at a time */
	CONSTANT,      /* readable, not writable */
	NULL_PAGE,     /* 0 */
	NOT_MAPPED,    /* nothing, in the middle of user space */
	END_OF_USER,   /* nothing, and behind it the kernel */
	IN_TCBS,       /* where tcbs may be */
	IN_KERNEL,     /* physical memory */
	IN_WINDOW,     /* the communication window */
	END_OF_MEMORY, /* the last bytes there are */
	PLACES,
	BLOCK = PLACES, /* of virtual registers, see places.h */
	ALL_PLACES
};

/* Who answers the party's page faults during a call. */
enum pager {
	NO_PAGER,
	GIVES_PAGE,
	GIVES_READ_ONLY,
	GIVES_MUCH, /* all the pages behind, too */
	REFUSES,
	IS_SILENT,
	PAGERS
};

/* Where something is to be sent from, or received into. */
struct planned {
	enum place place;
	uint32_t address, bytes;
};

#define PLANNED_STRINGS 4
#define PLANNED_OBJECTS 2

/*
 * A message variable, with its strings and memory objects. Of many only the
 * first ones are planned; the others follow from their number.
 */
struct variable {
	enum place place;
	uint32_t arena;
	uint32_t address, room; /* of the variable: bytes that can be filled */
	uint32_t size, dope;
	struct planned strings[PLANNED_STRINGS]; /* to send */
	struct planned buffers[PLANNED_STRINGS]; /* to receive into */
	struct planned objects[PLANNED_OBJECTS]; /* address | MEMORY_... */
	struct planned windows[PLANNED_OBJECTS];
};

struct planned nth_string(const struct variable *v, uint32_t n);
struct planned nth_buffer(const struct variable *v, uint32_t n);
struct planned nth_object(const struct variable *v, uint32_t n);
struct planned nth_window(const struct variable *v, uint32_t n);

struct call {
	enum operation operation;
	uint32_t party;
	enum whom whom;
	uint32_t partner;
	uint32_t link; /* an index, if the partner is a LINK */
	uint32_t send_timeout, receive_timeout;
	uint32_t seed;	       /* of the contents to send */
	uint32_t detail;       /* see operation */
	uint32_t one_variable; /* send is used for receiving, too */
	uint32_t exclusive;    /* EXCLUSIVE_... in use */
	enum pager pager;
	struct variable send, receive;
};

/* Places that only one party at a time has, in its space or at all. */
#define EXCLUSIVE_BIG 1
#define EXCLUSIVE_EDGE 2
#define EXCLUSIVE_OBJECT 4

/* How a call ended. */
struct outcome {
	uint32_t result; /* EAX: dope and result code */
	uint32_t from;	 /* a party, NO_PARTY, or BY_LINK + index */
	uint32_t words[2];
	uint32_t sum; /* of all that was received */
};

#define NO_PARTY 0xFF
#define BY_LINK 0x80

/* What is known of the parties, in the guest and in the model. */
struct party_state {
	bool exists, busy;
	uint32_t space;
	uint32_t arena;	     /* its memory; nobody else's in its space */
	struct call call;    /* its last */
	uint32_t answers_by; /* BY_LINK + of its last message, or 0 */
};

/* Links and ports that most calls are about; port 0 is none. */
#define FEW_LINKS 4
#define FEW_PORTS 12

struct known_port {
	bool exists;
	uint32_t space;
	uint32_t receiver; /* a party, or NO_PARTY */
};

struct generator {
	uint32_t random;
	uint32_t number; /* of calls made */
	struct party_state parties[PARTIES];
	/* What has come of services for ports: of ports, and of the links from
	 * PORT_REPLIES on the port. */
	struct known_port ports[1 + FEW_PORTS];
	uint32_t links[SPACES][FEW_LINKS];
};

void generator_start(struct generator *g, uint32_t seed);
void next_call(struct generator *g, struct call *call);
/* The party has finished its call. */
void call_finished(
    struct generator *g, uint32_t party, const struct outcome *outcome);

static inline bool is_ipc(enum operation operation)
{
	return operation <= REPLY_AND_RECEIVE_NEXT;
}

/* A wait that ends by itself, during which nobody comes. */
static inline bool is_short_wait(uint32_t timeout)
{
	return timeout != TIMEOUT_NONE && timeout < 1000;
}

/* xorshift */
static inline uint32_t random_word(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif
