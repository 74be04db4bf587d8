/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reference model of IPC: what docs/kernel.md says, as a program that runs
 * on the host. It knows nothing of the kernel: no threads that run, no queues
 * but the one that is promised, no address spaces but some bytes.
 */
#ifndef IPC_MODEL_H
#define IPC_MODEL_H

#include "../../../bench/fuzz/contents.h"
#include "ports.h"

/* Switches that a program can tell by results. */
struct model_switches {
	bool register_messages; /* 8 bytes need no buffer */
	bool direct_transfer;	/* what nobody receives is not read */
	bool complex_messages;	/* more than one thing in a message */
	bool page_remapping;	/* memory objects move */
	bool notifications;
	bool ports;
	bool rpc_syscalls; /* a call looks up its partner once */
	bool virtual_registers;
};

enum waiting {
	IDLE,
	FOR_RECEIVER,
	FOR_MESSAGE,
	FOR_PAGER,	/* which is silent; partner: whose message it has */
	FOR_END_OF_COPY /* in the middle of which partner waits for its pager */
};

/* What the model knows of a party. */
struct model_party {
	uint32_t thread; /* as ports.h has it */
	/* Its call's partner: its number, or see model.c; and by which port. */
	uint32_t with, by;
	enum waiting waiting;
	uint32_t partner; /* for whom it waits, or NO_PARTY */
	uint32_t since;	  /* FOR_RECEIVER: senders come first in this order */
	uint32_t head[4]; /* of its message, as it was when it began to send */
	bool receives;	  /* FOR_END_OF_COPY */
	uint32_t bits;	  /* of which it has been notified */
	bool finished;
	struct outcome outcome;
};

struct model {
	struct model_switches switches;
	struct generator generator;
	struct model_party parties[PARTIES];
	struct model_ports ports;
	uint32_t threads; /* that have been created, so far */
	uint32_t sends;	  /* that have had to wait, so far */
	/* For those who wonder. */
	uint32_t transfers, faults, cuts, pages, moved, silences, notified,
	    by_port, blocks;
};

void model_start(
    struct model *m, struct model_switches switches, uint32_t seed);

/* Makes a call; who has finished is in the parties. */
void model_call(struct model *m, const struct call *call);

#endif
