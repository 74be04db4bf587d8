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
#include <kernel_stack.h>
#include <memory.h>
#include <panic.h>
#include <ready_queue.h>
#include <rendezvous.h>
#include <senders.h>
#include <space.h>
#include <thread_table.h>
#include <wakeup.h>

#define LARGEST_STORED (PAGE_SIZE / 2)

#define AT_ONCE 16     /* how many are swapped out when memory is short */
#define MANY_LOOKS 256 /* at threads, to find so many */

/* Times of waking, in ms: when those swapped out are brought in, how much
 * ahead others with them, and threads that are better not swapped out. */
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

static bool store_is_full;   /* the last one had no room */
static uint32_t swapped_out; /* how many since the last reclaim began */
static uint32_t ready_swapped EACH_TICK; /* how many ready threads */
static uint64_t next_due = NEVER;	 /* no swapped thread is due before */

/* Thoroughly: all threads are tried until the reserve is full. */
static bool reclaim(bool thoroughly);

static uint32_t frame_for_tcb(void)
{
	uint32_t frame;

	if (tcb_frames < TCB_FRAMES / 2)
		reclaim(true);
	frame = tcb_take_frame();
	if (!frame)
		panic("no frame for a tcb");
	return frame;
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

static struct stored *stored_allocate(uint32_t bytes)
{
	struct stored *s = heap_allocate(bytes);

	/* The last ones are for those that are brought in. */
	if (s || tcb_frames <= 2)
		return s;
	frames_release(frame_for_tcb(), 1);
	return heap_allocate(bytes);
}

bool tcb_swap_out(struct tcb *t)
{
	struct stored *s;
	uint32_t bytes;

	if (t == current_thread() || has_senders(t))
		return false;
	settle(t);
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
	senders_swapped_out(t);
	wakeup_remove(t);
	queue_swapped_out(t);
	s->tcb = *t;
	s->stack_bytes = bytes;
	memcpy(s->stack, (void *)(t->stack_top - bytes), bytes);
	tcb_store[tcb_number(t)] = s;
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
	frame = frames_free ? frames_allocate(1) : frame_for_tcb();
	kernel_map_page((uint32_t)t, frame, PTE_WRITABLE);
	*t = s->tcb;
	memcpy(
	    (void *)(t->stack_top - s->stack_bytes), s->stack, s->stack_bytes);
	if (CONFIG_ASSERTIONS)
		assertions_created(t); /* its unused part was not kept */
	tcb_store[number] = NULL;
	senders_swapped_in(t);
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
 * store is full: until a thread is brought in, and leaves its place there.
 */
static bool enough(bool thoroughly, uint32_t round, uint32_t looks)
{
	if (thoroughly)
		return tcb_frames == TCB_FRAMES;
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

bool tcb_give_frames(uint32_t count)
{
	if (heap_trim()) {
		tcb_refill_frames();
		if (frames_free || count > 1)
			return true;
	}
	return count == 1 && reclaim(false);
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

const struct tcb *tcb_look_at(uint32_t number)
{
	return tcb_store[number] ? &tcb_store[number]->tcb : tcb_at(number);
}

/* What is read where no tcb is: uid 0, which no lookup asks for. */
static char no_tcb[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

bool tcb_page_fault(uint32_t address, bool write)
{
	if (address < TCB_ARRAY ||
	    address >= TCB_ARRAY + MAX_THREADS * PAGE_SIZE)
		return false;
	if (tcb_bring_in((address - TCB_ARRAY) / PAGE_SIZE))
		return true;
	if (write)
		return false;
	kernel_map_page(address, physical(no_tcb), 0);
	return true;
}
