/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel cannot go on: it says why, with the registers, and ends the
 * machine.
 */
#include <panic.h>
#include <console.h>
#include <machine.h>

void panic(const char *format, ...)
{
	va_list arguments;

	asm volatile("cli");
	va_start(arguments, format);
	print("\nPANIC: ");
	print_arguments(format, arguments);
	print("\n");
	va_end(arguments);
	machine_stop(false);
}

void panic_at(const struct trap_frame *f, const char *reason)
{
	bool user = from_user_mode(f);

	print("\n# vector %u error %x eip %x cs %x eflags %x cr2 %x\n",
	    f->vector, f->error, f->eip, f->cs, f->eflags, fault_address());
	print(
	    "# eax %x ebx %x ecx %x edx %x\n", f->eax, f->ebx, f->ecx, f->edx);
	/* A trap in the kernel pushes no stack pointer: it is behind eflags. */
	print("# esi %x edi %x ebp %x esp %x\n", f->esi, f->edi, f->ebp,
	    user || f->vector == TRAP_DOUBLE_FAULT ? f->esp
						   : (uint32_t)&f->esp);
	panic("%s in %s mode at %x", reason, user ? "user" : "kernel", f->eip);
}
