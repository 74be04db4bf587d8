/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What user programs and the kernel agree on: system calls, registers,
 * messages, result codes. (Paper: sections 5.2.1, 5.2.2, 5.4.2, table 6.)
 */
#ifndef TWENTYFOLD_ABI_H
#define TWENTYFOLD_ABI_H

/* User addresses are 0 .. USER_END - 1 (3.5 GB); the kernel has the rest. */
#define USER_END 0xE0000000

/*
 * System calls: one interrupt vector each. The four IPC calls take the
 * registers of table 6:
 *
 *	       in                             out
 *	EAX    receive buffer address         dope of the received message,
 *	                                      result code in the low byte
 *	EBX    send timeout                   bytes 0..3 of the message
 *	ECX    send message address           bytes 4..7 of the message
 *	EDX    destination uid, low word      source uid, low word
 *	ESI    destination uid, high word     source uid, high word
 *	EDI    receive timeout                undefined
 *	EBP    -                              undefined
 *
 * Without CONFIG_REGISTER_PARAMETERS the same words are in a struct
 * ipc_parameters, with its address in EAX; results are where they are.
 *
 * IPC_RECEIVE takes in EDX, ESI the only source to receive from, or NOBODY
 * to receive from any thread. Without CONFIG_REGISTER_MESSAGES bytes 0..7 come
 * back in the receive buffer and EBX, ECX are undefined. Without
 * CONFIG_RPC_SYSCALLS IPC_CALL and IPC_REPLY_AND_RECEIVE_NEXT do not exist, nor
 * does the latter without CONFIG_REPLY_AND_RECEIVE; the stubs in
 * bench/runtime/ipc.h make them out of the other two.
 */
#define HAS_REPLY_AND_RECEIVE_NEXT                                             \
	(CONFIG_RPC_SYSCALLS && CONFIG_REPLY_AND_RECEIVE)

/* The lower word of NOTIFICATION, for assembly. */
#define NOTIFICATION_LOW 0x20

#define IPC_SEND 0x30
#define IPC_RECEIVE 0x31
#define IPC_CALL 0x32
#define IPC_REPLY_AND_RECEIVE_NEXT 0x33
#define KERNEL_SERVICE 0x34

/*
 * Timeouts, in ms: how long to wait at most until the transfer starts (5.3.3).
 * Never less; up to two clock ticks, 8 ms, a turn of the ready threads of the
 * same priority and the time of those of higher ones more. Other values are
 * refused.
 */
#define TIMEOUT_NONE 0		 /* do not wait */
#define TIMEOUT_MAX 0x80000000	 /* 24 days */
#define TIMEOUT_NEVER 0xFFFFFFFF /* wait for ever */

/*
 * Result codes. What a sender can be blamed for the sender is told, what a
 * receiver can be blamed for the receiver; the other side is not disturbed.
 */
#define IPC_OK 0
#define IPC_NO_PARTNER 1 /* no such thread, or it died meanwhile */
#define IPC_TIMEOUT 2	 /* partner not ready in time */
#define IPC_SELF 3	 /* sending to or receiving from oneself */
#define IPC_FAULT 4	 /* own buffer not mapped, read-only, or kernel's */
#define IPC_TOO_LONG 5	 /* more than a message may hold */
#define IPC_CUT 6	 /* receive buffer too small: what fits was delivered */
#define IPC_NO_BUFFER 7	 /* no kernel memory for the message */
#define IPC_BAD_TIMEOUT 8   /* more than TIMEOUT_MAX and not TIMEOUT_NEVER */
#define IPC_CODE 0x7F	    /* mask for the above */
#define IPC_IN_RECEIVE 0x80 /* set when the receive part failed */
#define IPC_RESULT 0xFF	    /* mask for code and part: 0 is success */

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Unique thread identifier (section 5.3.1), never reused:
 *
 *	bits  0..11  0: the number is already multiplied by the size of a tcb
 *	bits 12..25  thread number
 *	bits 26..31  0
 *	bits 32..59  generation: how many threads had this number
 *	bits 60..63  station: 0, this machine
 */
typedef uint64_t uid_t;

#define NOBODY ((uid_t)0)

/* The source of a hardware interrupt's messages: no thread's uid, its number
 * is 0. */
#define INTERRUPT(irq) ((uid_t)(irq) + 1)

/*
 * Extension CONFIG_NOTIFICATIONS: the source of the bits that others have set, as a
 * message: bytes 0..3 the bits, which are then 0 again, 4..7 zero. One can receive from it
 * alone.
 */
#define NOTIFICATION ((uid_t)NOTIFICATION_LOW)

/*
 * Extension CONFIG_PORTS (7.1): wherever a partner's uid is, there can be an
 * index into the links of the own space, modulo PORT_LINKS. The source of a
 * message that has come by a port is such an index, below PORT_REPLIES, for the
 * answer. Station 15 has no threads.
 */
#define PORT_STATION 0xF0000000 /* ESI; EDX is the index */
#define PORT(index) ((uid_t)PORT_STATION << 32 | (index))
#define PORT_LINKS 256
#define PORT_REPLIES 16
#define MAX_PORTS 1024
#define NO_PORT 0

/*
 * A message, and a buffer for one, have the same structure (5.4.1), so one
 * variable can serve for both. Behind the first 8 bytes, which travel in
 * registers, come size's dwords of direct string, of which dope's are sent;
 * then the descriptors of size's indirect strings, then those of its memory
 * objects. The n-th string goes to the n-th buffer, objects likewise.
 *
 * A dope (5.5.4) is one register with counters as its bytes: bits 8..15 dwords
 * of direct string, 16..23 indirect strings, 24..31 memory objects.
 */
#define DOPE(dwords, strings) ((uint32_t)(dwords) << 8 | (strings) << 16)
#define DOPE_WITH_OBJECTS(dwords, strings, objects)                            \
	(DOPE(dwords, strings) | (uint32_t)(objects) << 24)
#define DOPE_DWORDS(dope) ((dope) >> 8 & 0xFF)
#define DOPE_STRINGS(dope) ((dope) >> 16 & 0xFF)
#define DOPE_OBJECTS(dope) ((dope) >> 24)

/*
 * Extension CONFIG_VIRTUAL_REGISTERS: a message of up to 64 words. Each thread has a block,
 * a struct message that is always there, and that others than its task do not see. A
 * message is sent from there, and received there, if that is the address of the variable;
 * of another thread's block it must not be. A thread begins with it in EBP.
 */
#define VIRTUAL_REGISTERS 64
/* Not where the first entries of page tables are in the cache (memory_layout.h). */
#define BLOCKS 0xE5140000
#define BLOCK_BYTES 512
#define BLOCK_DWORDS (VIRTUAL_REGISTERS - 2) /* behind the first 8 bytes */
#define BLOCK_OF(uid) (BLOCKS + ((uint32_t)(uid) & 0x03FFF000) / 8)

#define MESSAGE_MAX_DWORDS 255
#define STRING_MAX_BYTES (4u << 20)

/*
 * Without CONFIG_COMPLEX_MESSAGES a message is flat: one direct string, which
 * may be long, or one memory object. There are no indirect strings, and bits
 * 8..23 of a dope count dwords.
 */
#define FLAT_DOPE(dwords) ((uint32_t)(dwords) << 8)
#define FLAT_DOPE_DWORDS(dope) ((dope) >> 8 & 0xFFFF)
#define FLAT_MAX_DWORDS 65535

struct message {
	uint32_t size;	   /* dope: how much this variable can hold */
	uint32_t dope;	   /* dope: how much is to be sent */
	uint32_t words[2]; /* bytes 0..7 */
	uint32_t direct[]; /* bytes 8.. : size's dwords */
};

/* Descriptor of an indirect string: what to send, and where to receive. */
struct indirect_string {
	uint32_t length;  /* bytes to send; after receiving: bytes received */
	uint32_t address; /* after receiving: equal to buffer */
	uint32_t buffer_size;
	uint32_t buffer;
};

/*
 * Descriptor of a memory object (5.2.2): pages of the sender's that appear in
 * the receiver's space, each when it is first touched. All are multiples of
 * a page, 4 KB.
 */
struct memory_object {
	uint32_t length;  /* bytes to send; after receiving: bytes received */
	uint32_t address; /* | MEMORY_WRITABLE; after receiving: the buffer's */
	uint32_t buffer_size; /* bytes of address space to receive into */
	uint32_t buffer;
};

#define MEMORY_WRITABLE 1
/*
 * Extension CONFIG_PAGE_REMAPPING (7.2): the pages that are there go to the
 * receiver at once, to the same address, as far as that is in the place for the
 * object; the sender has them no more. After receiving, address is theirs.
 */
#define MEMORY_MOVE 2

/* The parameter block, in the order of table 6. */
struct ipc_parameters {
	uint32_t receive;	  /* EAX: receive buffer address */
	uint32_t send_timeout;	  /* EBX */
	uint32_t send;		  /* ECX: send message address */
	uint32_t uid_low;	  /* EDX */
	uint32_t uid_high;	  /* ESI */
	uint32_t receive_timeout; /* EDI */
};

/*
 * The message by which a page fault comes to the pager of the thread that
 * caused it: 8 bytes. The answer is a message with a memory object; its first
 * page is mapped where the fault was and the others behind it. Any other
 * answer says no: a user program is ended, a transfer fails.
 */
#define FAULT_ADDRESS(words) ((words)[0] & ~1u)
#define FAULT_WRITE(words) ((words)[0] & 1)
#define FAULT_EIP(words) ((words)[1])

/*
 * Kernel services, by KERNEL_SERVICE, number in EAX. Result code in EAX.
 * WRITE, STOP, COLD_IPC, MEMORY, ATTACH_..., PORT_... and SWAP_OUT are
 * the root task's alone (the first module's). Threads can be deleted by those
 * of their own task, by the thread that created the task, and by the root task.
 * Others get SERVICE_DENIED. With NOBODY as pager in CREATE_... it is the
 * caller's pager.
 */
#define SERVICE_SELF 0 /* out: EDX, ESI own uid */
/* in: EBX eip, ECX esp; EDX, ESI pager; out: EDX, ESI uid */
#define SERVICE_CREATE_THREAD 1
#define SERVICE_DELETE_THREAD 2 /* in: EDX, ESI uid */
#define SERVICE_YIELD 3		/* lets others of its priority run first */
#define SERVICE_CLOCK 4		/* out: EBX clock ticks since boot */
#define SERVICE_WRITE 5		/* in: EBX address, ECX bytes: to the console */
#define SERVICE_STOP 6		/* in: EBX 0 for success: ends the machine */
#define SERVICE_COLD_IPC 7 /* in: EBX COLD_...: flush the cache at each IPC */
/* The same, in a new task with nothing in its space. */
#define SERVICE_CREATE_TASK 8
#define SERVICE_DELETE_TASK 9 /* in: EDX, ESI uid of a thread of it */
#define SERVICE_SET_PAGER 10  /* in: EDX, ESI uid: the caller's pager */
/* out: EBX frames that are free or the heap's, ECX bytes of the heap in use */
#define SERVICE_MEMORY 11
#define SERVICE_ATTACH_INTERRUPT 12 /* in: EBX irq, ECX 1, or 0 to detach */
#define SERVICE_PORT_IN 13	    /* in: EBX port; out: ECX byte */
#define SERVICE_PORT_OUT 14	    /* in: EBX port, ECX byte */
#define SERVICE_SCHEDULE 15	    /* priority and timeslice of a thread */
#define SERVICE_SWAP_OUT 16 /* in: EDX, ESI uid: of what need not be there */
#define SERVICE_UNMAP 17    /* in: EBX address, ECX bytes: of the own space */
/* With CONFIG_PORTS: */
#define SERVICE_CREATE_PORT 18 /* in: EBX index to answer by; out: EBX port */
#define SERVICE_ASSIGN_PORT 19 /* in: EBX port; EDX, ESI uid, or NOBODY */
#define SERVICE_LINK_PORT 20   /* in: EBX index, ECX port, or NO_PORT */
/*
 * About the machine. out: EBX CR0, ECX CR4, EDX KB that were free at boot, ESI
 * MACHINE_... and, from bit 16 on, how many lines the screen has.
 */
#define SERVICE_MACHINE 21
#define MACHINE_WRITE_THROUGH 1 /* COLD_INVD harms nothing */
#define MACHINE_SERIAL 2	/* the console has a serial port */
#define MACHINE_ACPI 4		/* its tables have been found */
#define MACHINE_TIMER 8		/* they have a timer of 3.579545 MHz */
#define MACHINE_LONG_TIMER 16	/* of 32 bits, not 24 */
/* in: EBX 34h, E7h or E8h; out: EBX, ECX low and high; not all processors have
 * them */
#define SERVICE_MODEL_REGISTER 22
#define SERVICE_ACPI_TIMER 23 /* out: EBX its value */

/* With CONFIG_NOTIFICATIONS: */
#define SERVICE_NOTIFY 24 /* in: EBX bits, which are set; EDX, ESI uid */
/* in: EBX irq, ECX bits: from now on they are set, and no message comes */
#define SERVICE_ATTACH_BITS 25

/*
 * SERVICE_SCHEDULE in: EDX, ESI uid, EBX priority, ECX timeslice; out: EBX, ECX
 * the old ones. For threads of the own task, to no higher priority and
 * no longer timeslice than the caller's; the root task is free to do all.
 * Timeslices are in ms, rounded up to whole clock ticks.
 */
#define PRIORITIES 16	   /* 0, the lowest, to 15 */
#define PRIORITY_DEFAULT 8 /* of the modules' first threads */
#define TIMESLICE_DEFAULT 20
#define TIMESLICE_MAX 10000
#define SCHEDULE_KEEP 0xFFFFFFFF /* for either: as it is */

/*
 * For measuring with a cold cache (section 6): what each send, call and reply
 * begins with. The paper's program used invd, which throws away what is only
 * in a write-back cache: for a 486 with a cache that writes through, and for
 * models of it. WBINVD is for all other machines.
 */
#define COLD_OFF 0
#define COLD_INVD 1
#define COLD_WBINVD 2

#define SERVICE_OK 0
#define SERVICE_UNKNOWN 1
#define SERVICE_DENIED 2
#define SERVICE_NO_THREAD 3 /* no such thread */
#define SERVICE_NO_MEMORY 4 /* no memory, or all thread numbers in use */
#define SERVICE_FAULT 5	    /* bad address */
#define SERVICE_BAD_ARGUMENT 6

/*
 * A new thread starts with EDX, ESI = uid of its creator, like a thread that
 * has just received from it, and with its creator's priority and timeslice. A
 * module's first thread starts with the uid of
 * the root task's first thread, or NOBODY if it is that thread, and EBX = the
 * address of the kernel's command line. The root task's first thread finds in
 * ECX, EDI address and bytes of the memory that the kernel does not keep for
 * itself. It is the pager of the other modules' first threads and has none.
 */

#endif /* __ASSEMBLER__ */
#endif
