/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tcbs are swapped out to the kernel heap: their used parts only, a tenth of
 * a page. All threads but the running one can be, unless others are queued
 * to send to them; then those can be. So there is always one to be swapped
 * out for one to be brought in, and the few frames in reserve are enough.
 */
#include <swapping.h>
#include <assertions.h>
#include <heap.h>
#include <ipc.h>
#include <kernel_stack.h>
#include <memory.h>
#include <panic.h>
#include <ready_queue.h>
#include <space.h>
#include <thread.h>
#include <wakeup.h>

#define RESERVED_FRAMES 32 /* for those that are brought in */
#define LARGEST_STORED (PAGE_SIZE / 2)

#define AT_ONCE 16     /* how many are swapped out when memory is short */
#define MANY_LOOKS 256 /* at threads, to find so many */

/* Times of waking, in ms: when those swapped out are brought in, how much
 * ahead others with them, and who is better not swapped out. */
#define MARGIN 20
#define AHEAD 250
#define SOON 1000

struct stored {
	uint64_t due; /* when its wait ends by timeout; NEVER */
	uint32_t stack_bytes;
	struct tcb tcb;
	char stack[];
};

#define NEVER UINT64_MAX

struct stored *tcb_store[MAX_THREADS];
uint64_t last_ticket;

static uint32_t reserve[RESERVED_FRAMES], reserved;

static bool store_is_full;	  /* the last one had no room */
static uint32_t swapped_out;	  /* how many since the last reclaim began */
static uint32_t ready_swapped;	  /* how many ready threads are swapped out */
static uint64_t next_due = NEVER; /* no swapped thread is due before */

/* Thoroughly: everybody is tried until the reserve is full. */
static bool reclaim(bool thoroughly);

static uint32_t number_of(const struct tcb *t)
{
	return ((uint32_t)t - TCB_ARRAY) / PAGE_SIZE;
}

bool tcb_reserve_frames(void)
{
	while (reserved < RESERVED_FRAMES) {
		uint32_t before = reserved;
		uint32_t frame = frames_allocate(1);

		/* Those that are swapped out for it fill the reserve, too. */
		if (frame)
			tcb_return_frame(frame);
		else if (reserved == before)
			return false;
	}
	return true;
}

void tcb_refill_reserve(void)
{
	while (reserved < RESERVED_FRAMES && frames_free)
		reserve[reserved++] = frames_allocate(1);
}

void tcb_return_frame(uint32_t frame)
{
	if (reserved < RESERVED_FRAMES)
		reserve[reserved++] = frame;
	else
		frames_release(frame, 1);
}

static uint32_t reserved_frame(void)
{
	if (reserved < RESERVED_FRAMES / 2)
		reclaim(true);
	if (!reserved)
		panic("no frame for a tcb");
	return reserve[--reserved];
}

/* When t, which is present, is to be woken. */
static uint64_t due_of(const struct tcb *t)
{
	uint32_t timeout = waiting_timeout(t);

	if (!t->in_wakeup_list || timeout == TIMEOUT_NEVER ||
	    timeout == TIMEOUT_NONE)
		return NEVER;
	return wakeup_due(t);
}

/* Are there any besides the mark? */
static bool has_senders(struct tcb *t)
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

static struct stored *stored_allocate(uint32_t bytes)
{
	struct stored *s = heap_allocate(bytes);

	/* The last ones are for those that are brought in. */
	if (s || reserved <= 2)
		return s;
	frames_release(reserved_frame(), 1);
	return heap_allocate(bytes);
}

bool tcb_swap_out(struct tcb *t)
{
	struct stored *s;
	uint32_t bytes;

	if (t == current_thread() || has_senders(t))
		return false;
	ipc_settle(t);
	bytes = stack_bytes(t);
	if (sizeof(*s) + bytes > LARGEST_STORED)
		return false;
	s = stored_allocate(sizeof(*s) + bytes);
	store_is_full = !s;
	if (!s)
		return false;
	swapped_out++;
	s->due = due_of(t);
	if (s->due < next_due)
		next_due = s->due;
	if (t->state == THREAD_READY)
		ready_swapped++;
	if (t->state == THREAD_SENDING && t->in_senders)
		leave_senders(t);
	if (t->senders_absent)
		dequeue(t, absent_link);
	wakeup_remove(t);
	queue_swapped_out(t);
	s->tcb = *t;
	s->stack_bytes = bytes;
	memcpy(s->stack, (void *)(t->stack_top - bytes), bytes);
	tcb_store[number_of(t)] = s;
	tcb_return_frame(kernel_unmap_page((uint32_t)t));
	return true;
}

bool tcb_bring_in(uint32_t number)
{
	struct stored *s = tcb_store[number];
	struct tcb *t = tcb_at(number);
	uint32_t frame;

	if (!s)
		return false;
	/* Not at the cost of others, as long as there is a reserve. */
	frame = frames_free ? frames_allocate(1) : reserved_frame();
	kernel_map_page((uint32_t)t, frame, PTE_WRITABLE);
	*t = s->tcb;
	memcpy(
	    (void *)(t->stack_top - s->stack_bytes), s->stack, s->stack_bytes);
	if (CONFIG_ASSERTIONS)
		assertions_created(t); /* its unused part was not kept */
	tcb_store[number] = NULL;
	if (t->senders_absent)
		set_mark(t, NULL, t->absent_from);
	if (s->due != NEVER)
		wakeup_restore(t, s->due);
	if (t->state == THREAD_READY)
		ready_swapped--;
	queue_swapped_in(t);
	heap_release(s, sizeof(*s) + s->stack_bytes);
	return true;
}

void tcb_each_swapped(
    void (*visit)(struct tcb *t), bool (*wanted)(const struct tcb *t))
{
	uint32_t number;

	for (number = 1; number < thread_table_end; number++)
		if (tcb_store[number] && wanted(&tcb_store[number]->tcb)) {
			tcb_bring_in(number);
			visit(tcb_at(number));
		}
}

/*
 * Swaps out the thread with this number if it is present. In the first round
 * only those that wait and have not been used since the last one, then all
 * that wait, then all.
 */
static void swap_out_in_round(uint32_t number, uint32_t round)
{
	struct tcb *t = tcb_at(number);

	if (!thread_table[number].uid || tcb_store[number])
		return;
	if (round == 0 && kernel_page_used((uint32_t)t))
		return;
	if (round < 2 &&
	    (t->state == THREAD_READY || t->state == THREAD_LOCKED ||
		due_of(t) < wakeup_now() + SOON))
		return;
	tcb_swap_out(t);
}

/*
 * When there are hardly any to be found: one, or the next round. When the
 * store is full: until somebody is brought in, whose place it is then.
 */
static bool enough(bool thoroughly, uint32_t round, uint32_t looks)
{
	if (thoroughly)
		return reserved == RESERVED_FRAMES;
	return frames_free >= AT_ONCE || store_is_full ||
	       (looks > MANY_LOOKS && (swapped_out || round < 2));
}

static bool reclaim(bool thoroughly)
{
	static uint32_t hand;
	static bool busy;
	uint32_t round, n;

	/* The store itself wants a frame. */
	if (busy)
		return false;
	busy = true;
	swapped_out = 0;
	store_is_full = false;
	for (round = 0; round < 3; round++)
		for (n = 1;
		     n < thread_table_end && !enough(thoroughly, round, n);
		     n++) {
			hand = hand + 1 < thread_table_end ? hand + 1 : 1;
			swap_out_in_round(hand, round);
		}
	busy = false;
	return frames_free != 0;
}

bool tcb_reclaim(void)
{
	return reclaim(false);
}

bool tcb_bring_ready(void)
{
	static uint32_t hand;

	if (!ready_swapped)
		return false;
	do
		hand = hand + 1 < thread_table_end ? hand + 1 : 1;
	while (!tcb_store[hand] || tcb_store[hand]->tcb.state != THREAD_READY);
	return tcb_bring_in(hand);
}

static void bring_due(uint64_t until)
{
	uint32_t number;

	next_due = NEVER;
	for (number = 1; number < thread_table_end; number++) {
		const struct stored *s = tcb_store[number];

		if (s && s->due <= until)
			tcb_bring_in(number);
		else if (s && s->due < next_due)
			next_due = s->due;
	}
}

void tcb_tick(void)
{
	uint64_t now = wakeup_now();

	tcb_bring_ready();
	if (next_due <= now + MARGIN)
		bring_due(now + AHEAD);
}

/* A thread's tcb, or its copy: for reading. */
static const struct tcb *look_at(uint32_t number)
{
	return tcb_store[number] ? &tcb_store[number]->tcb : tcb_at(number);
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
		t = look_at(number);
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
 * then, whoever had to be swapped out for the others.
 */
static void gather_senders(struct tcb *to)
{
	struct tcb *found[AT_ONCE];
	uint32_t n = find_missing(to, found, AT_ONCE);

	clear_mark(to);
	if (n == AT_ONCE) {
		uint64_t ticket = look_at(number_of(found[n - 1]))->ticket + 1;

		set_mark(to, place_of(to, ticket), ticket);
	}
	while (n--) {
		struct tcb *t = found[n];

		tcb_bring_in(number_of(t));
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
