/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Thread control block (tcb).
 */
#ifndef TCB_H
#define TCB_H

#include <abi.h>
#include <config.h>
#include <cpu.h>
#include <list.h>
#include <memory_layout.h>
#include <queue.h>
#include <task.h>

#define UID_NUMBER_SHIFT 12
#define UID_GENERATIONS (1u << 28)
#define UID_STATION(uid) ((uint32_t)((uid) >> 60))
#define UID_NUMBER_MASK ((MAX_THREADS - 1u) << UID_NUMBER_SHIFT)

enum thread_state {
	THREAD_READY,	  /* running, or could run */
	THREAD_SENDING,	  /* waits until partner receives from it */
	THREAD_RECEIVING, /* waits for a message from partner, or any thread */
	THREAD_LOCKED,	  /* as RECEIVING, but a long one is being copied */
	THREAD_COPYING,	  /* waits, sending, for partner's pager */
	THREAD_FAULTING,  /* waits for the answer of partner, its pager */
	THREAD_DEAD,	  /* waits to be freed */
	/* Higher ones: the address of the tcb from which it receives, or its own
	 * if from any, with a BARE kernel stack. So that a short IPC compares and
	 * changes one word (5.3.4). */
	THREAD_BARE
};

/* Long messages that a thread takes part in, so far as the kernel can wait in
 * the middle of them (transfer.h). */
struct transfer {
	struct tcb *copies_to;	       /* NULL if that one is no more */
	struct tcb *copied_by;	       /* likewise */
	struct kernel_message *outbox; /* being copied in */
	struct kernel_message *inbox;  /* not yet copied out */
	uint32_t window_region; /* the first of the two seen in the window */
};

/* What the running thread has that others must not find. */
#define RESOURCE_WINDOW 1      /* the space's window entries are its own */
#define RESOURCE_COPROCESSOR 2 /* the coprocessor is at its disposal */

/* A time in ms, as wakeup.h needs it. */
#if CONFIG_WAKEUP_LISTS
typedef uint32_t wakeup_time_t;
#else
typedef uint64_t wakeup_time_t;
#endif

/*
 * The fields that a short IPC needs come first (5.5.1), in the order in which
 * it needs them, in two cache lines. Without CACHE_LAYOUT each is where it
 * belongs by its meaning.
 */
struct tcb {
#if CONFIG_CACHE_LAYOUT
	struct queue senders; /* threads SENDING to this one */
	uid_t uid;	      /* 0: no such thread */
	uint32_t state;	      /* enum thread_state */
	uint32_t space;	      /* its page directory's address, for cr3 */
	uint8_t resources;    /* RESOURCE_..., to be left at a thread switch */
#if CONFIG_PORTS
	uid_t **links;	/* its task's (ports.h) */
	uint32_t index; /* of a link, while the hand-coded path needs it */
#endif
#if CONFIG_NOTIFICATIONS
	uint32_t notifications; /* bits that have been set */
#endif
#if CONFIG_VIRTUAL_REGISTERS
	uint32_t block;		    /* address of its virtual registers */
	struct message *block_here; /* the same, in the physical map */
#endif
	uint32_t stack_top;  /* of the kernel stack, or where it is saved */
	struct tcb *partner; /* see state; NULL: any thread; not if BARE */
#else
	uid_t uid;
#endif
	uid_t pager;
	struct task *task;
#if !CONFIG_CACHE_LAYOUT
	uint32_t space;
#if CONFIG_PORTS
	uid_t **links;
	uint32_t index;
#endif
#if CONFIG_VIRTUAL_REGISTERS
	uint32_t block;
	struct message *block_here;
#endif
#endif
	uint8_t priority;   /* 0 to PRIORITIES - 1 */
	uint32_t timeslice; /* ticks it may run when the scheduler picks it */
	bool in_ready_queue;
	struct queue_link ready_link;	/* in the ready queue */
	struct queue_link waiting_link; /* in the waiting queue */
	uint32_t esp; /* kernel stack pointer while not running */
#if !CONFIG_CACHE_LAYOUT
	uint32_t stack_top;
	uint8_t resources;
#endif
	struct coprocessor_state coprocessor; /* but see coprocessor.h */
#if !CONFIG_CACHE_LAYOUT
	uint32_t state;
	struct tcb *partner;
#endif
	uint32_t received; /* dope and result code when next receiving */
#if !CONFIG_CACHE_LAYOUT
	struct queue senders;
#endif
	struct queue_link sender_link; /* in partner's senders */
	wakeup_time_t due;	       /* when its wait ends by timeout */
	struct queue_link wakeup_link;
	bool in_wakeup_list;
#if CONFIG_NOTIFICATIONS && !CONFIG_CACHE_LAYOUT
	uint32_t notifications;
#endif
	bool asks_pager;
	uint32_t fault; /* that the pager is asked for: address | write */
	struct transfer transfer; /* now going on */
	struct transfer outer;	  /* in the middle of which it asks its pager */
#if CONFIG_VIRTUAL_TCBS
	/* For swapping (optimized/senders.h). */
	bool in_senders;     /* of partner */
	bool senders_absent; /* absent_link is in senders, as a mark */
	struct queue_link absent_link;
	uint64_t absent_from; /* no missing one has a lower ticket */
	uint64_t ticket;      /* SENDING: numbers the calls */
#endif
};

_Static_assert(
    TCB_PLACE + sizeof(struct tcb) <= TCB_BYTES, "too little room for a stack");

/*
 * The registers of t's user program while it is in the kernel. They may be
 * elsewhere after a thread switch (5.2.4).
 */
static inline struct trap_frame *user_frame(const struct tcb *t)
{
	return (struct trap_frame *)t->stack_top - 1;
}

/* The uid in a caller's EDX and ESI (table 6). */
static inline uid_t frame_uid(const struct trap_frame *frame)
{
	return (uid_t)frame->esi << 32 | frame->edx;
}

static inline void frame_put_uid(struct trap_frame *frame, uid_t uid)
{
	frame->edx = (uint32_t)uid;
	frame->esi = (uint32_t)(uid >> 32);
}

static inline bool is_bare(const struct tcb *t)
{
	return t->state > THREAD_DEAD;
}

static inline uint32_t thread_number(uid_t uid)
{
	return ((uint32_t)uid & UID_NUMBER_MASK) >> UID_NUMBER_SHIFT;
}

#endif
