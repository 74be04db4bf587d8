/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processor: an Intel 486. Nothing newer may be used in the kernel: no
 * rdtsc, no cmov, no 4 MB or global pages.
 */
#ifndef CPU_H
#define CPU_H

#include <abi.h>
#include <config.h>

/* Selectors. One flat segment each for code and data (section 5.5.3). */
#define KERNEL_CODE 0x08
#define KERNEL_DATA 0x10
#define USER_CODE 0x1B
#define USER_DATA 0x23
#define TSS_SELECTOR 0x28
#define DOUBLE_FAULT_TSS_SELECTOR 0x30

#define EFLAGS_IF 0x200

/* CR0: protection, and how the coprocessor is used. */
#define CR0_PE 0x1
#define CR0_MP 0x2
#define CR0_EM 0x4
#define CR0_TS 0x8
#define CR0_NE 0x20

/* Exceptions and interrupts. */
#define TRAP_DEVICE_NOT_AVAILABLE 7
#define TRAP_DOUBLE_FAULT 8
#define TRAP_PAGE_FAULT 14
#define IRQ_BASE 0x20
#define INTERRUPTS 16 /* lines of the two controllers */
#define IRQ_CLOCK 0
#define IRQ_CASCADE 2
#define TRAP_STUBS 0x30 /* vectors below it have a stub in traps.S */

#ifndef __ASSEMBLER__

#include <stdint.h>

/*
 * The state of an interrupted program, as traps.S leaves it on the kernel
 * stack. The user's frame is always the topmost thing on its kernel stack.
 */
struct trap_frame {
	uint32_t gs, fs, es, ds;
	uint32_t edi, esi, ebp, unused_esp, ebx, edx, ecx, eax;
	uint32_t vector, error;
	uint32_t eip, cs, eflags;
	uint32_t esp, ss; /* only if from user mode */
};

/* The coprocessor's registers as fnsave stores them. */
struct coprocessor_state {
	uint32_t control, status, tags;
	uint32_t last_instruction[4];
	uint8_t registers[80];
};

static inline int from_user_mode(const struct trap_frame *frame)
{
	return frame->cs & 3;
}

static inline void outb(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void outl(uint16_t port, uint32_t value)
{
	asm volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint32_t inl(uint16_t port)
{
	uint32_t value;

	asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

/* Loading cr3 flushes the whole TLB. */
static inline void load_cr3(uint32_t directory)
{
	asm volatile("movl %0, %%cr3" : : "r"(directory) : "memory");
}

static inline void flush_tlb(void)
{
	uint32_t directory;

	asm volatile("movl %%cr3, %0; movl %0, %%cr3"
		     : "=r"(directory)
		     :
		     : "memory");
}

static inline void flush_tlb_page(uint32_t address)
{
	asm volatile("invlpg (%0)" : : "r"(address) : "memory");
}

static inline uint32_t fault_address(void)
{
	uint32_t address;

	asm volatile("movl %%cr2, %0" : "=r"(address));
	return address;
}

/*
 * Lets pending interrupts in. The kernel runs with interrupts disabled; long
 * loops call this so that no clock tick is lost. No thread switch happens.
 */
static inline void interrupt_window(void)
{
	asm volatile("sti; nop; cli" : : : "memory");
}

/* Sets up GDT, IDT and TSS. After it traps and interrupts can be taken. */
void cpu_init(void);

/* Another entry for an exception or interrupt, with interrupts off. */
void cpu_set_gate(uint32_t vector, const void *entry);

/* What each send, call and reply begins with: COLD_... (abi.h). False if there
 * is no such thing, or it would destroy what is in the cache. */
int cpu_set_cold_ipc(uint32_t how);

/* Task state segment: only the fields that the kernel uses have names. */
struct tss {
	uint32_t back_link;
	uint32_t esp0, ss0; /* the stack of the next entry from user mode */
	uint32_t unused1[4];
	uint32_t cr3, eip, eflags;
	uint32_t eax, ecx, edx, ebx, esp, ebp, esi, edi;
	uint32_t es, cs, ss, ds, fs, gs;
	uint32_t ldt, io_map_base;
};

#define DESCRIPTORS 7
#define VECTORS (KERNEL_SERVICE + 1)

/*
 * What the processor reads at each entry and exit (5.5.2). The user's two
 * descriptors are in one cache line, the kernel's in another, as are the gates
 * of call and reply & receive next.
 */
#if CONFIG_CONDENSED_TABLES
#define OWN_PAGE
#else
#define OWN_PAGE __attribute__((aligned(4096)))
#endif

struct processor_tables {
	uint64_t idt[VECTORS] OWN_PAGE;
	uint64_t gdt[DESCRIPTORS] OWN_PAGE;
	uint32_t message_limit; /* resources.h; in the cache line of tss.esp0 */
	struct tss tss OWN_PAGE;
};

extern struct processor_tables tables;

/* Kernel data that each IPC needs: behind the tables, in their page. */
#define HOT __attribute__((section(".hot")))

/* Data that each clock tick needs: behind them, for one TLB miss. */
#define EACH_TICK __attribute__((section(".each_tick")))

#endif /* __ASSEMBLER__ */
#endif
