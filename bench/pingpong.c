/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ping-pong (section 6): n bytes go to and fro between two threads. The client
 * uses call, the server reply & receive next. For each message size, between
 * two address spaces and inside one, the loop of round trips is timed after a
 * warm-up; the harness divides by twice their number. Then the same with the
 * cache flushed before each message, for the worst-case cache penalty.
 *
 * Sizes and messages are those of the original program: the first 8 bytes
 * travel in registers, up to 512 bytes are a direct string, 1024 and more are
 * one indirect string. Each thread sends and receives in the same buffer.
 *
 * Modules: this program twice. The root task is the client, the other one the
 * server between two spaces; a second thread of the root task is the server
 * inside one. Command line: rounds=N; bytes=N for one size only; flush=N, how
 * the cache is flushed (COLD_..., abi.h; 1, invd, only where it writes
 * through); table=1: only the series of table 1, the longest with a tenth of
 * the rounds; ports=1: the client calls a port, and the server answers by one
 * (7.1).
 *
 * With batches=N, for a real machine, each series is timed N times, by a clock
 * that the machine has (runtime/clock.h); qr=1: the records as QR codes, too,
 * as without a serial port; seconds=N: how long each is shown.
 */
#include "batches.h"
#include "runtime/machine.h"
#include "runtime/qr.h"
#include "runtime/runtime.h"

#define ROUND_TRIPS 10000
#define BATCH_ROUND_TRIPS 1000
/* wbinvd takes much longer than what is measured. */
#define FEWER_ROUND_TRIPS 10
#define KEPT_BYTES 16384 /* of records, for the screen */
#define WARM_UP 100

#define MAX_DIRECT 126 /* dwords behind the first 8 bytes: 512 bytes */
#define MAX_STRING 4096

/* Each server answers by a link of its own, and the client calls by two. */
enum { OTHER, INSIDE };

static const uint32_t sizes[] = {8, 12, 128, 512, 1024, 2048, 4096};

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/*
 * What each of the two threads sends from and receives into; and, in the same
 * page, how many messages are left to be sent, and to which port if it is one.
 * The strings are whole pages.
 */
struct player {
	uint32_t left;
	uid_t port;
	uint32_t *string;
	MESSAGE_VARIABLE(MAX_DIRECT, 1) message __attribute__((aligned(16)));
	struct flat_message flat;
#if !CONFIG_SHARED_BUFFERS
	/* What stubs in assembly send from and receive into; from the dope on, so
	 * many dwords go to the former; upper word of the partner's uid. */
	MESSAGE_VARIABLE(MAX_DIRECT, 0) request, reply;
	uint32_t request_dwords, uid_high;
#endif
};

/*
 * What the timed loops touch is where user.lds puts it, in this order, whatever
 * else a compiler has made of the program.
 */
static struct {
	struct player server, client __attribute__((aligned(16)));
	uint32_t strings[2][MAX_STRING / 4] __attribute__((aligned(4096)));
} timed __attribute__((section(".timed_data"), aligned(4096))) = {
    .client = {.string = timed.strings[0]},
    .server = {.string = timed.strings[1]},
};

/* The contents that the two threads expect of each other. */
enum contents { REQUEST = 1, ANSWER, LAST_REQUEST, LAST_ANSWER, WRONG };

static uint32_t pattern(enum contents contents, uint32_t dword)
{
	return contents * 0x9E3779B1u ^ dword * 0x85EBCA6Bu;
}

static uint32_t string_bytes(uint32_t bytes)
{
	return bytes > 8 + MAX_DIRECT * 4 ? bytes : 0;
}

static uint32_t direct_dwords(uint32_t bytes)
{
	return string_bytes(bytes) ? 0 : (bytes - 8) / 4;
}

static void prepare(struct player *p, uint32_t bytes)
{
	uint32_t string = string_bytes(bytes);

	p->message.head.size =
	    DOPE(MAX_DIRECT, CONFIG_COMPLEX_MESSAGES || string ? 1 : 0);
#if !CONFIG_SHARED_BUFFERS
	p->reply.head.size = DOPE(MAX_DIRECT, 0);
	p->request_dwords = 3 + direct_dwords(bytes);
#endif
	p->message.head.dope = DOPE(direct_dwords(bytes), string ? 1 : 0);
	p->message.strings[0] = (struct indirect_string){
	    string, (uint32_t)p->string, MAX_STRING, (uint32_t)p->string};
	memset(p->string, 0, MAX_STRING);
	memset(p->message.direct, 0, sizeof(p->message.direct));
}

static void fill(struct player *p, uint32_t bytes, enum contents contents)
{
	uint32_t n;

	for (n = 0; n < 2; n++)
		p->message.head.words[n] = pattern(contents, n);
	for (n = 0; n < direct_dwords(bytes); n++)
		p->message.direct[n] = pattern(contents, 2 + n);
	for (n = 0; n < string_bytes(bytes) / 4; n++)
		p->string[n] = pattern(contents, 2 + n);
}

static bool holds(const struct player *p, struct received r, uint32_t bytes,
    enum contents contents)
{
	uint32_t n;

	if ((r.result & ~IPC_RESULT) != p->message.head.dope)
		return false;
	for (n = 0; n < 2; n++)
		if (r.words[n] != pattern(contents, n))
			return false;
	for (n = 0; n < direct_dwords(bytes); n++)
		if (p->message.direct[n] != pattern(contents, 2 + n))
			return false;
	for (n = 0; n < string_bytes(bytes) / 4; n++)
		if (p->string[n] != pattern(contents, 2 + n))
			return false;
	return true;
}

/*
 * The loops are unrolled four times, as the original program's were. Of its
 * partner each takes for granted what the last message said: so the uid stays
 * where it is, in registers. They are aligned: a round trip touches two cache
 * lines of each.
 */
#define UNROLLED 4
#define ALIGNED() asm volatile(".balign 16")

/*
 * Where the parameters are in registers, the stub of a message without strings is a few
 * instructions; it and the loop around it are assembly: what is timed is the kernel, and
 * what the stub has to copy, not the compiler. The others are C: what they take is the
 * compiler's, too.
 */
#define ROUNDS_IN_ASSEMBLY                                                     \
	(CONFIG_RPC_SYSCALLS && CONFIG_REGISTER_PARAMETERS &&                  \
	    (CONFIG_SHARED_BUFFERS || HAS_REPLY_AND_RECEIVE_NEXT))

static bool in_assembly(const struct player *p)
{
	return ROUNDS_IN_ASSEMBLY &&
	       ((CONFIG_COMPLEX_MESSAGES && CONFIG_SHARED_BUFFERS) ||
		   p->message.head.dope >> 16 == 0);
}

_Static_assert(IPC_OK == 0 && IPC_RESULT == 0xFF, "testb in ROUND");

/* A server's round without reply & receive next. */
#define SEND_AND_RECEIVE                                                       \
	"	movl %[message], %%ecx\n"                                            \
	"	movl %[never], %%ebx\n"                                              \
	"	int %[send]\n"                                                       \
	"	testb %%al, %%al\n"                                                  \
	"	jnz 2f\n"                                                            \
	"	movl %[message], %%eax\n"                                            \
	"	xorl %%edx, %%edx\n"                                                 \
	"	movl %[never], %%edi\n"                                              \
	"	xorl %%esi, %%esi\n"                                                 \
	"	int %[receive]\n"                                                    \
	"	testb %%al, %%al\n"                                                  \
	"	jnz 2f\n"

/* One system call; behind label 2 if it fails. */
#if CONFIG_SHARED_BUFFERS
#define ROUND                                                                  \
	"	movl %[message], %%eax\n"                                            \
	"	movl %[never], %%ebx\n"                                              \
	"	movl %%eax, %%ecx\n"                                                 \
	"	movl %%ebx, %%edi\n"                                                 \
	"	int %[vector]\n"                                                     \
	"	testb %%al, %%al\n"                                                  \
	"	jnz 2f\n"
#else
/* The first 8 bytes, where they are not in registers. */
#if CONFIG_REGISTER_MESSAGES
#define TAKE_WORDS
#else
#define TAKE_WORDS                                                             \
	"	movl %c[reply] + 8, %%ebx\n"                                         \
	"	movl %c[reply] + 12, %%ecx\n"
#endif

/* 5.4.1: from the caller's variable to the request, from the reply back to it. */
#define ROUND                                                                  \
	"	movl %[message] + 4, %%eax\n"                                        \
	"	movl %%esi, %c[uid_high]\n"                                          \
	"	movl %c[request_dwords], %%ecx\n"                                    \
	"	movl %%eax, %%esi\n"                                                 \
	"	movl %[request] + 4, %%edi\n"                                        \
	"	rep movsl\n"                                                         \
	"	movl %[reply], %%eax\n"                                              \
	"	movl %[never], %%ebx\n"                                              \
	"	movl %c[uid_high], %%esi\n"                                          \
	"	movl %[request], %%ecx\n"                                            \
	"	movl %%ebx, %%edi\n"                                                 \
	"	int %[vector]\n"                                                     \
	"	testb %%al, %%al\n"                                                  \
	"	jnz 2f\n" TAKE_WORDS "	movl %%ebx, %c[message] + 8\n"          \
	"	movl %%ecx, %c[message] + 12\n"                                      \
	"	movl %%eax, %%ecx\n"                                                 \
	"	shrl $8, %%ecx\n"                                                    \
	"	jz 3f\n"                                                             \
	"	movl %%esi, %c[uid_high]\n"                                          \
	"	movl %[reply] + 16, %%esi\n"                                         \
	"	movl %[message] + 16, %%edi\n"                                       \
	"	rep movsl\n"                                                         \
	"	movl %c[uid_high], %%esi\n"                                          \
	"3:\n"
#endif

#if CONFIG_SHARED_BUFFERS
#define SEPARATE_BUFFERS(player)
#else
#define SEPARATE_BUFFERS(player)                                               \
	[request] "i"(&(player).request), [reply] "i"(&(player).reply),        \
	    [request_dwords] "i"(&(player).request_dwords),                    \
	    [uid_high] "i"(&(player).uid_high),
#endif

/* In the page of the timed loops, behind them: what calls them needs no other.
 */
#define BESIDE_LOOPS __attribute__((noinline, section(".timed_text.callers")))

/*
 * player.left times UNROLLED rounds, up to the first failure; from and to r. The
 * loop is out of line, where user.lds puts it, under a name.
 *
 * in, out: EDX, ESI uid of the partner; out: EAX result, EBX, ECX words, as
 * table 6. Nothing is on the stack.
 */
#define DO_ROUNDS(name, round, vector_, player, r)                             \
	do {                                                                   \
		uint32_t low = (uint32_t)(r)->from;                            \
		uint32_t high = (uint32_t)((r)->from >> 32), never;            \
                                                                               \
		asm volatile(                                                  \
		    ".pushsection .timed_text, \"ax\"\n"                       \
		    "	.balign 64\n" name ":\n"                               \
		    "1:\n" round round round round "	decl %c[left]\n"          \
		    "	jnz 1b\n"                                                \
		    "2:	ret\n"                                                 \
		    "	.popsection\n"                                           \
		    "	pushl %%ebp; call " name "; popl %%ebp"                \
		    : "=a"((r)->result), "=b"((r)->words[0]),                  \
		    "=c"((r)->words[1]), "+d"(low), "+S"(high), "=D"(never)    \
		    : [message] "i"(&(player).message),                        \
		    [left] "i"(&(player).left), [vector] "i"(vector_),         \
		    [send] "i"(IPC_SEND), [receive] "i"(IPC_RECEIVE),          \
		    SEPARATE_BUFFERS(player)[never] "i"(TIMEOUT_NEVER)         \
		    : "memory", "cc");                                         \
		(void)never;                                                   \
		(r)->from = (uid_t)high << 32 | low;                           \
		if ((!CONFIG_REGISTER_MESSAGES || !CONFIG_SHARED_BUFFERS) &&   \
		    has_message(*(r))) {                                       \
			(r)->words[0] = (player).message.head.words[0];        \
			(r)->words[1] = (player).message.head.words[1];        \
		}                                                              \
	} while (0)

static inline __attribute__((always_inline)) struct received answer(
    struct received r)
{
	struct message *m = &timed.server.message.head;

	return complex_reply_and_receive_next(
	    r.from, m, TIMEOUT_NEVER, m, TIMEOUT_NEVER, &timed.server.flat);
}

/* Answers r and n - 1 more; up to the first failure. */
static BESIDE_LOOPS struct received serve_rounds(struct received r, uint32_t n)
{
	uint32_t step;

	for (timed.server.left = n % UNROLLED; timed.server.left;
	     timed.server.left--) {
		r = answer(r);
		if (code(r) != IPC_OK)
			return r;
	}
	timed.server.left = n / UNROLLED;
	if (!timed.server.left)
		return r;
	if (in_assembly(&timed.server)) {
#if HAS_REPLY_AND_RECEIVE_NEXT
		DO_ROUNDS("serve_rounds_loop", ROUND,
		    IPC_REPLY_AND_RECEIVE_NEXT, timed.server, &r);
#else
		DO_ROUNDS(
		    "serve_rounds_loop", SEND_AND_RECEIVE, 0, timed.server, &r);
#endif
		return r;
	}
	ALIGNED();
	do {
#pragma GCC unroll 4
		for (step = 0; step < UNROLLED; step++) {
			r = answer(r);
			if (code(r) != IPC_OK)
				return r;
		}
	} while (--timed.server.left);
	return r;
}

/* One series: n round trips, the first and the last with checked contents. */
static void serve(uid_t partner, uint32_t bytes, uint32_t n)
{
	struct message *m = &timed.server.message.head;
	struct received r;

	prepare(&timed.server, bytes);
	r = complex_receive(partner, m, TIMEOUT_NEVER, &timed.server.flat);
	fill(&timed.server, bytes,
	    holds(&timed.server, r, bytes, REQUEST) ? ANSWER : WRONG);
	r = serve_rounds(r, n - 1);
	fill(&timed.server, bytes,
	    holds(&timed.server, r, bytes, LAST_REQUEST) ? LAST_ANSWER : WRONG);
	complex_send(partner, m, TIMEOUT_NEVER, &timed.server.flat);
}

/* Orders are short messages: bytes and number of round trips. */
static void server_thread(uid_t partner)
{
	MESSAGE_VARIABLE(0, 0) order = {.head = {0}};

	for (;;) {
		struct received r =
		    ipc_receive(partner, &order.head, TIMEOUT_NEVER);

		if (code(r) == IPC_OK)
			serve(partner, r.words[0], r.words[1]);
	}
}

static struct received round_trip(uid_t partner)
{
	struct message *m = &timed.client.message.head;
	struct received r = complex_call(
	    partner, m, TIMEOUT_NEVER, m, TIMEOUT_NEVER, &timed.client.flat);

	if (code(r) != IPC_OK)
		fail("call: result %u", code(r));
	return r;
}

static inline __attribute__((always_inline)) struct received call(uid_t partner)
{
	struct message *m = &timed.client.message.head;

	return complex_call(
	    partner, m, TIMEOUT_NEVER, m, TIMEOUT_NEVER, &timed.client.flat);
}

/* n calls; up to the first failure. */
static BESIDE_LOOPS uint32_t play_rounds(uid_t partner, uint32_t n)
{
	struct received r = {.from = partner};
	uint32_t step;

	for (timed.client.left = n % UNROLLED; timed.client.left;
	     timed.client.left--) {
		r = call(r.from);
		if (code(r) != IPC_OK)
			return r.result;
	}
	timed.client.left = n / UNROLLED;
	if (!timed.client.left)
		return IPC_OK;
	if (in_assembly(&timed.client)) {
		DO_ROUNDS(
		    "play_rounds_loop", ROUND, IPC_CALL, timed.client, &r);
		return r.result;
	}
	ALIGNED();
	do {
#pragma GCC unroll 4
		for (step = 0; step < UNROLLED; step++) {
			r = call(r.from);
			if (code(r) != IPC_OK)
				return r.result;
		}
	} while (--timed.client.left);
	return IPC_OK;
}

/* Of a port, too, the answer comes from the thread behind it. */
static void play_by_port(uid_t partner, uint32_t n)
{
	uint32_t step;

	timed.client.port = partner;
	for (timed.client.left = n / UNROLLED; timed.client.left;
	     timed.client.left--) {
#pragma GCC unroll 4
		for (step = 0; step < UNROLLED; step++)
			round_trip(timed.client.port);
	}
	for (timed.client.left = n % UNROLLED; timed.client.left;
	     timed.client.left--)
		round_trip(timed.client.port);
}

/* Round trips of which the contents do not matter. */
static BESIDE_LOOPS void play(uid_t partner, uint32_t n)
{
	uint32_t result;

	if (partner >> 32 == PORT_STATION) {
		play_by_port(partner, n);
		return;
	}
	result = play_rounds(partner, n) & IPC_RESULT;
	if (result != IPC_OK)
		fail("call: result %u", result);
}

static void play_checked(uid_t partner, uint32_t bytes, enum contents contents,
    enum contents expected)
{
	struct message *m = &timed.client.message.head;
	struct received r;

	fill(&timed.client, bytes, contents);
	r = complex_call(
	    partner, m, TIMEOUT_NEVER, m, TIMEOUT_NEVER, &timed.client.flat);
	if (code(r) != IPC_OK)
		fail("checked call: result %u", code(r));
	if (!holds(&timed.client, r, bytes, expected))
		fail("%u bytes did not arrive as they were sent", bytes);
}

static BESIDE_LOOPS void measure(uid_t partner, uint32_t spaces, uint32_t bytes,
    uint32_t rounds, uint32_t cold)
{
	MESSAGE_VARIABLE(0, 0)
	order = {.head = {.words = {bytes, 1 + WARM_UP + rounds + 1}}};
	uint32_t ticks;
	uint64_t start, end;

	ipc_send(partner, &order.head, TIMEOUT_NEVER);
	prepare(&timed.client, bytes);
	play_checked(partner, bytes, REQUEST, ANSWER);
	if (cold_ipc(cold) != SERVICE_OK)
		fail("cannot flush the cache by flush=%u", cold);
	play(partner, WARM_UP);
	ticks = clock_ticks();
	start = read_tsc();
	play(partner, rounds);
	end = read_tsc();
	ticks = clock_ticks() - ticks;
	cold_ipc(COLD_OFF);
	play_checked(partner, bytes, LAST_REQUEST, LAST_ANSWER);
	record_sample("bytes=%u spaces=%u cold=%u round_trips=%u start=%U "
		      "end=%U ticks=%u",
	    bytes, spaces, cold, rounds, start, end, ticks);
}

static uint32_t warm_up(const struct series *s)
{
	return s->cold == COLD_WBINVD ? WARM_UP / FEWER_ROUND_TRIPS : WARM_UP;
}

/* The same on a real machine. */
static void time_batch(const struct series *s, struct interval *i)
{
	MESSAGE_VARIABLE(0, 0)
	order = {
	    .head = {.words = {s->bytes, 1 + warm_up(s) + s->round_trips + 1}}};

	ipc_send(s->partner, &order.head, TIMEOUT_NEVER);
	prepare(&timed.client, s->bytes);
	play_checked(s->partner, s->bytes, REQUEST, ANSWER);
	if (cold_ipc(s->cold) != SERVICE_OK)
		fail("cannot flush the cache by flush=%u", s->cold);
	play(s->partner, warm_up(s));
	interval_begin(i);
	play(s->partner, s->round_trips);
	interval_end(i);
	cold_ipc(COLD_OFF);
	play_checked(s->partner, s->bytes, LAST_REQUEST, LAST_ANSWER);
}

static uid_t link_port(uint32_t n, uint32_t port)
{
	if (port == NO_PORT || port_link(PORT_REPLIES + n, port) != SERVICE_OK)
		fail("ports=1: there is no port to be called");
	return PORT(PORT_REPLIES + n);
}

static void inside_server(void *client_uid)
{
	server_thread(*(uid_t *)client_uid);
}

static uid_t start_inside_server(uint32_t ports)
{
	static char stack[4096] __attribute__((aligned(16)));
	static uid_t self;
	uint32_t port;
	uid_t made;

	self = thread_self();
	made = thread_create(inside_server, &self, stack, sizeof(stack));
	if (!ports)
		return made;
	port = port_create(INSIDE);
	port_assign(port, made);
	return link_port(INSIDE, port);
}

/* The other module's first message tells who it is. */
static uid_t find_other_space(uint32_t ports)
{
	MESSAGE_VARIABLE(0, 0) hello = {.head = {0}};
	struct received r = ipc_receive(NOBODY, &hello.head, TIMEOUT_NEVER);

	if (code(r) != IPC_OK)
		fail("no server: result %u", code(r));
	return ports ? link_port(OTHER, r.words[0]) : r.from;
}

/* How the cache is flushed, if the command line says nothing: invd would throw
 * away what a cache that writes back has not written yet. */
static uint32_t harmless_flush(void)
{
	return machine().flags & MACHINE_WRITE_THROUGH ? COLD_INVD
						       : COLD_WBINVD;
}

static void run_all(const char *command_line, uid_t other, uint32_t ports)
{
	uint32_t rounds = argument(command_line, "rounds", ROUND_TRIPS);
	uint32_t only = argument(command_line, "bytes", 0);
	uint32_t flush = argument(command_line, "flush", harmless_flush());
	uid_t inside = start_inside_server(ports);
	uint32_t n;

	for (n = 0; n < SIZES; n++) {
		if (only && sizes[n] != only)
			continue;
		measure(other, 2, sizes[n], rounds, COLD_OFF);
		measure(inside, 1, sizes[n], rounds, COLD_OFF);
		measure(other, 2, sizes[n], rounds, flush);
		measure(inside, 1, sizes[n], rounds, flush);
	}
}

/* Warm, between two spaces. Where a message of 4096 bytes takes longest, even a
 * tenth of the rounds takes hundreds of clock interrupts. */
static void run_table1(const char *command_line, uid_t other)
{
	uint32_t rounds = argument(command_line, "rounds", ROUND_TRIPS);
	uint32_t n;

	for (n = 0; n < SIZES; n++) {
		if (sizes[n] == 1024 || sizes[n] == 2048)
			continue;
		measure(other, 2, sizes[n],
		    sizes[n] == MAX_STRING ? rounds / 10 : rounds, COLD_OFF);
	}
}

static uint32_t add_series(struct series *s, uid_t other, uid_t inside,
    uint32_t bytes, uint32_t rounds, uint32_t flush)
{
	uint32_t n;

	for (n = 0; n < 4; n++) {
		uint32_t cold = n < 2 ? COLD_OFF : flush;

		s[n].partner = n % 2 ? inside : other;
		s[n].spaces = n % 2 ? 1 : 2;
		s[n].bytes = bytes;
		s[n].cold = cold;
		s[n].round_trips = rounds;
		if (cold == COLD_WBINVD && rounds > FEWER_ROUND_TRIPS)
			s[n].round_trips = rounds / FEWER_ROUND_TRIPS;
	}
	return 4;
}

/* The records that fit on a screen: all but the samples. */
static void show_records(
    const char *command_line, const char *kept, uint32_t rows)
{
	qr_show(kept, records_kept(), records_crc(), rows,
	    argument(command_line, "seconds", 3),
	    argument(command_line, "cycles", 2));
}

/* Not in the program: it stays as short as for the model. */
struct results {
	struct series series[MAX_SERIES];
	char kept[KEPT_BYTES];
};

static void run_on_machine(
    const char *command_line, uid_t other, uint32_t ports, uint32_t batches)
{
	struct results *results = (struct results *)given_memory.address;
	struct series *all = results->series;
	uint32_t rounds = argument(command_line, "rounds", BATCH_ROUND_TRIPS);
	uint32_t only = argument(command_line, "bytes", 0);
	uint32_t flush = argument(command_line, "flush", harmless_flush());
	uid_t inside = start_inside_server(ports);
	uint32_t n, count = 0;

	if (given_memory.bytes < sizeof(*results))
		fail("memory is too small");
	if (batches > MAX_BATCHES || !rounds)
		fail("batches=%u rounds=%u: at most %u batches, and a "
		     "round trip",
		    batches, rounds, MAX_BATCHES);
	records_keep(results->kept, sizeof(results->kept));
	clock_find();
	record_begin("pingpong");
	record_machine(command_line);
	for (n = 0; n < SIZES; n++)
		if (!only || sizes[n] == only)
			count += add_series(all + count, other, inside,
			    sizes[n], rounds, flush);
	run_batches(all, count, batches, time_batch);
	record_end();
	if (!(machine().flags & MACHINE_SERIAL) ||
	    argument(command_line, "qr", 0))
		show_records(
		    command_line, results->kept, machine().screen_rows);
	show_medians(all, count, batches);
}

static void run(const char *command_line)
{
	uint32_t ports = argument(command_line, "ports", 0);
	uint32_t batches = argument(command_line, "batches", 0);
	uid_t other = find_other_space(ports);

	if (batches) {
		run_on_machine(command_line, other, ports, batches);
		machine_stop(0);
	}
	record_begin("pingpong");
	if (argument(command_line, "table", 0) == 1)
		run_table1(command_line, other);
	else
		run_all(command_line, other, ports);
	record_end();
	machine_stop(0);
}

void program(const char *command_line, uid_t root)
{
	MESSAGE_VARIABLE(0, 0) hello = {.head = {0}};

	if (root == NOBODY) {
		run(command_line);
	} else {
		if (argument(command_line, "ports", 0))
			hello.head.words[0] = port_create(OTHER);
		ipc_send(root, &hello.head, TIMEOUT_NEVER);
		server_thread(root);
	}
}
