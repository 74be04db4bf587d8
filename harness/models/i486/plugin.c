/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A QEMU TCG plugin that counts the cycles of an i486DX while QEMU executes.
 *
 *	qemu-system-i386 -plugin model.so,cycles=cycles.csv,stamps=out.txt,...
 *
 * Arguments, all needed: cycles (the table), stamps (output), entry (physical
 * address of the image's first instruction: counting begins there), memory
 * (MB), and the numbers of a board profile by their names in memory.h. For a
 * trace also: trace (output), first and last (numbers of stamps); limit, the
 * most lines if not all, and stop=1, to end QEMU when the trace does. count:
 * which instructions are to be counted, too (count.h). For kernels that are not
 * ours: any_cpu=1, and later, a table of instructions that no 486 has. most:
 * how many stamps there may be; QEMU is ended when there are as many. events: a
 * file descriptor, QEMU's log of events; each stamp tells how long it is, and
 * how long standard output is, where the guest's console goes.
 *
 * Output: a line for each rdtsc that the guest executes, with the counts up to
 * it, between a line that names the columns and a line "# end". A line "# cut"
 * with a number if there would be more.
 */
#include "cycles.h"
#include "count.h"
#include "guest.h"
#include "model.h"
#include "qemu_api.h"
#include "trace.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_REPORTS 100000 /* lines; more are not told */

__attribute__((visibility("default"))) int qemu_plugin_install(
    qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv);

static struct board board;
static uint32_t entry;
static uint64_t memory_mb;
static FILE *stamps;
static uint64_t stamp_count, report_count;
static bool ending;
static int write_error; /* errno */
static bool started;
static bool tracing;

/* --- arguments -------------------------------------------------------------
 */

static const char *cycles_path, *later_path, *stamps_path, *trace_path;
static uint64_t trace_first, trace_last, trace_limit, entry_argument;
static uint64_t stop, any_cpu, most_stamps, events;

static struct number {
	const char *name;
	uint32_t *value32;
	uint64_t *value64;
	bool optional, given;
} numbers[] = {
    {"perfect", &board.perfect, NULL, false, false},
    {"tlb_miss", &board.tlb_miss, NULL, false, false},
    {"tlb_miss_far", &board.tlb_miss_far, NULL, false, false},
    {"l2_bytes", &board.l2_bytes, NULL, false, false},
    {"l2_first", &board.l2_first, NULL, false, false},
    {"l2_next", &board.l2_next, NULL, false, false},
    {"l2_write", &board.l2_write, NULL, false, false},
    {"dram_first", &board.dram_first, NULL, false, false},
    {"dram_first_new_page", &board.dram_first_new_page, NULL, false, false},
    {"dram_next", &board.dram_next, NULL, false, false},
    {"dram_write", &board.dram_write, NULL, false, false},
    {"dram_page_bytes", &board.dram_page_bytes, NULL, false, false},
    {"invd_flushes_l2", &board.invd_flushes_l2, NULL, false, false},
    {"io", &board.io, NULL, false, false},
    {"interrupt_acknowledge", &board.interrupt_acknowledge, NULL, false, false},
    {"entry", NULL, &entry_argument, false, false},
    {"memory", NULL, &memory_mb, false, false},
    {"first", NULL, &trace_first, true, false},
    {"last", NULL, &trace_last, true, false},
    {"limit", NULL, &trace_limit, true, false},
    {"stop", NULL, &stop, true, false},
    {"any_cpu", NULL, &any_cpu, true, false},
    {"most", NULL, &most_stamps, true, false},
    {"events", NULL, &events, true, false},
};

#define NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static bool complain(const char *format, const char *what)
{
	fprintf(stderr, "i486 model: ");
	fprintf(stderr, format, what);
	fprintf(stderr, "\n");
	return false;
}

static bool set_number(const char *argument, const char *value)
{
	size_t length = (size_t)(value - argument) - 1;
	unsigned n;
	char *end;

	for (n = 0; n < NUMBERS; n++) {
		struct number *a = numbers + n;
		uint64_t number;

		if (strlen(a->name) != length ||
		    strncmp(a->name, argument, length))
			continue;
		number = strtoull(value, &end, 0);
		if (*value == 0 || *end)
			return complain("%s is no number", argument);
		if (a->value32)
			*a->value32 = (uint32_t)number;
		else
			*a->value64 = number;
		a->given = true;
		return true;
	}
	return complain("unknown argument %s", argument);
}

static bool set_argument(const char *argument)
{
	const char *equals = strchr(argument, '=');

	if (!equals)
		return complain("%s: name=value is needed", argument);
	if (!strncmp(argument, "cycles=", 7))
		cycles_path = equals + 1;
	else if (!strncmp(argument, "later=", 6))
		later_path = equals + 1;
	else if (!strncmp(argument, "stamps=", 7))
		stamps_path = equals + 1;
	else if (!strncmp(argument, "trace=", 6))
		trace_path = equals + 1;
	else if (!strncmp(argument, "count=", 6))
		return count_set(equals + 1) ||
		       complain("%s: no places", argument);
	else
		return set_number(argument, equals + 1);
	return true;
}

static bool set_arguments(int argc, char **argv)
{
	unsigned n;

	while (argc--)
		if (!set_argument(*argv++))
			return false;
	for (n = 0; n < NUMBERS; n++)
		if (!numbers[n].optional && !numbers[n].given)
			return complain("%s= is missing", numbers[n].name);
	if (!cycles_path || !stamps_path)
		return complain("%s is missing", "cycles= or stamps=");
	entry = (uint32_t)entry_argument;
	return true;
}

/* --- blocks ----------------------------------------------------------------
 */

/*
 * Blocks live until QEMU flushes its translations twice: the one that is being
 * executed is looked at once more when the next one begins.
 */
struct allocation {
	struct allocation *next;
};

static struct allocation *in_use, *flushed;

static void *allocate(size_t bytes)
{
	struct allocation *a = calloc(1, sizeof(*a) + bytes);

	if (!a) {
		complain("%s", "out of memory");
		exit(1);
	}
	a->next = in_use;
	in_use = a;
	return a + 1;
}

static void on_flush(void)
{
	while (flushed) {
		struct allocation *a = flushed;

		flushed = a->next;
		free(a);
	}
	flushed = in_use;
	in_use = NULL;
}

/* --- callbacks -------------------------------------------------------------
 */

/* The image begins, in flat unpaged memory, which tells where memory is. */
static void start(struct qemu_plugin_tb *tb)
{
	struct qemu_plugin_insn *first = qemu_plugin_tb_get_insn(tb, 0);
	const char *here = qemu_plugin_insn_haddr(first);
	const char *foreign = guest_foreign_cpu();

	if (foreign && !any_cpu) {
		complain("models a 486, not a %s: use -cpu 486", foreign);
		exit(1);
	}
	guest_memory_set(here - entry, memory_mb << 20);
	started = true;
}

static void on_block(unsigned vcpu, void *block)
{
	static bool model_started;

	(void)vcpu;
	if (!model_started) {
		model_counter = api_counter();
		model_start();
		model_started = true;
	}
	model_block(block);
}

static void on_site(unsigned vcpu, void *site)
{
	(void)vcpu;
	if (trace_on || (site_needs_call(site) && !model_site_is_usual(site)))
		model_site(site);
}

/* What QEMU tells of an access, taken apart once for each kind of access. */
static struct {
	qemu_plugin_meminfo_t info;
	uint8_t bytes;
	bool known, store;
} kinds[256];

static void on_access(
    unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *site)
{
	unsigned n = (info ^ info >> 8 ^ info >> 16) % 256;

	(void)vcpu;
	if (kinds[n].info != info || !kinds[n].known) {
		kinds[n].info = info;
		kinds[n].known = true;
		kinds[n].bytes =
		    (uint8_t)(1u << qemu_plugin_mem_size_shift(info));
		kinds[n].store = qemu_plugin_mem_is_store(info);
	}
	if (!trace_on && model_access_is_usual(site, (uint32_t)address,
			     kinds[n].bytes, kinds[n].store))
		return;
	model_access(site, (uint32_t)address, kinds[n].bytes, kinds[n].store);
}

static void on_counted(unsigned vcpu, void *counter)
{
	(void)vcpu;
	++*(uint64_t *)counter;
}

static struct block *make_block(struct qemu_plugin_tb *tb)
{
	size_t count = qemu_plugin_tb_n_insns(tb), n;
	struct block *b = allocate(sizeof(*b) + count * sizeof(struct site));

	b->sites = (struct site *)(b + 1);
	b->count = (uint16_t)count;
	b->cpl = guest_register(GUEST_CS) & 3;
	for (n = 0; n < count; n++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, n);
		size_t size = qemu_plugin_insn_size(insn);
		uint8_t bytes[16] = {0};

		api_copy_bytes(insn, bytes, size < 16 ? size : 16);
		instruction_decode(&b->sites[n].i,
		    (uint32_t)qemu_plugin_insn_vaddr(insn), bytes, size);
	}
	b->pc = b->sites[0].i.pc;
	model_prepare(b);
	return b;
}

static void on_translate(struct qemu_plugin_tb *tb)
{
	struct qemu_plugin_insn *first = qemu_plugin_tb_get_insn(tb, 0);
	struct block *b;
	size_t n;

	/* The BIOS does not count. */
	if (!started && qemu_plugin_insn_vaddr(first) != entry)
		return;
	if (!started)
		start(tb);
	b = make_block(tb);
	qemu_plugin_register_vcpu_tb_exec_cb(
	    tb, on_block, QEMU_PLUGIN_CB_NO_REGS, b);
	for (n = 0; n < b->count; n++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, n);
		struct site *s = b->sites + n;
		uint64_t *counter = count_at(s->i.pc);

		if (counter)
			qemu_plugin_register_vcpu_insn_exec_cb(
			    insn, on_counted, QEMU_PLUGIN_CB_NO_REGS, counter);
		if (tracing || site_needs_call(s))
			qemu_plugin_register_vcpu_insn_exec_cb(
			    insn, on_site, QEMU_PLUGIN_CB_NO_REGS, s);
		api_add(insn, (uint64_t)1 << 32 | site_cycles(s));
		if (s->i.accesses)
			qemu_plugin_register_vcpu_mem_cb(insn, on_access,
			    QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, s);
	}
}

/* --- output ----------------------------------------------------------------
 */

/* As when told to by a user. The guest goes on until QEMU's other thread acts.
 */
static void end_qemu(void)
{
	if (!ending)
		kill(getpid(), SIGTERM);
	ending = true;
}

static void put_size(int descriptor)
{
	struct stat status;

	if (fstat(descriptor, &status))
		status.st_size = 0;
	fprintf(stamps, " %jd", (intmax_t)status.st_size);
}

/* What the guest has written so far is there: QEMU does it as it executes. */
static void put_positions(void)
{
	if (!events)
		return;
	put_size(STDOUT_FILENO);
	put_size((int)events);
}

void model_stamp(uint32_t pc)
{
	struct counts c = model_counts();
	const struct memory_counts *m = &memory_counts;

	if (most_stamps && stamp_count == most_stamps) {
		if (!ending) {
			fprintf(stamps, "# cut %" PRIu64 "\n", stamp_count);
			complain("%s", "too many rdtscs");
		}
		end_qemu();
		return;
	}
	fprintf(stamps,
	    "%" PRIu64 " %x %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
	    " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
	    " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
	    " %" PRIu64 " %" PRIu64,
	    stamp_count, pc, c.cycles, c.executions, c.instructions,
	    c.kernel_instructions, m->tlb_misses, m->code_misses,
	    m->data_misses, m->table_misses, m->write_stall_cycles,
	    c.interrupts, c.exceptions, c.assumed, c.unknown, c.not_486,
	    c.unexplained, m->failed_walks);
	count_put_values(stamps);
	put_positions();
	fputc('\n', stamps);
	if (ferror(stamps) && !ending) {
		write_error = errno;
		end_qemu();
	}
	trace_stamp(stamp_count++);
}

void model_report(const struct site *s, const char *what)
{
	if (report_count++ < MAX_REPORTS)
		fprintf(stamps, "# %s %x\n", what, s->i.pc);
}

void trace_ended(void)
{
	if (stop)
		end_qemu();
}

void model_note(const char *what, unsigned value)
{
	static bool noted;

	if (!noted)
		fprintf(stamps, "# %s %u\n", what, value);
	noted = true;
}

/* A disk may be full. error: errno of what has failed. */
static void tell_unwritten(const char *path, int error)
{
	if (error)
		fprintf(stderr, "i486 model: cannot write %s: error %d\n", path,
		    error);
}

static void on_end(void)
{
	struct counts c = started ? model_counts() : (struct counts){0};

	fprintf(stamps, "# unexplained %" PRIu64 "\n", c.unexplained);
	fprintf(
	    stamps, "# failed-walks %" PRIu64 "\n", memory_counts.failed_walks);
	fprintf(stamps, "# end\n");
	if (fclose(stamps) && !write_error)
		write_error = errno;
	tell_unwritten(stamps_path, write_error);
	tell_unwritten(trace_path, trace_close());
}

static bool open_output(void)
{
	stamps = fopen(stamps_path, "w");
	if (!stamps)
		return complain("%s cannot be written", stamps_path);
	fprintf(stamps, "number pc cycles executions instructions "
			"kernel_instructions tlb_misses code_misses "
			"data_misses table_misses write_stall_cycles "
			"interrupts exceptions assumed unknown not_486 "
			"unexplained failed_walks");
	count_put_names(stamps);
	if (events)
		fputs(" console events", stamps);
	fputc('\n', stamps);
	if (!trace_path)
		return true;
	tracing = true;
	if (!trace_open(trace_path, trace_first, trace_last, trace_limit))
		return complain("%s cannot be written", trace_path);
	return true;
}

static bool install(const qemu_info_t *info, int argc, char **argv)
{
	const char *wrong;

	if (!info->system_emulation || strcmp(info->target_name, "i386"))
		return complain(
		    "models an i386 machine, not %s", info->target_name);
	if (info->system.max_vcpus != 1)
		return complain("%s", "models a machine with one processor");
	if (!set_arguments(argc, argv))
		return false;
	wrong = guest_init();
	if (!wrong)
		wrong = cycles_load(cycles_path);
	if (!wrong && later_path)
		wrong = cycles_load(later_path);
	if (wrong)
		return complain("%s", wrong);
	return open_output();
}

static const struct api_callbacks callbacks = {on_translate, on_flush, on_end};

int qemu_plugin_install(
    qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	if (!install(info, argc, argv))
		return -1;
	model_init(&board);
	api_init(id, &callbacks);
	return 0;
}
