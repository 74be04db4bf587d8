/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message on its way from one party to another: what is read and written,
 * which pagers are asked, and whose mistake ends it.
 */
#ifndef IPC_MODEL_DELIVERY_H
#define IPC_MODEL_DELIVERY_H

#include "model.h"

enum delivery {
	DELIVERED,
	SENDERS_MISTAKE,
	RECEIVERS_MISTAKE,
	/* A pager is silent, and there is nobody whose patience ends. */
	SENDER_WAITS,
	RECEIVER_WAITS,
};

/* One of the two. */
struct side {
	uint32_t space;
	enum pager pager;
	uint32_t patience; /* of its partner */
};

struct parcel {
	struct side from, to;
	const uint32_t *head; /* of the sender's message */
	uint32_t message, buffer;
	uint32_t code;	 /* the sender's, if it is its mistake */
	uint32_t result; /* dope and result code of the receiver */
};

/* By a party itself. False: nobody serves the page fault. */
bool party_touches(
    struct model *m, const struct side *s, uint32_t address, bool write);

/* The head of a message: DELIVERED, if it is there. */
enum delivery fetch_head(
    struct model *m, struct side *side, uint32_t message, uint32_t head[4]);

/* Can there be such a message at all? IPC_OK, or why not. */
uint32_t check_head(
    const struct model *m, uint32_t message, const uint32_t head[4]);

enum delivery deliver(struct model *m, struct parcel *p);

/* Of the first 8 bytes of a message that no thread sends, if they need a buffer. */
enum delivery deliver_words(struct model *m, const struct side *to,
    uint32_t buffer, const uint32_t words[2]);

#endif
