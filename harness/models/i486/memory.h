/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of a 486 board as far as it costs time: TLB, on-chip cache,
 * write buffers, bus, external cache, DRAM. Contents are QEMU's business; here
 * are only tags. All times are cycles of the processor (bus and processor of
 * a DX run at the same clock). docs/model.md has the sources.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#define LINE_BYTES 16
#define PAGE_BYTES 4096

/* A board profile; boards/ has them. A burst reads a line: first, 3 x next. */
struct board {
	uint32_t perfect;  /* 1: every read hits, nothing waits for the bus */
	uint32_t tlb_miss; /* page-table entries in the on-chip cache */
	uint32_t tlb_miss_far; /* one or both are not */
	uint32_t l2_bytes;     /* 0: no external cache */
	uint32_t l2_first, l2_next, l2_write;
	uint32_t dram_first, dram_first_new_page, dram_next, dram_write;
	uint32_t dram_page_bytes;
	uint32_t invd_flushes_l2;
	uint32_t io; /* one bus cycle of in or out */
	uint32_t
	    interrupt_acknowledge; /* both bus cycles and what is between */
};

/* Why an access takes longer than the instruction's cycles. */
struct stall {
	uint32_t tlb;	/* page walk */
	uint32_t cache; /* read miss, or waiting for a line that is coming */
	uint32_t write; /* all write buffers full */
};

struct memory_counts {
	uint64_t tlb_misses;
	uint64_t code_misses, data_misses, table_misses; /* on-chip cache */
	uint64_t write_stall_cycles;
	uint64_t failed_walks; /* page not present where there was an access */
};

extern struct memory_counts memory_counts;

/* Physical addresses of the two entries that the last page walk read. */
extern uint32_t memory_walked[2];

void memory_init(const struct board *board);

/* Paging: off, or the physical address of the page directory, whose entries may
 * be pages of 4 MB if large. Flushes the TLB. */
void memory_set_paging(bool on, uint32_t directory, bool large);
bool memory_flush_page(uint32_t linear); /* was it in the TLB? */
void memory_flush_cache(void);		 /* invd, wbinvd */

/*
 * One access to a linear address, within a line (8 bytes at most), at a time
 * that never goes back. Returns the physical address.
 */
uint32_t memory_read(uint32_t linear, uint64_t now, struct stall *stall);
uint32_t memory_write(uint32_t linear, uint64_t now, struct stall *stall);

/* Instruction fetch of a line, from this address in it on. */
uint32_t memory_fetch(uint32_t linear, uint64_t now, struct stall *stall);

/* A read that goes to the bus, in the cache or not, behind all writes. */
uint32_t memory_locked_read(uint32_t linear, uint64_t now, struct stall *stall);

/* I/O: cycles until all buffered writes are on the bus. */
uint32_t memory_drain(uint64_t now);

/* Physical address without any cost, for looking into guest memory. */
bool memory_translate(uint32_t linear, uint32_t *physical);

/* To be supplied: a dword of guest memory; false if there is none. */
bool guest_memory_read(uint32_t physical, uint32_t *value);

/* --- the usual case, for speed ------------------------------------------- */

#define CACHE_SETS 128 /* 8 KB in 4 ways */
#define TLB_SETS 8     /* 32 entries in 4 ways */

/*
 * For each set, the line or page used last, if using it again takes no time
 * and changes no state; for pages also where they are.
 */
extern uint32_t memory_last_line[CACHE_SETS];
extern uint32_t memory_last_page[TLB_SETS];
extern uint32_t memory_last_frame[TLB_SETS];

/* True if the page is the one used last in its set: where the address is. */
static inline bool memory_page_is_usual(uint32_t linear, uint32_t *physical)
{
	uint32_t page = linear / PAGE_BYTES;
	unsigned set = page % TLB_SETS;

	*physical = memory_last_frame[set] | linear % PAGE_BYTES;
	return memory_last_page[set] == page;
}

/*
 * True if reading or fetching here does nothing: no other call is needed. (The
 * set is the same by linear and by physical address.)
 */
static inline bool memory_is_usual(uint32_t linear)
{
	uint32_t last = memory_last_line[linear / LINE_BYTES % CACHE_SETS];
	uint32_t physical;

	return memory_page_is_usual(linear, &physical) &&
	       last == physical / LINE_BYTES;
}

/* A write to a physical address: cycles until there is a buffer for it. */
uint32_t memory_buffer_write(uint32_t physical, uint64_t now);

#endif
