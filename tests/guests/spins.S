/* A program for our kernels that never ends and never writes. */
	.globl	_start
_start:
	jmp	_start
