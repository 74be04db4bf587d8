/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptor tables and the interrupt controller.
 */
#include <cpu.h>
#include <abi.h>
#include <config.h>
#include <entry.h>
#include <processor.h>
#include <space.h>

/* Descriptor access bytes. */
#define PRESENT 0x80
#define DPL_USER 0x60
#define CODE_ACCESSED 0x1B /* pre-set: loading must not write the GDT */
#define DATA_ACCESSED 0x13
#define TSS_AVAILABLE 0x09
#define INTERRUPT_GATE 0x0E
#define TASK_GATE 0x05

#define FLAGS_4GB 0xC0 /* page granularity, 32 bits */

#define TRAP_STUB_SIZE 16

struct table_register {
	uint16_t limit;
	uint32_t base;
} __attribute__((packed));

struct processor_tables tables __attribute__((section(".tables")));

static struct tss double_fault_tss;
static char double_fault_stack[1024];

static uint64_t segment(
    uint32_t base, uint32_t limit, uint8_t access, uint8_t flags)
{
	return (limit & 0xFFFF) | (uint64_t)(base & 0xFFFFFF) << 16 |
	       (uint64_t)access << 40 |
	       (uint64_t)((limit >> 16 & 0xF) | flags) << 48 |
	       (uint64_t)(base >> 24) << 56;
}

static uint64_t gate(uint16_t selector, const void *offset, uint8_t access)
{
	uint32_t address = (uint32_t)offset;

	return (address & 0xFFFF) | (uint32_t)selector << 16 |
	       (uint64_t)((address & 0xFFFF0000) | access << 8) << 32;
}

static void gdt_init(void)
{
	struct table_register r = {
	    sizeof(tables.gdt) - 1, (uint32_t)tables.gdt};

	tables.gdt[KERNEL_CODE / 8] =
	    segment(0, 0xFFFFF, PRESENT | CODE_ACCESSED, FLAGS_4GB);
	tables.gdt[KERNEL_DATA / 8] =
	    segment(0, 0xFFFFF, PRESENT | DATA_ACCESSED, FLAGS_4GB);
	tables.gdt[USER_CODE / 8] =
	    segment(0, 0xFFFFF, PRESENT | DPL_USER | CODE_ACCESSED, FLAGS_4GB);
	tables.gdt[USER_DATA / 8] =
	    segment(0, 0xFFFFF, PRESENT | DPL_USER | DATA_ACCESSED, FLAGS_4GB);
	tables.gdt[TSS_SELECTOR / 8] = segment((uint32_t)&tables.tss,
	    sizeof(struct tss) - 1, PRESENT | TSS_AVAILABLE, 0);
	tables.gdt[DOUBLE_FAULT_TSS_SELECTOR / 8] =
	    segment((uint32_t)&double_fault_tss, sizeof(double_fault_tss) - 1,
		PRESENT | TSS_AVAILABLE, 0);
	/* The kernel keeps the user's (5.5.3), or loads its own each time. */
	asm volatile("lgdt %0\n\t"
		     "ljmp %1, $1f\n"
		     "1: movl %2, %%ds\n\t"
		     "movl %2, %%es\n\t"
		     "movl %2, %%fs\n\t"
		     "movl %2, %%gs\n\t"
		     "movl %3, %%ss"
		     :
		     : "m"(r), "i"(KERNEL_CODE),
		     "r"(CONFIG_SEGMENT_CHECK ? USER_DATA : KERNEL_DATA),
		     "r"(KERNEL_DATA)
		     : "memory");
}

static void tss_init(void)
{
	tables.tss.ss0 = KERNEL_DATA;
	tables.tss.io_map_base = sizeof(struct tss)
				 << 16; /* no I/O from user mode */

	double_fault_tss.cr3 = physical(kernel_directory);
	double_fault_tss.eip = (uint32_t)double_fault_entry;
	double_fault_tss.eflags = 2;
	double_fault_tss.esp =
	    (uint32_t)double_fault_stack + sizeof(double_fault_stack);
	double_fault_tss.cs = KERNEL_CODE;
	double_fault_tss.ss = double_fault_tss.ds = double_fault_tss.es =
	    KERNEL_DATA;
	double_fault_tss.io_map_base = sizeof(struct tss) << 16;
	asm volatile("ltr %w0" : : "r"(TSS_SELECTOR));
}

static void system_call(uint32_t vector, const void *entry)
{
	tables.idt[vector] =
	    gate(KERNEL_CODE, entry, PRESENT | DPL_USER | INTERRUPT_GATE);
}

/* The entries of what sends; indexed by COLD_... */
static const struct {
	char *send, *call, *reply_and_receive_next;
} send_entries[] = {
    [COLD_OFF] = {entry_send, entry_call, entry_reply_and_receive_next},
    [COLD_INVD] = {invd_entry_send, invd_entry_call,
	invd_entry_reply_and_receive_next},
    [COLD_WBINVD] = {wbinvd_entry_send, wbinvd_entry_call,
	wbinvd_entry_reply_and_receive_next},
};

int cpu_set_cold_ipc(uint32_t how)
{
	if (how >= sizeof(send_entries) / sizeof(send_entries[0]) ||
	    (how == COLD_INVD && !cache_writes_through()))
		return 0;
	system_call(IPC_SEND, send_entries[how].send);
	if (CONFIG_RPC_SYSCALLS)
		system_call(IPC_CALL, send_entries[how].call);
	if (HAS_REPLY_AND_RECEIVE_NEXT)
		system_call(IPC_REPLY_AND_RECEIVE_NEXT,
		    send_entries[how].reply_and_receive_next);
	return 1;
}

void cpu_set_gate(uint32_t vector, const void *entry)
{
	tables.idt[vector] = gate(KERNEL_CODE, entry, PRESENT | INTERRUPT_GATE);
}

static void idt_init(void)
{
	struct table_register r = {
	    sizeof(tables.idt) - 1, (uint32_t)tables.idt};
	uint32_t vector;

	for (vector = 0; vector < TRAP_STUBS; vector++)
		cpu_set_gate(vector, trap_stubs + vector * TRAP_STUB_SIZE);
	tables.idt[TRAP_DOUBLE_FAULT] =
	    gate(DOUBLE_FAULT_TSS_SELECTOR, NULL, PRESENT | TASK_GATE);
	system_call(IPC_RECEIVE, entry_receive);
	cpu_set_cold_ipc(COLD_OFF);
	system_call(KERNEL_SERVICE, entry_service);
	asm volatile("lidt %0" : : "m"(r));
}

/* Both controllers to vectors from IRQ_BASE on; only the clock is let in, and
 * of the second controller what will be attached (interrupt.h). */
static void pic_init(void)
{
	outb(0x20, 0x11);
	outb(0xA0, 0x11);
	outb(0x21, IRQ_BASE);
	outb(0xA1, IRQ_BASE + 8);
	outb(0x21, 4);
	outb(0xA1, 2);
	outb(0x21, 1);
	outb(0xA1, 1);
	outb(0x21, (uint8_t) ~(1 << IRQ_CLOCK | 1 << IRQ_CASCADE));
	outb(0xA1, 0xFF);
}

void cpu_init(void)
{
	gdt_init();
	tss_init();
	idt_init();
	pic_init();
}
