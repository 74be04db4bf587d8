/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot loader's modules are programs: each becomes a task with one thread,
 * the first one the root task, which gets a quarter of the memory.
 */
#include <loader.h>
#include <command_line.h>
#include <panic.h>
#include <space.h>
#include <task.h>
#include <tcb_table.h>
#include <thread.h>

#define STACK_TOP FIREWALL
#define STACK_PAGES 4

#define ROOT_MEMORY 0x80000000 /* where the root task finds its own */

#define ELF_MAGIC 0x464C457F /* 7F E L F */
#define ELF_CLASS_32_LITTLE 0x0101
#define ELF_EXECUTABLE 2
#define ELF_386 3
#define SEGMENT_LOAD 1
#define SEGMENT_WRITABLE 2

struct elf_header {
	uint32_t magic;
	uint16_t class_and_order;
	uint8_t unused1[10];
	uint16_t type, machine;
	uint32_t version;
	uint32_t entry;
	uint32_t segments_offset, sections_offset;
	uint32_t flags;
	uint16_t header_size;
	uint16_t segment_size, segments;
	uint16_t unused2[3];
};

struct elf_segment {
	uint32_t type;
	uint32_t offset;
	uint32_t address, physical_address;
	uint32_t file_size, memory_size;
	uint32_t flags;
	uint32_t alignment;
};

/* A module as it lies in memory; n: which one, for complaints. */
struct module {
	uint32_t n;
	const char *start;
	uint32_t size;
};

static bool in_module(const struct module *m, uint32_t offset, uint32_t bytes)
{
	return offset <= m->size && bytes <= m->size - offset;
}

static void *page_of(struct task *task, uint32_t address, bool writable)
{
	void *page = task_page(task, address, writable);

	if (!page)
		panic("memory is too small for the modules");
	return page;
}

/* Copies bytes to the task's user address. */
static void put(struct task *task, uint32_t address, const char *from,
    uint32_t bytes, bool writable)
{
	while (bytes) {
		uint32_t offset = address % PAGE_SIZE;
		uint32_t piece = PAGE_SIZE - offset;

		if (piece > bytes)
			piece = bytes;
		memcpy((char *)page_of(task, address, writable) + offset, from,
		    piece);
		address += piece;
		from += piece;
		bytes -= piece;
	}
}

static void load_segment(
    struct task *task, const struct module *m, const struct elf_segment *s)
{
	bool writable = s->flags & SEGMENT_WRITABLE;
	uint32_t page = s->address & -PAGE_SIZE;
	uint32_t end = s->address + s->memory_size;

	if (!in_module(m, s->offset, s->file_size) ||
	    s->file_size > s->memory_size || end < s->address ||
	    end > STACK_TOP - STACK_PAGES * PAGE_SIZE)
		panic("module %u: bad program segment", m->n);
	put(task, s->address, m->start + s->offset, s->file_size, writable);
	for (; page < end; page += PAGE_SIZE)
		page_of(task, page, writable);
}

/* Returns the address of the first instruction. */
static uint32_t load_program(struct task *task, const struct module *m)
{
	const struct elf_header *header = (const void *)m->start;
	const struct elf_segment *segments;
	uint32_t n;

	if (!in_module(m, 0, sizeof(*header)) || header->magic != ELF_MAGIC ||
	    header->class_and_order != ELF_CLASS_32_LITTLE ||
	    header->type != ELF_EXECUTABLE || header->machine != ELF_386)
		panic("module %u is not an i386 ELF program", m->n);
	if (header->segment_size != sizeof(*segments) ||
	    !in_module(m, header->segments_offset,
		header->segments * sizeof(*segments)))
		panic("module %u: bad program header", m->n);
	segments = (const void *)(m->start + header->segments_offset);
	for (n = 0; n < header->segments; n++)
		if (segments[n].type == SEGMENT_LOAD)
			load_segment(task, m, segments + n);
	return header->entry;
}

static void start_module(const struct module *m)
{
	struct task *task = task_create(NOBODY);
	uint32_t text_at = STACK_TOP - COMMAND_LINE_BYTES;
	uint32_t page, entry;
	struct tcb *t;

	if (!task)
		panic("no memory for module %u", m->n);
	entry = load_program(task, m);
	for (page = 1; page <= STACK_PAGES; page++)
		page_of(task, STACK_TOP - page * PAGE_SIZE, true);
	put(task, text_at, command_line, command_line_bytes(), true);
	t = thread_create(task, root_thread, entry, text_at);
	if (!t)
		panic("no thread for module %u", m->n);
	user_frame(t)->ebx = text_at;
	if (root_thread == NOBODY) {
		root_task = task;
		root_thread = t->uid;
	} else {
		t->pager = root_thread;
	}
}

/*
 * A quarter of what is free, from the end of memory on, is the root task's to
 * give to others; tcbs, page tables and messages are made of the rest.
 */
static void give_memory(void)
{
	uint32_t count = frames_free / 4, n, frame;
	struct trap_frame *frame_of_root =
	    user_frame(tcb_at(thread_number(root_thread)));

	for (n = 0; n < count; n++) {
		frame = frame_allocate_last();
		if (!frame || !task_share(root_task,
				  ROOT_MEMORY + n * PAGE_SIZE, frame, true))
			panic("memory is too small");
		frames_release(frame, 1); /* the root task has it now */
	}
	frame_of_root->ecx = ROOT_MEMORY;
	frame_of_root->edi = count * PAGE_SIZE;
}

void load_modules(const struct multiboot_info *info)
{
	const struct multiboot_module *modules =
	    from_physical(info->modules_address);
	uint32_t n;

	if (!(info->flags & MULTIBOOT_HAS_MODULES) || info->modules == 0)
		panic("no user program: the boot loader gave no module");
	for (n = 0; n < info->modules; n++) {
		struct module m = {n, from_physical(modules[n].start),
		    modules[n].end - modules[n].start};

		start_module(&m);
	}
	give_memory();
}
