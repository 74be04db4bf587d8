/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bits that are set in another thread's word. Nothing here waits, and nothing needs room.
 */
#include <notification.h>
#include <rendezvous.h>

struct tcb notification_sender;

void notification_take(struct tcb *me, uint32_t words[2])
{
	words[0] = me->notifications;
	words[1] = 0;
	me->notifications = 0;
}

/* Without REGISTER_MESSAGES the message goes into the receiver's memory: that it does
 * itself. */
bool notify(struct tcb *to, uint32_t bits)
{
	struct trap_frame *frame;
	uint32_t words[2];

	to->notifications |= bits;
	if (!to->notifications || !waits_for(to, &notification_sender))
		return false;
	settle(to);
	if (!CONFIG_REGISTER_MESSAGES) {
		wake(to, LOOK_AGAIN);
		return true;
	}
	notification_take(to, words);
	frame = user_frame(to);
	frame->ebx = words[0];
	frame->ecx = words[1];
	frame_put_uid(frame, NOTIFICATION);
	wake(to, IPC_OK);
	return true;
}
