/* SPDX-License-Identifier: BSD-2-Clause */
#include "registers.h"
#include "tests.h"

#define USERS 6

/* Parties with a seed each for what is in their registers. */
struct user {
	uid_t party;
	uint32_t seed;
};

static struct order order_use(const struct user *u, enum coprocessor_use what)
{
	return (struct order){
	    .operation = USE_COPROCESSOR, .seed = u->seed, .detail = what};
}

static uint32_t use(const struct user *u, enum coprocessor_use what)
{
	struct order o = order_use(u, what);

	return tell_and_ask(u->party, &o).result;
}

static struct user user_create(uint32_t space)
{
	struct user u = {party_create(space), next_seed()};

	return u;
}

static struct user user_loaded(uint32_t space)
{
	struct user u = user_create(space);

	use(&u, LOAD_ALL);
	return u;
}

static void test_new_threads(uint32_t space)
{
	struct user old = user_loaded(HERE), new = user_create(space), next;

	check(use(&new, CHECK_NEW) == 0,
	    "a new thread's coprocessor is as after fninit, space %u", space);
	check(use(&old, CHECK_ALL) == 0,
	    "the other's registers are what they were");
	use(&new, LOAD_ALL);
	thread_delete(new.party);
	next = user_create(space); /* most likely with the same number */
	check(use(&next, CHECK_NEW) == 0,
	    "nothing comes from a thread that has died");
	parties_delete();
}

static void test_turns(void)
{
	struct user users[USERS];
	uint32_t damage = 0, n;

	for (n = 0; n < USERS; n++)
		users[n] = user_loaded(n % SPACES);
	for (n = 0; n < 5 * USERS; n++)
		damage += use(users + n * 5 % USERS, CHECK_ALL);
	check(damage == 0, "%u threads take turns, each has its registers",
	    USERS);
	for (n = 0; n < USERS; n += 2)
		thread_delete(users[n].party);
	for (n = 1; n < USERS; n += 2)
		damage += use(users + n, CHECK_ALL);
	check(damage == 0, "the others have died, and they still have them");
	parties_delete();
}

static void test_messages(uint32_t space)
{
	struct user a = user_loaded(HERE), b = user_loaded(space);
	struct order short_one = order_send(b.party, 0, 0);
	struct order long_one = order_send(b.party, DOPE(20, 1), 50000);
	struct order receive = order_receive(a.party, DOPE(20, 1), 50000);
	struct report r;

	receive.receive.string += 1 << 20;
	tell(b.party, &receive);
	tell_and_ask(a.party, &short_one);
	r = ask(b.party);
	check(received_all(&r, &short_one, a.party),
	    "users of the coprocessor send 8 bytes, space %u to %u", HERE,
	    space);
	check(use(&a, CHECK_ALL) + use(&b, CHECK_ALL) == 0,
	    "both have their registers");
	tell(a.party, &long_one);
	settle();
	r = tell_and_ask(b.party, &receive);
	check(received_all(&r, &long_one, a.party) &&
		  ask(a.party).result == IPC_OK,
	    "and a string");
	check(use(&b, CHECK_ALL) + use(&a, CHECK_ALL) == 0,
	    "both have their registers");
	parties_delete();
}

/* Threads that lose the processor while they compute. */
static void test_preemption(void)
{
	struct user users[USERS], silent = user_loaded(HERE);
	uint32_t damage = 0, n;

	for (n = 0; n < USERS; n++)
		users[n] = user_create(n % SPACES);
	for (n = 0; n < USERS; n++) {
		struct order busy = order_use(users + n, KEEP_BUSY);

		tell(users[n].party, &busy);
	}
	for (n = 0; n < USERS; n++)
		damage += ask(users[n].party).result;
	check(damage == 0, "%u threads compute at the same time", USERS);
	check(
	    use(&silent, CHECK_ALL) == 0, "one that did not has its registers");
	parties_delete();
}

/* An exception is its thread's, whoever uses the coprocessor before it comes.
 */
static void test_exceptions(uint32_t space)
{
	struct user other = user_loaded(HERE), bad = user_create(space);
	struct order wait = order_use(&bad, WAIT);
	struct order send = order_send(bad.party, 0, 0);
	struct report r;

	use(&bad, DIVIDE_BY_0_LATER);
	check(use(&other, CHECK_ALL) == 0,
	    "another's exception is pending, registers as they were");
	tell(bad.party, &wait);
	check(
	    !is_done(bad.party, &r) && perform(&send).result == IPC_NO_PARTNER,
	    "the exception ends its thread");
	check(use(&other, CHECK_ALL) == 0, "and no other");

	bad = user_create(space);
	use(&bad, DIVIDE_BY_0_LATER);
	thread_delete(bad.party);
	check(use(&other, CHECK_ALL) == 0,
	    "a thread has died with an exception pending, no other gets it");
	parties_delete();
}

void test_coprocessor(void)
{
	test_new_threads(HERE);
	test_new_threads(THERE);
	test_turns();
	test_messages(HERE);
	test_messages(THERE);
	test_preemption();
	test_exceptions(HERE);
	test_exceptions(THERE);
}
