/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ping-pong of 2 to 64 words, between two address spaces: as a direct string in ordinary
 * memory, and, for kernels with the extension VIRTUAL_REGISTERS, in the threads' blocks. Each
 * series is a loop of round trips, timed after a warm-up; then the same with the cache
 * flushed before each message.
 *
 * Modules: this program twice; the other one answers. Command line: rounds=N; words=N for
 * one size only.
 */
#include "runtime/runtime.h"
#include "runtime/virtual_registers.h"

#define ROUNDS 1000
#define WARM_UP 20

static const uint32_t sizes[] = {2, 3, 4, 8, 16, 24, 32, 48, 64};

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* What the timed loop reads and writes. */
static struct {
	struct message *variable;
	uint32_t left;
	MESSAGE_VARIABLE(BLOCK_DWORDS, 0)
	ordinary __attribute__((aligned(16)));
} timed __attribute__((section(".timed_data"), aligned(4096)));

/*
 * timed.left times the system call; up to the first failure. Parameters as in table 6: what
 * is sent from is received into. Returns the result.
 */
#define DO_ROUNDS(name, vector, partner)                                       \
	({                                                                     \
		uint32_t result, low = (uint32_t)(partner), ebx, ecx, edi;     \
		uint32_t high = (uint32_t)((partner) >> 32);                   \
                                                                               \
		asm volatile(".pushsection .timed_text, \"ax\"\n"              \
			     "	.balign 64\n" name ":\n"                       \
			     "1:	movl %c[variable], %%eax\n"                   \
			     "	movl %[never], %%ebx\n"                         \
			     "	movl %%eax, %%ecx\n"                            \
			     "	movl %%ebx, %%edi\n"                            \
			     "	int %[call]\n"                                  \
			     "	testb %%al, %%al\n"                             \
			     "	jnz 2f\n"                                       \
			     "	decl %c[left]\n"                                \
			     "	jnz 1b\n"                                       \
			     "2:	ret\n"                                        \
			     "	.popsection\n"                                  \
			     "	pushl %%ebp; call " name "; popl %%ebp"        \
			     : "=a"(result), "+d"(low), "+S"(high), "=b"(ebx), \
			     "=c"(ecx), "=D"(edi)                              \
			     : [variable] "i"(&timed.variable),                \
			     [left] "i"(&timed.left), [call] "i"(vector),      \
			     [never] "i"(TIMEOUT_NEVER)                        \
			     : "memory", "cc");                                \
		(void)ebx, (void)ecx, (void)edi;                               \
		result;                                                        \
	})

static uint32_t contents(uint32_t rounds, uint32_t n)
{
	return rounds * 0x9E3779B1u ^ n * 0x85EBCA6Bu;
}

static void choose(struct message *variable, uint32_t words, uint32_t rounds)
{
	uint32_t n;

	timed.variable = variable;
	variable->size = words_dope(VIRTUAL_REGISTERS);
	variable->dope = words_dope(words);
	for (n = 0; n < words; n++)
		set_virtual_register(variable, n, contents(rounds, n));
}

/* Of all words but the first two, which are in registers. */
static void expect(uint32_t words, uint32_t rounds)
{
	uint32_t n;

	for (n = 2; n < words; n++)
		if (virtual_register(timed.variable, n) != contents(rounds, n))
			fail("word %u of %u did not arrive", n, words);
}

static struct message *variable_of(uint32_t in_block)
{
	return in_block ? virtual_registers(thread_self())
			: &timed.ordinary.head;
}

/* ---- the other task --------------------------------------------------------------- */

/* Each order: words and whether they are in blocks; then how many rounds. */
static void answer(uid_t root)
{
	MESSAGE_VARIABLE(0, 0) order = {.head = {0}};
	struct received r = ipc_receive(root, &order.head, TIMEOUT_NEVER);
	uint32_t words = r.words[0] >> 1, rounds = r.words[1];

	choose(variable_of(r.words[0] & 1), words, ~rounds);
	r = ipc_trap(IPC_RECEIVE, root, NULL, 0, timed.variable, TIMEOUT_NEVER);
	expect(words, rounds);
	choose(timed.variable, words, ~rounds);
	timed.left = rounds - 1;
	DO_ROUNDS("answer_loop", IPC_REPLY_AND_RECEIVE_NEXT, root);
	ipc_trap(IPC_SEND, root, timed.variable, TIMEOUT_NEVER, NULL, 0);
}

/* ---- the root task ---------------------------------------------------------------- */

static void play(uid_t other, uint32_t rounds)
{
	uint32_t result;

	timed.left = rounds;
	result = DO_ROUNDS("play_loop", IPC_CALL, other) & IPC_RESULT;
	if (result != IPC_OK)
		fail("call: result %u", result);
}

static void measure(uid_t other, uint32_t in_block, uint32_t words,
    uint32_t rounds, uint32_t cold)
{
	uint32_t all = 1 + WARM_UP + rounds;
	MESSAGE_VARIABLE(0, 0)
	order = {.head = {.words = {words << 1 | in_block, all}}};
	uint64_t start, end;

	ipc_send(other, &order.head, TIMEOUT_NEVER);
	choose(variable_of(in_block), words, all);
	play(other, 1);
	expect(words, ~all);
	cold_ipc(cold);
	play(other, WARM_UP);
	start = read_tsc();
	play(other, rounds);
	end = read_tsc();
	cold_ipc(COLD_OFF);
	record_sample(
	    "block=%u words=%u cold=%u round_trips=%u start=%U end=%U",
	    in_block, words, cold, rounds, start, end);
}

void program(const char *command_line, uid_t root)
{
	uint32_t rounds = argument(command_line, "rounds", ROUNDS);
	uint32_t only = argument(command_line, "words", 0), n, in_block;
	MESSAGE_VARIABLE(0, 0) hello = {.head = {0}};
	uid_t other;

	if (!CONFIG_REGISTER_PARAMETERS || !CONFIG_REGISTER_MESSAGES ||
	    !HAS_REPLY_AND_RECEIVE_NEXT)
		fail("its loops need RPC_SYSCALLS, REPLY_AND_RECEIVE, "
		     "REGISTER_PARAMETERS and REGISTER_MESSAGES");
	if (root != NOBODY) {
		ipc_send(root, &hello.head, TIMEOUT_NEVER);
		for (;;)
			answer(root);
	}
	other = ipc_receive(NOBODY, &hello.head, TIMEOUT_NEVER).from;
	record_begin("words");
	for (n = 0; n < SIZES; n++)
		for (in_block = 0; in_block <= CONFIG_VIRTUAL_REGISTERS;
		     in_block++)
			if (!only || sizes[n] == only) {
				measure(other, in_block, sizes[n], rounds,
				    COLD_OFF);
				measure(other, in_block, sizes[n], rounds,
				    COLD_INVD);
			}
	record_end();
	machine_stop(0);
}
