/* SPDX-License-Identifier: BSD-2-Clause */
#include "cpuid.h"
#include "clock.h"
#include "runtime.h"

#define EXTENDED 0x80000000
#define FEATURE_TSC 0x10	      /* 1, edx */
#define FEATURE_MSR 0x20	      /* 1, edx */
#define FEATURE_SPEED 1		      /* 6, ecx */
#define FEATURE_INVARIANT 0x100	      /* 80000007h, edx */
#define FEATURE_HYPERVISOR (1u << 31) /* 1, ecx */
#define INTEL 0x756E6547	      /* "Genu" */
#define NEHALEM 0x1A

struct cpuid cpuid(uint32_t leaf)
{
	static int known; /* 1: there is cpuid, -1: there is not */
	struct cpuid none = {0, 0, 0, 0};

	if (!known)
		known = has_cpuid() ? 1 : -1;
	if (known < 0)
		return none;
	if (leaf && execute_cpuid(leaf & EXTENDED).eax < leaf)
		return none;
	return execute_cpuid(leaf);
}

bool cpuid_has_tsc(void)
{
	return cpuid(1).edx & FEATURE_TSC;
}

bool cpuid_tsc_is_invariant(void)
{
	return cpuid(EXTENDED | 7).edx & FEATURE_INVARIANT;
}

uint32_t cpuid_tsc_khz(void)
{
	struct cpuid ratio = cpuid(0x15);

	if (ratio.eax && ratio.ebx && ratio.ecx)
		return (uint32_t)divide(
		    (uint64_t)(ratio.ecx / 1000) * ratio.ebx, ratio.eax);
	return (cpuid(0x16).eax & 0xFFFF) * 1000;
}

/* Leaf 4 lists them; bits 0..4 of eax: 0 none, 1 data, 2 code, 3 both. */
static void intel_caches(struct caches *c)
{
	uint32_t n;

	for (n = 0; n < 8; n++) {
		struct cpuid l = execute_cpuid_of(4, n);
		uint32_t kb = ((l.ebx >> 22) + 1) *
			      ((l.ebx >> 12 & 0x3FF) + 1) *
			      ((l.ebx & 0xFFF) + 1) * (l.ecx + 1) / 1024;
		uint32_t kind = l.eax & 0x1F, level = l.eax >> 5 & 7;

		if (kind == 0)
			return;
		if (level == 1 && kind == 2)
			c->code_kb = kb;
		else if (level == 1)
			c->data_kb = kb;
		else if (level == 2)
			c->l2_kb = kb;
		else if (level == 3)
			c->l3_kb = kb;
	}
}

struct caches cpuid_caches(void)
{
	struct caches c = {0, 0, 0, 0};
	struct cpuid first = cpuid(EXTENDED | 5), others = cpuid(EXTENDED | 6);

	if (cpuid(4).eax & 0x1F) {
		intel_caches(&c);
		return c;
	}
	c.data_kb = first.ecx >> 24;
	c.code_kb = first.edx >> 24;
	c.l2_kb = others.ecx >> 16;
	c.l3_kb = (others.edx >> 18) * 512;
	return c;
}

static uint32_t model(void)
{
	uint32_t version = cpuid(1).eax;

	return (version >> 4 & 15) | (version >> 12 & 0xF0);
}

bool cpuid_counts_smis(void)
{
	struct cpuid features = cpuid(1);

	return cpuid(0).ebx == INTEL && (features.edx & FEATURE_MSR) &&
	       (features.eax >> 8 & 15) == 6 && model() >= NEHALEM &&
	       !(features.ecx & FEATURE_HYPERVISOR);
}

bool cpuid_counts_speed(void)
{
	return (cpuid(1).edx & FEATURE_MSR) && (cpuid(6).ecx & FEATURE_SPEED);
}

static void finish(char *text, uint32_t bytes)
{
	uint32_t n;

	/* Brands begin and end with blanks. */
	while (bytes && (!text[bytes - 1] || text[bytes - 1] == ' '))
		bytes--;
	text[bytes] = 0;
	for (n = 0; n < bytes; n++)
		if (text[n] <= ' ' || text[n] > '~')
			text[n] = '_';
	if (!bytes)
		memcpy(text, "unknown", 8);
}

void cpuid_vendor(char text[13])
{
	struct cpuid c = cpuid(0);

	memcpy(text, &c.ebx, 4);
	memcpy(text + 4, &c.edx, 4);
	memcpy(text + 8, &c.ecx, 4);
	finish(text, 12);
}

void cpuid_brand(char text[49])
{
	uint32_t n;

	for (n = 0; n < 3; n++) {
		struct cpuid c = cpuid(EXTENDED + 2 + n);

		memcpy(text + n * 16, &c, 16);
	}
	finish(text, 48);
}
