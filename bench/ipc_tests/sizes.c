/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests.h"

#define REGION 0x400000 /* what the window maps twice of */

static const uint32_t dword_counts[] = {0, 1, 2, 3, 30, 31, 126, 254, 255};

static const struct {
	uint32_t bytes, misalign_from, misalign_to;
} strings[] = {{0, 0, 0}, {1, 0, 0}, {2, 1, 3}, {3, 0, 0}, {4, 0, 0}, {5, 3, 1},
    {1023, 0, 0}, {1024, 0, 0}, {2048, 0, 0}, {4095, 1, 2}, {4096, 0, 0},
    {4097, 2, 0}, {16384, 0, 0}, {16385, 0, 0}, {65539, 3, 3},
    {1u << 20, 0, 0}};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One message; the receiver waits first, then the sender. */
static void transfer(uid_t a, uid_t b, struct order send, struct order receive,
    const char *what, uint32_t number)
{
	struct report r;

	tell(b, &receive);
	settle();
	tell(a, &send);
	r = ask(b);
	check(ask(a).result == IPC_OK && received_all(&r, &send, a),
	    "%u %s, receiver first", number, what);

	send.seed = next_seed();
	tell(a, &send);
	settle();
	r = tell_and_ask(b, &receive);
	check(ask(a).result == IPC_OK && received_all(&r, &send, a),
	    "%u %s, sender first", number, what);
}

static void test_sizes_between(uint32_t from_space, uint32_t to_space)
{
	uid_t a = party_create(from_space), b = party_create(to_space);
	uint32_t both = from_space == to_space ? AREA_BYTES / 2 : 0;
	uint32_t n;

	print("# space %u to %u\n", from_space, to_space);
	for (n = 0; n < COUNT(dword_counts); n++)
		transfer(a, b, order_send(b, DOPE(dword_counts[n], 0), 0),
		    order_receive(a, DOPE(255, 1), 0),
		    "dwords of direct string", dword_counts[n]);
	for (n = 0; n < COUNT(strings); n++) {
		struct order send =
		    order_send(b, DOPE(n % 4, 1), strings[n].bytes);
		struct order receive =
		    order_receive(a, DOPE(n % 8, 1), strings[n].bytes + n % 2);

		send.send.string += strings[n].misalign_from;
		receive.receive.string += both + strings[n].misalign_to;
		transfer(a, b, send, receive, "bytes of indirect string",
		    strings[n].bytes);
	}
	parties_delete();
}

/* Buffers that lie across a 4 MB boundary need the window's second half. */
static void test_region_boundary(void)
{
	uid_t a = party_create(HERE), b = party_create(THERE);
	uint32_t boundary = ((uint32_t)area + REGION) & -REGION;
	struct order send = order_send(b, DOPE(100, 1), 4096);
	struct order receive = order_receive(a, DOPE(100, 1), 4096);

	receive.receive.address = boundary - 64;
	receive.receive.string = boundary + 4096;
	transfer(
	    a, b, send, receive, "bytes of direct string across 4 MB", 408);
	send.send.address = boundary - 128;
	receive.receive.string = boundary - 1001;
	receive.receive.address = boundary + 8192;
	transfer(a, b, send, receive, "bytes of string across 4 MB", 4096);
	parties_delete();
}

/*
 * Two threads of a space send to two other spaces, one right after the other:
 * their space has one window, which must not show the first one's partner to
 * the second.
 */
static void test_shared_window(void)
{
	uid_t a = party_create(1), b = party_create(1), to_a = party_create(2),
	      to_b = party_create(3);
	struct order from_a = order_send(to_a, DOPE(50, 1), 3000),
		     from_b = order_send(to_b, DOPE(50, 1), 3000);
	struct order receive_a = order_receive(a, DOPE(50, 1), 3000),
		     receive_b = order_receive(b, DOPE(50, 1), 3000);
	struct report r;

	/* The receivers' variables lie where the window shows the same. */
	from_b.send.string += AREA_BYTES / 2;
	from_b.send.address += AREA_BYTES / 2;
	tell(to_a, &receive_a);
	tell(to_b, &receive_b);
	settle();
	tell(a, &from_a);
	tell(b, &from_b);
	r = ask(to_a);
	check(ask(a).result == IPC_OK && received_all(&r, &from_a, a),
	    "two threads share a window: the first");
	r = ask(to_b);
	check(ask(b).result == IPC_OK && received_all(&r, &from_b, b),
	    "two threads share a window: the second");
	parties_delete();
}

static void test_longest(void)
{
	uid_t a = party_create(THERE), b = party_create(THERE + 1);

	transfer(a, b, order_send(b, DOPE(255, 1), STRING_MAX_BYTES),
	    order_receive(a, DOPE(255, 1), STRING_MAX_BYTES),
	    "bytes and 255 dwords, the longest message", STRING_MAX_BYTES);
	parties_delete();
}

void test_sizes(void)
{
	test_sizes_between(HERE, HERE);
	test_sizes_between(HERE, THERE);
	test_sizes_between(THERE, THERE + 1);
	test_region_boundary();
	test_shared_window();
	test_longest();
}
