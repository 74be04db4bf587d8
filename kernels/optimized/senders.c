/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Senders that are swapped out are missing in their receiver's queue; some of
 * them are brought in when it comes to the mark that stands for them.
 */
#include <senders.h>
#include <swapping.h>
#include <tcb_table.h>

#define AT_ONCE 16 /* how many are brought in */

uint64_t last_ticket;

bool has_senders(struct tcb *t)
{
	struct tcb *first = queue_first(&t->senders, sender_link);

	if (first == absent_mark(t))
		first = queue_behind(&t->senders, first, sender_link);
	return first;
}

static void set_mark(struct tcb *t, struct tcb *before, uint64_t ticket)
{
	t->senders_absent = true;
	t->absent_from = ticket;
	enqueue_before(&t->senders, before, absent_mark(t), sender_link);
}

static void clear_mark(struct tcb *t)
{
	if (t->senders_absent)
		dequeue(t, absent_link);
	t->senders_absent = false;
}

void senders_forget(struct tcb *t)
{
	clear_mark(t);
}

/* A receiver has senders in its queue, so it is present. */
static void leave_senders(struct tcb *t)
{
	struct tcb *to = t->partner;

	if (!to->senders_absent || t->ticket < to->absent_from) {
		clear_mark(to);
		set_mark(to, t, t->ticket);
	}
	sender_leaves(t);
}

void senders_swapped_out(struct tcb *t)
{
	if (t->state == THREAD_SENDING && t->in_senders)
		leave_senders(t);
	if (t->senders_absent)
		dequeue(t, absent_link);
}

void senders_swapped_in(struct tcb *t)
{
	if (t->senders_absent)
		set_mark(t, NULL, t->absent_from);
}

/* Those with the lowest tickets, in their order; how many there are. */
static uint32_t find_missing(
    const struct tcb *to, struct tcb *found[], uint32_t most)
{
	uint64_t tickets[AT_ONCE];
	uint32_t number, count = 0, n;

	for (number = 1; number < thread_table_end; number++) {
		const struct tcb *t;

		if (!thread_table[number].uid)
			continue;
		t = tcb_look_at(number);
		if (t->state != THREAD_SENDING || t->partner != to ||
		    t->in_senders)
			continue;
		if (count < most)
			count++;
		else if (tickets[count - 1] < t->ticket)
			continue;
		for (n = count - 1; n && tickets[n - 1] > t->ticket; n--) {
			tickets[n] = tickets[n - 1];
			found[n] = found[n - 1];
		}
		tickets[n] = t->ticket;
		found[n] = tcb_at(number);
	}
	return count;
}

/* The first in the queue with a higher ticket; NULL if there is none. */
static struct tcb *place_of(struct tcb *to, uint64_t ticket)
{
	struct tcb *t = queue_first(&to->senders, sender_link);

	while (t && (t == absent_mark(to) || t->ticket < ticket))
		t = queue_behind(&to->senders, t, sender_link);
	return t;
}

/*
 * Brings some of the missing senders in, the first one last: it is present
 * then, whichever had to be swapped out for the others.
 */
static void gather_senders(struct tcb *to)
{
	struct tcb *found[AT_ONCE];
	uint32_t n = find_missing(to, found, AT_ONCE);

	clear_mark(to);
	if (n == AT_ONCE) {
		uint64_t ticket =
		    tcb_look_at(tcb_number(found[n - 1]))->ticket + 1;

		set_mark(to, place_of(to, ticket), ticket);
	}
	while (n--) {
		struct tcb *t = found[n];

		tcb_bring_in(tcb_number(t));
		t->in_senders = true;
		enqueue_before(
		    &to->senders, place_of(to, t->ticket), t, sender_link);
	}
}

struct tcb *find_first_sender(struct tcb *t)
{
	struct tcb *sender;

	do {
		gather_senders(t);
		sender = queue_first(&t->senders, sender_link);
	} while (t->senders_absent && sender == absent_mark(t));
	return sender;
}
