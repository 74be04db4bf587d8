/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Buffered transfer: the sender copies the message into a kernel buffer, the
 * receiver copies it out when it runs. The buffer is the sender's, then the
 * receiver's; the one that has it takes it along when it is deleted.
 */

uint32_t message_take(struct tcb *to);
void message_drop(struct kernel_message *m);
uint32_t message_patience(const struct kernel_message *m);

#if CONFIG_HAND_CODED_PATH
/*
 * For the hand-coded path, which takes a message in and out without a break:
 * the one that is kept ready, as Mach kept a kmsg for each processor.
 */
struct message_buffer {
	uint32_t patience;
	uint32_t dope;
	uint32_t words[2];
	uint32_t data[CONFIG_COMPLEX_MESSAGES ? MESSAGE_MAX_DWORDS
					      : STRING_PIECE / 4];
};

extern struct message_buffer message_buffer;

/* The receiver cannot take it just so: it becomes an ordinary message, which it
 * takes now. Dope and result code. */
uint32_t message_take_over(struct tcb *to);
#endif

static inline uint32_t transfer_finish(struct tcb *to)
{
	return to->transfer.inbox ? message_take(to) : to->received;
}

/* The other's timeout: its partner waits, or has waited, for it (5.3.3). */
static inline uint32_t transfer_patience(const struct tcb *me)
{
	if (me->transfer.copies_to)
		return user_frame(me->transfer.copies_to)->edi;
	return message_patience(me->transfer.inbox);
}

static inline void transfer_forget(struct tcb *t)
{
	message_drop(t->transfer.outbox);
	message_drop(t->transfer.inbox);
	message_drop(t->outer.outbox);
	message_drop(t->outer.inbox);
}
