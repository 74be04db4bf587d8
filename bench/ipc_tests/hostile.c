/* SPDX-License-Identifier: BSD-2-Clause */
#include "hostile.h"
#include "registers.h"

#define KERNEL_ADDRESS 0xF0100000
#define TCB_ADDRESS 0xE0001000
#define WINDOW_ADDRESS 0xFF800000
#define MOST_THREADS 16384

const char *const hostile_names[HOSTILITIES] = {
    [READ_KERNEL] = "reads kernel memory",
    [WRITE_KERNEL] = "writes kernel memory",
    [CALL_KERNEL] = "calls kernel code",
    [READ_TCBS] = "reads where tcbs may be",
    [READ_WINDOW] = "reads the communication window",
    [READ_WINDOW_AFTER_SENDING] = "reads the window after sending",
    [READ_WINDOW_AFTER_FAILING] = "reads the window after failing to send",
    [READ_NOTHING] = "reads an address that is not mapped",
    [WRITE_OWN_CODE] = "writes its own code",
    [STACK_GONE] = "pushes onto a stack that is not there",
    [DISABLE_INTERRUPTS] = "disables interrupts",
    [HALT] = "halts",
    [IO_PORT] = "writes an I/O port",
    [LOAD_CR3] = "loads cr3",
    [LOAD_GDT] = "loads the GDT register",
    [FLUSH_CACHE] = "flushes the cache",
    [WRITE_CACHE_BACK] = "writes the cache back",
    [KERNEL_SEGMENT] = "loads a kernel segment",
    [RETURN_TO_RING_0] = "returns to ring 0",
    [CLOCK_VECTOR] = "calls the clock interrupt's vector",
    [PAGE_FAULT_VECTOR] = "calls the page fault's vector",
    [UNUSED_VECTOR] = "calls a vector that is not there",
    [DIVIDE_BY_0] = "divides by 0",
    [INVALID_OPCODE] = "executes an invalid opcode",
    [BREAKPOINT] = "executes a breakpoint",
    [SINGLE_STEP] = "sets the trap flag",
    [COPROCESSOR] = "divides by 0 in the coprocessor",
    [WRITE_TO_CONSOLE] = "writes to the console",
    [STOP_MACHINE] = "stops the machine",
    [DELETE_FOREIGN_THREAD] = "deletes another task's thread",
    [ATTACH_INTERRUPT] = "attaches an interrupt",
    [READ_PORT] = "asks for a port's value",
    [READ_ABOUT_MACHINE] = "asks what the machine is",
    [READ_MODEL_REGISTER] = "reads a register of the processor's model",
    [READ_ACPI_TIMER] = "reads the timer of ACPI",
    [WRITE_PORT] = "asks to write a port",
    [SWAP_OUT_THREAD] = "swaps out a thread",
    [UNKNOWN_SERVICE] = "asks for a service that is not there",
    [DIRECTION_FLAG] = "sends with the direction flag set",
    [NULL_SEGMENTS] = "calls with null segments",
    [NESTED_TASK_FLAG] = "calls with the nested task flag set",
    [KERNEL_STACK_POINTER] = "calls with a kernel stack pointer",
    [KERNEL_ENTRY_POINT] = "starts threads in the kernel and nowhere",
    [ALL_THREADS] = "makes threads until there are no more",
};

/* Where nothing is mapped; the compiler must not know. */
static volatile uint32_t nowhere = 16;

/* Its string is not there: found when the receiver's buffer has been seen. */
static void fail_to_send(const struct order *o)
{
	struct message *m = (struct message *)o->send.address;
	struct indirect_string *string =
	    (struct indirect_string *)(m->direct + DOPE_DWORDS(o->send.dope));

	string->address = 0x10000000;
	ipc_send(o->partner, m, TIMEOUT_NEVER);
}

static void fatal(const struct order *o)
{
	uint32_t table[2] = {0, 0}, zero = 0;

	switch (o->detail) {
	case READ_KERNEL:
		(void)*(volatile uint32_t *)KERNEL_ADDRESS;
		break;
	case WRITE_KERNEL:
		*(volatile uint32_t *)KERNEL_ADDRESS = 0;
		break;
	case CALL_KERNEL:
		((void (*)(void))KERNEL_ADDRESS)();
		break;
	case READ_TCBS:
		(void)*(volatile uint32_t *)TCB_ADDRESS;
		break;
	case READ_WINDOW:
		(void)*(volatile uint32_t *)WINDOW_ADDRESS;
		break;
	case READ_WINDOW_AFTER_SENDING:
		ipc_send(
		    o->partner, (const void *)o->send.address, TIMEOUT_NEVER);
		/* Where the receiver's buffer was to be seen. */
		(void)*(volatile uint32_t *)(WINDOW_ADDRESS +
					     (o->send.address & 0x3FFFFF));
		break;
	case READ_WINDOW_AFTER_FAILING:
		fail_to_send(o);
		(void)*(volatile uint32_t *)(WINDOW_ADDRESS +
					     (o->send.address & 0x3FFFFF));
		break;
	case READ_NOTHING:
		(void)*(volatile uint32_t *)nowhere;
		break;
	case WRITE_OWN_CODE:
		*(volatile uint8_t *)be_hostile = 0;
		break;
	case STACK_GONE:
		asm volatile("movl $16, %esp; pushl %eax");
		break;
	case DISABLE_INTERRUPTS:
		asm volatile("cli");
		break;
	case HALT:
		asm volatile("hlt");
		break;
	case IO_PORT:
		asm volatile("outb %%al, $0xF4" : : "a"(0x10));
		break;
	case LOAD_CR3:
		asm volatile("movl %0, %%cr3" : : "r"(0));
		break;
	case LOAD_GDT:
		asm volatile("lgdt %0" : : "m"(table));
		break;
	case KERNEL_SEGMENT:
		asm volatile("movl %0, %%ds" : : "r"(0x10));
		break;
	case RETURN_TO_RING_0:
		asm volatile("pushfl; pushl $8; pushl $1f; iret; 1:");
		break;
	case CLOCK_VECTOR:
		asm volatile("int $0x20");
		break;
	case PAGE_FAULT_VECTOR:
		asm volatile("int $14");
		break;
	case UNUSED_VECTOR:
		asm volatile("int $0x80");
		break;
	case DIVIDE_BY_0:
		asm volatile("divl %0" : : "r"(zero) : "eax", "edx");
		break;
	case INVALID_OPCODE:
		asm volatile(".byte 0x0F, 0x0B");
		break;
	case BREAKPOINT:
		asm volatile("int3");
		break;
	case SINGLE_STEP:
		asm volatile("pushfl; orl $0x100, (%esp); popfl; nop");
		break;
	default:
		coprocessor_divide_by_0();
		asm volatile("fwait");
	}
}

/* A service, called between instructions that may do damage. */
#define SELF_BETWEEN(before, after)                                            \
	do {                                                                   \
		uint32_t eax = SERVICE_SELF;                                   \
                                                                               \
		asm volatile(before "; int %1; " after                         \
			     : "+a"(eax)                                       \
			     : "i"(KERNEL_SERVICE)                             \
			     : "edx", "esi", "edi", "cc", "memory");           \
	} while (0)

/* They must come back as they were, or as the kernel has found them wrong. */
static uint32_t null_segments(void)
{
	uint32_t eax = SERVICE_SELF, ds, flat;

	asm volatile("pushl %%ds; pushl %%es; xorl %%edi, %%edi;"
		     "movl %%edi, %%ds; movl %%edi, %%es;"
		     "movl %%edi, %%fs; movl %%edi, %%gs;"
		     "int %2; movl %%ds, %%edi; popl %%es; popl %%ds"
		     : "+a"(eax), "=&D"(ds)
		     : "i"(KERNEL_SERVICE)
		     : "edx", "esi", "memory");
	asm("movl %%ds, %0" : "=r"(flat));
	return (ds & 0xFFFF) ^ (CONFIG_SEGMENT_CHECK ? flat & 0xFFFF : 0);
}

static uint32_t start_threads_nowhere(void)
{
	static const uint32_t places[] = {
	    0, 16, KERNEL_ADDRESS, USER_END, 0xFFFFFFFF};
	uint32_t n;

	for (n = 0; n < sizeof(places) / sizeof(places[0]); n++)
		if (service(SERVICE_CREATE_THREAD, places[n], places[n], NOBODY)
			.code != SERVICE_OK)
			return 1;
	return 0;
}

static void wait_for_ever(void *argument)
{
	MESSAGE_VARIABLE(0, 0) message = {.head = {0}};

	(void)argument;
	for (;;)
		ipc_receive(NOBODY, &message.head, TIMEOUT_NEVER);
}

/* They share a stack, and may: none ever comes back from the kernel. */
static uint32_t make_all_threads(void)
{
	static uid_t made[MOST_THREADS];
	static char stack[1024] __attribute__((aligned(16)));
	uint32_t count = 0, n, damage = 0;
	uid_t uid;

	do {
		uid = thread_create(wait_for_ever, NULL, stack, sizeof(stack));
		made[count] = uid;
	} while (uid != NOBODY && ++count < MOST_THREADS);
	if (count < 100 || count == MOST_THREADS)
		damage = 1;
	for (n = 0; n < count; n++)
		if (thread_delete(made[n]) != SERVICE_OK)
			damage = 2;
	return damage;
}

static uint32_t send_backwards(const struct order *o)
{
	const struct ipc_parameters parameters = {0, TIMEOUT_NEVER,
	    o->send.address, (uint32_t)o->partner, (uint32_t)(o->partner >> 32),
	    0};
	uint32_t eax, ebx, ecx, edx, esi, edi;

	asm volatile(
	    "std; pushl %%ebp; int %6; popl %%ebp; cld"
	    : "=a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx), "=S"(esi), "=D"(edi)
	    : "i"(IPC_SEND), IPC_PARAMETERS(parameters)
	    : "memory");
	return eax;
}

static uint32_t privilege_level(void)
{
	uint32_t cs;

	asm("movl %%cs, %0" : "=r"(cs));
	return cs & 3;
}

uint32_t be_hostile(const struct order *o)
{
	static const char text[] = "# hostile\n";

	switch (o->detail) {
	case WRITE_TO_CONSOLE:
		return service(
		    SERVICE_WRITE, (uint32_t)text, sizeof(text) - 1, NOBODY)
		    .code;
	case STOP_MACHINE:
		return service(SERVICE_STOP, 0, 0, NOBODY).code;
	case DELETE_FOREIGN_THREAD:
		return thread_delete(o->partner);
	case ATTACH_INTERRUPT:
		return interrupt_attach(5);
	case READ_PORT:
		return service(SERVICE_PORT_IN, 0x61, 0, NOBODY).code;
	case WRITE_PORT:
		return service(SERVICE_PORT_OUT, 0xF4, 0x10, NOBODY).code;
	case READ_ABOUT_MACHINE:
		return service(SERVICE_MACHINE, 0, 0, NOBODY).code;
	case READ_MODEL_REGISTER:
		return service(SERVICE_MODEL_REGISTER, 0xE7, 0, NOBODY).code;
	case READ_ACPI_TIMER:
		return service(SERVICE_ACPI_TIMER, 0, 0, NOBODY).code;
	case SWAP_OUT_THREAD:
		return swap_out(o->partner);
	case UNKNOWN_SERVICE:
		return service(0x12345678, 0, 0, NOBODY).code;
	case DIRECTION_FLAG:
		return send_backwards(o);
	case NULL_SEGMENTS:
		return null_segments();
	case NESTED_TASK_FLAG:
		SELF_BETWEEN("pushfl; orl $0x4000, (%%esp); popfl",
		    "pushfl; andl $~0x4000, (%%esp); popfl");
		return 0;
	case KERNEL_STACK_POINTER:
		SELF_BETWEEN("movl %%esp, %%edi; movl $0xF0100000, %%esp",
		    "movl %%edi, %%esp");
		return 0;
	case KERNEL_ENTRY_POINT:
		return start_threads_nowhere();
	case ALL_THREADS:
		return make_all_threads();
	case FLUSH_CACHE:
		asm volatile("invd");
		return privilege_level();
	case WRITE_CACHE_BACK:
		asm volatile("wbinvd");
		return privilege_level();
	default:
		fatal(o);
		return 0;
	}
}
