/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define WAYS 4
#define WRITE_BUFFERS 4

#define NOTHING 0xFFFFFFFF /* no line number, no page number */

#define PTE_PRESENT 1
#define PTE_LARGE 0x80 /* in the directory, if there are large pages */
#define BUS_FIRST 2    /* cycles of the first dword on the fastest bus */

/*
 * A set of four ways with pseudo-LRU bits, in the cache and in the TLB: B0
 * tells which pair was used last, B1 and B2 which of the pair.
 */
struct set {
	uint32_t tag[WAYS]; /* line or page number */
	bool b0, b1, b2;
};

static const struct board *board;
struct memory_counts memory_counts;
uint32_t memory_walked[2];

static struct set cache[CACHE_SETS], tlb[TLB_SETS];
static uint32_t tlb_frame[TLB_SETS][WAYS];
uint32_t memory_last_line[CACHE_SETS];
uint32_t memory_last_page[TLB_SETS];
uint32_t memory_last_frame[TLB_SETS];

static bool paging, large_pages;
static uint32_t directory;

static uint16_t *l2; /* which of the lines that belong there is in each place */
static uint32_t l2_mask; /* number of its lines - 1; 0: there is none */
static unsigned l2_shift;
static uint32_t dram_page;

static uint64_t bus_free; /* when all that is to be done on the bus is done */

/* The last writes; each is buffered until it is done. */
static struct {
	uint64_t done;
	uint32_t cycles; /* on the bus */
	bool hit;
} buffer[WRITE_BUFFERS];
static unsigned oldest;

/* The line fill that is going on, or was the last one. */
static struct {
	uint32_t line;
	uint32_t first_dword;
	uint64_t first_at;    /* when it has come */
	uint32_t first, next; /* cycles of the burst */
} fill;

static void set_use(struct set *s, unsigned way)
{
	s->b0 = way < 2;
	if (way < 2)
		s->b1 = way == 0;
	else
		s->b2 = way == 2;
}

/* The way that has it, now used last; WAYS if none. */
static unsigned set_find(struct set *s, uint32_t tag)
{
	unsigned way;

	for (way = 0; way < WAYS; way++)
		if (s->tag[way] == tag) {
			set_use(s, way);
			break;
		}
	return way;
}

/* An invalid way first, then pseudo-LRU. Returns the way. */
static unsigned set_replace(struct set *s, uint32_t tag)
{
	unsigned way;

	for (way = 0; way < WAYS; way++)
		if (s->tag[way] == NOTHING)
			break;
	if (way == WAYS)
		way = s->b0 ? (s->b2 ? 3 : 2) : (s->b1 ? 1 : 0);
	s->tag[way] = tag;
	set_use(s, way);
	return way;
}

static void sets_clear(struct set *sets, unsigned count, uint32_t *last)
{
	memset(sets, 0, count * sizeof(*sets));
	memset(last, 0xFF, count * sizeof(*last));
	while (count--)
		memset(sets[count].tag, 0xFF, sizeof(sets[count].tag));
}

static void l2_clear(void)
{
	memset(l2, 0xFF, (l2_mask + 1) * sizeof(*l2));
}

void memory_init(const struct board *b)
{
	board = b;
	l2_mask = b->l2_bytes ? b->l2_bytes / LINE_BYTES - 1 : 0;
	for (l2_shift = 0; l2_mask >> l2_shift; l2_shift++)
		;
	free(l2);
	l2 = malloc((l2_mask + 1) * sizeof(*l2));
	l2_clear();
	dram_page = NOTHING;
	bus_free = 0;
	memory_flush_cache();
	memory_set_paging(false, 0, false);
	memset(buffer, 0, sizeof(buffer));
	memset(&memory_counts, 0, sizeof(memory_counts));
}

void memory_set_paging(bool on, uint32_t page_directory, bool large)
{
	paging = on;
	large_pages = large;
	directory = page_directory & ~(PAGE_BYTES - 1u);
	sets_clear(tlb, TLB_SETS, memory_last_page);
}

bool memory_flush_page(uint32_t linear)
{
	uint32_t page = linear / PAGE_BYTES;
	unsigned n = page % TLB_SETS, way;

	memory_last_page[n] = NOTHING;
	for (way = 0; way < WAYS; way++)
		if (tlb[n].tag[way] == page) {
			tlb[n].tag[way] = NOTHING;
			return true;
		}
	return false;
}

void memory_flush_cache(void)
{
	sets_clear(cache, CACHE_SETS, memory_last_line);
	fill.line = NOTHING;
	if (board->invd_flushes_l2)
		l2_clear();
}

/* --- behind the on-chip cache ------------------------------------------- */

static bool l2_has(uint32_t line)
{
	return l2_mask && l2[line & l2_mask] == (uint16_t)(line >> l2_shift);
}

static uint32_t dram_first(uint32_t line)
{
	uint32_t page = line * LINE_BYTES / board->dram_page_bytes;
	bool same = page == dram_page;

	dram_page = page;
	return same ? board->dram_first : board->dram_first_new_page;
}

static uint32_t write_cycles(uint32_t line)
{
	return l2_has(line) ? board->l2_write : board->dram_write;
}

/*
 * Takes the bus for a read of so many cycles; returns when it begins. It may
 * pass the buffered writes that have not begun if all of them were hits, and
 * only once: then they count as misses. Otherwise they go first.
 */
static uint64_t take_bus(uint64_t now, uint32_t cycles)
{
	uint64_t start = bus_free > now ? bus_free : now;
	bool may_pass = true;
	unsigned n;

	for (n = 0; n < WRITE_BUFFERS; n++)
		if (buffer[n].done > now && !buffer[n].hit)
			may_pass = false;
	bus_free = start + cycles;
	if (!may_pass)
		return start;
	for (n = 0; n < WRITE_BUFFERS; n++) {
		uint64_t begins = buffer[n].done - buffer[n].cycles;

		if (begins >= now && begins < start)
			start = begins;
	}
	for (n = 0; n < WRITE_BUFFERS; n++)
		if (buffer[n].done > start) {
			buffer[n].done += cycles;
			buffer[n].hit = false;
		}
	return start;
}

/* Reads a line by a burst that begins with this dword of it: cycles until
 * that one is there. */
static uint32_t read_line(uint32_t physical, uint64_t now)
{
	uint32_t line = physical / LINE_BYTES;
	uint32_t first, next;
	uint64_t start;

	if (l2_has(line)) {
		first = board->l2_first;
		next = board->l2_next;
	} else {
		first = dram_first(line);
		next = board->dram_next;
		if (l2_mask)
			l2[line & l2_mask] = (uint16_t)(line >> l2_shift);
	}
	start = take_bus(now, first + 3 * next);
	fill.line = line;
	fill.first_dword = physical / 4 % 4;
	fill.first_at = start + first;
	fill.first = first;
	fill.next = next;
	set_replace(cache + line % CACHE_SETS, line);
	memory_last_line[line % CACHE_SETS] = NOTHING;
	return (uint32_t)(fill.first_at - now);
}

/* --- on-chip cache and TLB ----------------------------------------------- */

static bool cache_has(uint32_t physical)
{
	uint32_t line = physical / LINE_BYTES;
	unsigned n = line % CACHE_SETS;

	if (memory_last_line[n] == line)
		return true;
	if (set_find(cache + n, line) == WAYS)
		return false;
	memory_last_line[n] = line == fill.line ? NOTHING : line;
	return true;
}

/* A hit may be on a line that is still coming: cycles until the dword is
 * there. The burst's order is that of the 486: 0 4 8 C, 4 0 C 8, and so on. */
static uint32_t wait_for_fill(uint32_t physical, uint64_t now)
{
	uint64_t at;

	if (physical / LINE_BYTES != fill.line)
		return 0;
	if (now >= fill.first_at + 3 * (uint64_t)fill.next)
		fill.line = NOTHING;
	at = fill.first_at +
	     (physical / 4 % 4 ^ fill.first_dword) * (uint64_t)fill.next;
	return at > now ? (uint32_t)(at - now) : 0;
}

/* Cycles to read from the cache, and through it on a miss. */
static uint32_t cache_read(uint32_t physical, uint64_t now, uint64_t *misses)
{
	if (board->perfect)
		return 0;
	if (cache_has(physical))
		return wait_for_fill(physical, now);
	++*misses;
	return read_line(physical, now);
}

/* Is the entry of the directory a large page? Then it becomes that of the small
 * page in it, which is how the TLB holds it: a 486 has no other. */
static bool split_large(uint32_t *entry, uint32_t linear)
{
	if (!large_pages || !(*entry & PTE_LARGE))
		return false;
	*entry = (*entry & 0xFFC00000) |
		 (linear & (0x3FFFFF & ~(PAGE_BYTES - 1u))) | PTE_PRESENT;
	return true;
}

/*
 * Reads both entries through the cache. The documented cycles hold for a bus
 * whose first dword takes 2; a slower one adds the difference for each entry
 * that is not in the cache.
 */
static uint32_t walk(uint32_t linear, uint64_t now, uint32_t *frame)
{
	uint32_t table = directory, index = linear >> 22, entry = 0;
	uint32_t slower = 0;
	uint64_t missed = 0;
	unsigned level;

	++memory_counts.tlb_misses;
	for (level = 0; level < 2; level++) {
		uint64_t before = missed;

		memory_walked[level] = table + index * 4;
		now += cache_read(memory_walked[level], now, &missed);
		if (missed > before)
			slower += fill.first - BUS_FIRST;
		if (!guest_memory_read(memory_walked[level], &entry) ||
		    !(entry & PTE_PRESENT)) {
			++memory_counts.failed_walks;
			entry = linear;
			break;
		}
		if (level == 0 && split_large(&entry, linear))
			break;
		table = entry & ~(PAGE_BYTES - 1u);
		index = linear / PAGE_BYTES % 1024;
	}
	*frame = entry & ~(PAGE_BYTES - 1u);
	memory_counts.table_misses += missed;
	return missed ? board->tlb_miss_far + slower : board->tlb_miss;
}

static uint32_t translate(uint32_t linear, uint64_t now, struct stall *stall)
{
	uint32_t page = linear / PAGE_BYTES;
	unsigned n = page % TLB_SETS, way;

	if (!paging)
		return linear;
	if (memory_last_page[n] != page) {
		way = set_find(tlb + n, page);
		if (way == WAYS) {
			uint32_t frame;

			stall->tlb = walk(linear, now, &frame);
			way = set_replace(tlb + n, page);
			tlb_frame[n][way] = frame;
		}
		memory_last_page[n] = page;
		memory_last_frame[n] = tlb_frame[n][way];
	}
	return memory_last_frame[n] | linear % PAGE_BYTES;
}

uint32_t memory_read(uint32_t linear, uint64_t now, struct stall *stall)
{
	uint32_t physical = translate(linear, now, stall);

	stall->cache =
	    cache_read(physical, now + stall->tlb, &memory_counts.data_misses);
	return physical;
}

uint32_t memory_fetch(uint32_t linear, uint64_t now, struct stall *stall)
{
	uint32_t physical = translate(linear, now, stall);
	uint64_t missed = 0;

	stall->cache = cache_read(physical, now + stall->tlb, &missed);
	if (missed) {
		++memory_counts.code_misses;
		/* The prefetch queue is empty: the rest of the line is waited
		 * for as well. */
		stall->cache += (3 - physical / 4 % 4) * fill.next;
	}
	return physical;
}

uint32_t memory_buffer_write(uint32_t physical, uint64_t now)
{
	uint32_t stall = 0, cycles;
	bool hit;

	if (board->perfect)
		return 0;
	hit = cache_has(physical);
	if (buffer[oldest].done > now) {
		stall = (uint32_t)(buffer[oldest].done - now);
		memory_counts.write_stall_cycles += stall;
		now += stall;
	}
	cycles = write_cycles(physical / LINE_BYTES);
	bus_free = (bus_free > now ? bus_free : now) + cycles;
	buffer[oldest].done = bus_free;
	buffer[oldest].cycles = cycles;
	buffer[oldest].hit = hit;
	oldest = (oldest + 1) % WRITE_BUFFERS;
	return stall;
}

uint32_t memory_write(uint32_t linear, uint64_t now, struct stall *stall)
{
	uint32_t physical = translate(linear, now, stall);

	stall->write = memory_buffer_write(physical, now + stall->tlb);
	return physical;
}

uint32_t memory_drain(uint64_t now)
{
	return bus_free > now ? (uint32_t)(bus_free - now) : 0;
}

uint32_t memory_locked_read(uint32_t linear, uint64_t now, struct stall *stall)
{
	uint32_t physical = translate(linear, now, stall);
	uint32_t line = physical / LINE_BYTES;

	if (board->perfect)
		return physical;
	now += stall->tlb;
	stall->cache = memory_drain(now);
	stall->cache += l2_has(line) ? board->l2_first : dram_first(line);
	bus_free = now + stall->cache;
	return physical;
}

bool memory_translate(uint32_t linear, uint32_t *physical)
{
	uint32_t entry;

	*physical = linear;
	if (!paging)
		return true;
	if (!guest_memory_read(directory + (linear >> 22) * 4, &entry) ||
	    !(entry & PTE_PRESENT))
		return false;
	if (!split_large(&entry, linear) &&
	    (!guest_memory_read((entry & ~(PAGE_BYTES - 1u)) +
				    (linear / PAGE_BYTES % 1024) * 4,
		 &entry) ||
		!(entry & PTE_PRESENT)))
		return false;
	*physical = (entry & ~(PAGE_BYTES - 1u)) | linear % PAGE_BYTES;
	return true;
}
