/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the boot loader to C: paging on, kernel at its linked address.
 *
 * in: EAX the loader's magic number, EBX physical address of its information;
 *     protected mode, flat segments, no paging. Linked at PHYSICAL_MAP above
 *     where it runs, so addresses are corrected until paging is on.
 */
#include <memory_layout.h>
#include <multiboot.h>

#define PTE 0x003		/* present, writable */
/*
 * Set, not inherited: paging, write protection for the kernel, the cache on and
 * writing through or back as it is made to; no alignment checks.
 */
#define CR0_AT_FIRST 0x80010011
#define EFLAGS_ID 0x200000	/* can be changed: there is cpuid */
#define FEATURES_WITHOUT_CR4 1	/* a processor with only this one has no CR4 */
#define BOOT_REGIONS 2		/* 8 MB, until space_init maps all */
#define PHYS(address) ((address) - PHYSICAL_MAP)

	.section .multiboot, "a"
	.balign	4
	.long	MULTIBOOT_HEADER_MAGIC
	.long	MULTIBOOT_HEADER_FLAGS
	.long	-(MULTIBOOT_HEADER_MAGIC + MULTIBOOT_HEADER_FLAGS)
	.long	0, 0, 0, 0, 0	/* addresses: the ELF header has them */
	.long	MULTIBOOT_TEXT_MODE, 80, 25, 0

	.text
	.globl	_start
_start:
	cld
	movl	%eax, %ebp
	movl	%ebx, %esi
	movl	$PHYS(processor_stack_top), %esp

	/* What firmware has set in CR4 is for its own paging. */
	pushfl
	popl	%eax
	movl	%eax, %ecx
	xorl	$EFLAGS_ID, %eax
	pushl	%eax
	popfl
	pushfl
	popl	%eax
	xorl	%ecx, %eax
	testl	$EFLAGS_ID, %eax
	jz	2f
	xorl	%eax, %eax
	cpuid
	testl	%eax, %eax
	jz	2f
	movl	$1, %eax
	cpuid
	testl	$~FEATURES_WITHOUT_CR4, %edx
	jz	2f
	xorl	%eax, %eax
	movl	%eax, %cr4
2:

	/* The first 8 MB, at 0 and at PHYSICAL_MAP. */
	movl	$PHYS(boot_tables), %edi
	movl	$PTE, %eax
	movl	$(BOOT_REGIONS * 1024), %ecx
1:	stosl
	addl	$PAGE_SIZE, %eax
	loop	1b

	movl	$PHYS(boot_directory), %edi
	movl	$PHYS(boot_tables) + PTE, %eax
	movl	%eax, (%edi)
	movl	%eax, (PHYSICAL_MAP >> 22) * 4(%edi)
	addl	$PAGE_SIZE, %eax
	movl	%eax, 4(%edi)
	movl	%eax, (PHYSICAL_MAP >> 22) * 4 + 4(%edi)

	movl	%edi, %cr3
	movl	$CR0_AT_FIRST, %eax
	movl	%eax, %cr0
	movl	$high, %eax
	jmp	*%eax
high:
	movl	$processor_stack_top, %esp
	movl	%ebp, %eax
	movl	%esi, %edx
	call	kernel_main
	hlt

	.bss
	.balign	PAGE_SIZE
boot_directory:
	.skip	PAGE_SIZE
boot_tables:
	.skip	PAGE_SIZE * BOOT_REGIONS

	/* Only for booting, or the processor's for good (5.2.4). */
	.globl	processor_stack_guard, processor_stack_top
processor_stack_guard:
	.skip	PAGE_SIZE
	.skip	KERNEL_STACK_BYTES
processor_stack_top:
