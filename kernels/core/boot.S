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
#define CR0_PAGING 0x80010000	/* and write protection for the kernel */
#define BOOT_REGIONS 2		/* 8 MB, until space_init maps all */
#define PHYS(address) ((address) - PHYSICAL_MAP)

	.section .multiboot, "a"
	.balign	4
	.long	MULTIBOOT_HEADER_MAGIC
	.long	MULTIBOOT_HEADER_FLAGS
	.long	-(MULTIBOOT_HEADER_MAGIC + MULTIBOOT_HEADER_FLAGS)

	.text
	.globl	_start
_start:
	cld
	movl	%eax, %ebp

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
	movl	%cr0, %eax
	orl	$CR0_PAGING, %eax
	movl	%eax, %cr0
	movl	$high, %eax
	jmp	*%eax
high:
	movl	$processor_stack_top, %esp
	movl	%ebp, %eax
	movl	%ebx, %edx
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
