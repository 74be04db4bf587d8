/* SPDX-License-Identifier: BSD-2-Clause */
/* PCI's configuration space, by its first mechanism. */
#include <cpu.h>
#include <serial.h>

#define ADDRESS 0xCF8
#define DATA 0xCFC
#define ENABLE 0x80000000
#define FUNCTIONS 0x10000 /* 256 busses, 32 devices, 8 functions */
#define MANY_FUNCTIONS 0x800000

/* Registers, in dwords. */
#define ID 0
#define COMMAND 1
#define CLASS 2
#define HEADER_TYPE 3
#define FIRST_BAR 4

#define NONE 0xFFFFFFFF
#define SERIAL_PORT 0x0700
#define IS_IO 1
#define IO_ENABLED 1

static uint32_t read(uint32_t function, uint32_t reg)
{
	outl(ADDRESS, ENABLE | function << 8 | reg << 2);
	return inl(DATA);
}

static void write(uint32_t function, uint32_t reg, uint32_t value)
{
	outl(ADDRESS, ENABLE | function << 8 | reg << 2);
	outl(DATA, value);
}

static uint16_t serial_base(uint32_t function)
{
	uint32_t bar;

	if (read(function, ID) == NONE ||
	    read(function, CLASS) >> 16 != SERIAL_PORT)
		return 0;
	bar = read(function, FIRST_BAR);
	if (!(bar & IS_IO) || !(bar & 0xFFF8))
		return 0;
	write(
	    function, COMMAND, (read(function, COMMAND) & 0xFFFF) | IO_ENABLED);
	return bar & 0xFFF8;
}

/* To the next function that can be there. */
static uint32_t step(uint32_t function)
{
	bool alone = function % 8 == 0 &&
		     (read(function, ID) == NONE ||
			 !(read(function, HEADER_TYPE) & MANY_FUNCTIONS));

	return alone ? 8 : 1;
}

uint16_t pci_serial_base(void)
{
	uint32_t function = 0;
	uint16_t base;

	outl(ADDRESS, ENABLE);
	if (inl(ADDRESS) != ENABLE)
		return 0; /* no PCI */
	for (; function < FUNCTIONS; function += step(function)) {
		base = serial_base(function);
		if (base)
			return base;
	}
	return 0;
}
