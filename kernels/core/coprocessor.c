/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The coprocessor is set up, and a new thread gets registers that hold nothing
 * of another thread (5.5.6).
 */
#include <coprocessor.h>
#include <panic.h>

#if CONFIG_LAZY_COPROCESSOR
struct tcb *coprocessor_owner;
#endif

/* As fninit leaves it, and in the data registers nothing of another thread. */
static const struct coprocessor_state initial = {
    .control = 0xFFFF037F, .status = 0xFFFF0000, .tags = 0xFFFFFFFF};

static bool coprocessor_present(void)
{
	uint16_t status = 0xFFFF;

	asm volatile("fninit; fnstsw %0" : "+m"(status));
	return status == 0;
}

/* NE: exceptions come as traps, not as an interrupt. MP: fwait traps, too. */
void coprocessor_init(void)
{
	uint32_t cr0;

	asm volatile("movl %%cr0, %0" : "=r"(cr0));
	cr0 = (cr0 & ~(CR0_EM | CR0_TS)) | CR0_MP | CR0_NE;
	asm volatile("movl %0, %%cr0" : : "r"(cr0));
	if (!coprocessor_present())
		panic("no coprocessor: a 486DX is needed");
	if (CONFIG_LAZY_COPROCESSOR)
		asm volatile("movl %0, %%cr0" : : "r"(cr0 | CR0_TS));
}

void coprocessor_create(struct tcb *t)
{
	t->coprocessor = initial;
}
