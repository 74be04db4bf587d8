/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel services (abi.h), and the clock of the measurements.
 */
#ifndef RUNTIME_SERVICES_H
#define RUNTIME_SERVICES_H

#include <abi.h>

struct service_result {
	uint32_t code; /* SERVICE_... */
	uint32_t ebx, ecx;
	uid_t uid;
};

static inline struct service_result service(
    uint32_t number, uint32_t ebx, uint32_t ecx, uid_t uid)
{
	struct service_result r;
	uint32_t edx = (uint32_t)uid, esi = (uint32_t)(uid >> 32);

	asm volatile("int %5"
		     : "=a"(r.code), "+b"(ebx), "+c"(ecx), "+d"(edx), "+S"(esi)
		     : "i"(KERNEL_SERVICE), "0"(number)
		     : "memory");
	r.ebx = ebx;
	r.ecx = ecx;
	r.uid = (uid_t)esi << 32 | edx;
	return r;
}

static inline uid_t thread_self(void)
{
	return service(SERVICE_SELF, 0, 0, NOBODY).uid;
}

/*
 * A thread that begins with entry(argument), which must not return, on the
 * given stack. NOBODY if there can be no more threads.
 */
static inline uid_t thread_create(void (*entry)(void *argument), void *argument,
    void *stack, uint32_t stack_bytes)
{
	uint32_t *top = (uint32_t *)((char *)stack + stack_bytes);
	struct service_result r;

	*--top = (uint32_t)argument;
	*--top = 0; /* return address */
	r = service(
	    SERVICE_CREATE_THREAD, (uint32_t)entry, (uint32_t)top, NOBODY);
	return r.code == SERVICE_OK ? r.uid : NOBODY;
}

/* A task whose first thread begins at entry, the pager's to supply. */
static inline uid_t task_create(uint32_t entry, uint32_t stack, uid_t pager)
{
	struct service_result r =
	    service(SERVICE_CREATE_TASK, entry, stack, pager);

	return r.code == SERVICE_OK ? r.uid : NOBODY;
}

/* The task of the thread, with all its threads. */
static inline uint32_t task_delete(uid_t uid)
{
	return service(SERVICE_DELETE_TASK, 0, 0, uid).code;
}

/* Of the calling thread; NOBODY: none. */
static inline void set_pager(uid_t pager)
{
	service(SERVICE_SET_PAGER, 0, 0, pager);
}

/* Pages of the own space. */
static inline uint32_t unmap(const void *address, uint32_t bytes)
{
	return service(SERVICE_UNMAP, (uint32_t)address, bytes, NOBODY).code;
}

static inline uint32_t thread_delete(uid_t uid)
{
	return service(SERVICE_DELETE_THREAD, 0, 0, uid).code;
}

/* SCHEDULE_KEEP leaves either as it is. The old ones are in ebx and ecx. */
static inline struct service_result thread_schedule(
    uid_t uid, uint32_t priority, uint32_t timeslice_ms)
{
	return service(SERVICE_SCHEDULE, priority, timeslice_ms, uid);
}

static inline void thread_yield(void)
{
	service(SERVICE_YIELD, 0, 0, NOBODY);
}

static inline uint32_t clock_ticks(void)
{
	return service(SERVICE_CLOCK, 0, 0, NOBODY).ebx;
}

static inline void console_write(const char *text, uint32_t bytes)
{
	service(SERVICE_WRITE, (uint32_t)text, bytes, NOBODY);
}

/* COLD_OFF, COLD_INVD, COLD_WBINVD */
static inline uint32_t cold_ipc(uint32_t how)
{
	return service(SERVICE_COLD_IPC, how, 0, NOBODY).code;
}

/*
 * For drivers. The interrupt's messages go to the calling thread, which
 * receives them from INTERRUPT(irq), or from anybody. Bytes of I/O ports.
 */
static inline uint32_t interrupt_attach(uint32_t irq)
{
	return service(SERVICE_ATTACH_INTERRUPT, irq, 1, NOBODY).code;
}

static inline uint32_t interrupt_detach(uint32_t irq)
{
	return service(SERVICE_ATTACH_INTERRUPT, irq, 0, NOBODY).code;
}

static inline uint8_t port_in(uint16_t port)
{
	return (uint8_t)service(SERVICE_PORT_IN, port, 0, NOBODY).ecx;
}

static inline void port_out(uint16_t port, uint8_t value)
{
	service(SERVICE_PORT_OUT, port, value, NOBODY);
}

/* Where tcbs can be swapped out: this thread's. */
static inline uint32_t swap_out(uid_t uid)
{
	return service(SERVICE_SWAP_OUT, 0, 0, uid).code;
}

/*
 * With CONFIG_PORTS (7.1). A port by which the calling thread receives; answers
 * go by PORT(reply_index). NO_PORT if there can be no more.
 */
static inline uint32_t port_create(uint32_t reply_index)
{
	struct service_result r =
	    service(SERVICE_CREATE_PORT, reply_index, 0, NOBODY);

	return r.code == SERVICE_OK ? r.ebx : NO_PORT;
}

/* Another thread of the own task receives; NOBODY: it is a port no more. */
static inline uint32_t port_assign(uint32_t port, uid_t uid)
{
	return service(SERVICE_ASSIGN_PORT, port, 0, uid).code;
}

/* From now on PORT(index) leads there; NO_PORT: nowhere. */
static inline uint32_t port_link(uint32_t index, uint32_t port)
{
	return service(SERVICE_LINK_PORT, index, port, NOBODY).code;
}

/* With CONFIG_NOTIFICATIONS: sets bits of a thread, which gets them from NOTIFICATION;
 * those of an interrupt instead of messages. */
static inline uint32_t notify(uid_t uid, uint32_t bits)
{
	return service(SERVICE_NOTIFY, bits, 0, uid).code;
}

static inline uint32_t interrupt_attach_bits(uint32_t irq, uint32_t bits)
{
	return service(SERVICE_ATTACH_BITS, irq, bits, NOBODY).code;
}

/* About the machine (abi.h). */
struct machine {
	uint32_t cr0, cr4;
	uint32_t free_kb; /* at boot */
	uint32_t flags;	  /* MACHINE_... */
	uint32_t screen_rows;
};

static inline struct machine machine(void)
{
	struct service_result r = service(SERVICE_MACHINE, 0, 0, NOBODY);

	return (struct machine){r.ebx, r.ecx, (uint32_t)r.uid,
	    (uint32_t)(r.uid >> 32) & 0xFFFF, (uint32_t)(r.uid >> 48)};
}

/* Only with MACHINE_TIMER. */
static inline uint32_t acpi_timer(void)
{
	return service(SERVICE_ACPI_TIMER, 0, 0, NOBODY).ebx;
}

/* Ends the machine; status 0 is success. */
static inline void machine_stop(uint32_t status)
{
	service(SERVICE_STOP, status, 0, NOBODY);
}

static inline uint64_t read_tsc(void)
{
	uint64_t tsc;

	asm volatile("rdtsc" : "=A"(tsc) : : "memory");
	return tsc;
}

/* Keeps the processor busy for some loops, at least 1, the same with any
 * compiler: two instructions each. */
static inline void compute(uint32_t loops)
{
	asm volatile(".balign 16\n"
		     "1:	decl %0\n"
		     "	jnz 1b"
		     : "+r"(loops)
		     :
		     : "cc");
}

#endif
