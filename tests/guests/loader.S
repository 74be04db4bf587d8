/*
 * A boot loader that gives a kernel of ours what the test wants, for
 * tests/test_real_machine.py, which defines CASE. Its first module is the kernel.
 * It is at 64 MB, and QEMU puts its modules behind it.
 */
	.text
	.long	0x1BADB002, 2, -0x1BADB002 - 2

#define GOOD 0
#define FIRMWARES_CONTROL_REGISTERS 1
#define HOLES 2
#define SHORT_ENTRY 3
#define CUT_MAP 4
#define HIGH_MODULE 5
#define HIGH_COMMAND_LINE 6
#define HIGH_MAP 7
#define HIGH_LIST 8
#define MODULE_IN_KERNEL 9
#define BACKWARDS_MODULE 10
#define HIGH_INFORMATION 11
#define ENDLESS_ENTRY 12
#define NO_MEMORY_MAP 13
#define SMALL_SCREEN 14

/* Of QEMU's VGA: the ports of its own interface, and 640 x 350 x 32. */
#define VGA_INDEX 0x1CE
#define VGA_DATA 0x1CF
	.set	WIDTH, 640
	.set	HEIGHT, 350
.macro	vga register, value
	movw	$VGA_INDEX, %dx
	movw	$\register, %ax
	outw	%ax, %dx
	movw	$VGA_DATA, %dx
	movw	$\value, %ax
	outw	%ax, %dx
.endm

.macro	region from, length, type, size=20
	.long	\size
	.quad	\from, \length
	.long	\type
.endm

	.globl	_start
_start:
	cld
	movl	$stack, %esp
	movl	%ebx, %ebp
	movl	24(%ebp), %ebx		/* the list of modules */
	movl	(%ebx), %esi		/* the kernel's ELF header */
	movl	28(%esi), %eax
	addl	%esi, %eax		/* its segments */
	movzwl	44(%esi), %edx
segment:
	cmpl	$1, (%eax)		/* to be loaded */
	jne	1f
	pushl	%esi
	addl	4(%eax), %esi
	movl	12(%eax), %edi
	movl	16(%eax), %ecx
	rep	movsb
	movl	20(%eax), %ecx
	subl	16(%eax), %ecx
	pushl	%eax
	xorl	%eax, %eax
	rep	stosb
	popl	%eax
	popl	%esi
1:	addl	$32, %eax
	decl	%edx
	jnz	segment

	movl	20(%ebp), %eax
	decl	%eax
	movl	%eax, information + 20
	leal	16(%ebx), %eax		/* the others */
	movl	%eax, information + 24
	movl	16(%ebp), %ecx
	movl	%ecx, information + 16
#if CASE == HIGH_MODULE
	movl	$0x10000000, (%eax)
	movl	$0x10001000, 4(%eax)
#elif CASE == MODULE_IN_KERNEL
	movl	$0x110000, (%eax)
#elif CASE == BACKWARDS_MODULE
	movl	$0x4000000, 4(%eax)
#elif CASE == HIGH_COMMAND_LINE
	movl	$0xF1000000, information + 16
#elif CASE == HIGH_MAP
	movl	$0xE0000000, information + 48
#elif CASE == HIGH_LIST
	movl	$0xF0000000, information + 24
#elif CASE == FIRMWARES_CONTROL_REGISTERS
	/* SMEP, SMAP, OSFXSR, OSXMMEXCPT, MCE. */
	movl	$0x300640, %eax
	movl	%eax, %cr4
	/* CD, NW, AM. */
	movl	%cr0, %eax
	orl	$0x60040000, %eax
	movl	%eax, %cr0
#elif CASE == SMALL_SCREEN
	vga	4, 0
	vga	1, WIDTH
	vga	2, HEIGHT
	vga	3, 32
	vga	4, 0x41			/* on, linear */
	/* Where it is: the first address of PCI's device 2. */
	movl	$0x80001010, %eax
	movw	$0xCF8, %dx
	outl	%eax, %dx
	movw	$0xCFC, %dx
	inl	%dx, %eax
	andl	$-16, %eax
	movl	%eax, information + 88
	orl	$0x1000, information
#endif
	movl	24(%esi), %ecx		/* the entry, virtual */
	subl	$0xF0000000, %ecx
	movl	$0x2BADB002, %eax
	movl	$information, %ebx
#if CASE == HIGH_INFORMATION
	movl	$0xFFFFFF00, %ebx
#endif
	jmp	*%ecx

	.data
	.balign	4
information:
#if CASE == NO_MEMORY_MAP
	.long	0xD			/* memory, command line, modules */
#else
	.long	0x4C			/* command line, modules, map */
#endif
	.long	640, 31 << 10, 0
	.long	0, 0, 0, 0, 0, 0, 0
#if CASE == CUT_MAP
	.long	map_end - map - 8, map
#else
	.long	map_end - map, map
#endif
	.fill	36			/* to the screen, which is at 88 */
	.quad	0
	.long	WIDTH * 4, WIDTH, HEIGHT
	.byte	32, 1, 16, 8, 8, 8, 0, 8

map:
#if CASE == HOLES
	region	0x1400000, 0xC00000, 1		/* not in order: 20 to 32 MB */
	region	0, 0x9FC00, 1
	region	0x100000, 0x1400000, 1		/* 1 to 21 MB, overlapping */
	region	0xF00001, 0xFFFFE, 2		/* the hole at 15 MB, no whole pages */
	region	0x1000000, 0, 2			/* nothing */
	region	0x1800000, 0x1000, 3, 24	/* ACPI; a longer entry */
	.long	0
	region	0x100000000, 0x100000000, 1	/* above 4 GB */
	region	0xFFFFFFFFFFFFF000, 0x2000, 1	/* beyond all memory */
	region	0x1F00000, 0xFFFFFFFFFE100000, 2 /* from 31 MB to the end */
#else
	region	0, 0x9FC00, 1
	region	0x100000, 0x1F00000, 1
#endif
#if CASE == SHORT_ENTRY
	region	0x100000, 0x100000, 1, 4
#elif CASE == ENDLESS_ENTRY
	region	0x100000, 0x100000, 1, 0xFFFFFFFC
#endif
map_end:

	.bss
	.skip	4096
stack:
