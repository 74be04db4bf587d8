/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ACPI's tables, as far as the kernel reads them: from the pointer that a BIOS
 * has left to the timer and the reset register.
 */
#include <acpi.h>
#include <machine.h>
#include <memory.h>

#define EBDA_SEGMENT 0x40E /* the BIOS's: where its data is, in 16 bytes */
#define EBDA_BYTES 1024
#define ROM 0xE0000
#define ROM_END 0x100000

#define MOST_BYTES 0x10000 /* of a table that we believe */
#define IN_IO_SPACE 1
#define RESET_REGISTER 0x400 /* flag of the FADT */
#define LONG_TIMER 0x100

struct pointer {
	char signature[8];
	uint8_t checksum;
	char maker[6];
	uint8_t revision;
	uint32_t tables; /* address of the RSDT */
};

struct header {
	uint32_t signature;
	uint32_t length;
	uint8_t revision, checksum;
	char maker[26];
} __attribute__((packed));

struct tables {
	struct header header;
	uint32_t addresses[];
};

#define FACP 0x50434146 /* "FACP", the FADT's signature */
#define RSDT 0x54445352

struct fadt {
	struct header header;
	uint32_t unused1[10];
	uint32_t timer_port;
	uint8_t unused2[11];
	uint8_t timer_bytes;
	uint8_t unused3[20];
	uint32_t flags;
	struct {
		uint8_t space, bits, offset, access;
		uint32_t address, address_high;
	} reset;
	uint8_t reset_value;
} __attribute__((packed));

_Static_assert(__builtin_offsetof(struct fadt, timer_port) == 76, "FADT");
_Static_assert(__builtin_offsetof(struct fadt, timer_bytes) == 91, "FADT");
_Static_assert(__builtin_offsetof(struct fadt, flags) == 112, "FADT");
_Static_assert(__builtin_offsetof(struct fadt, reset_value) == 128, "FADT");

struct acpi acpi;

static bool adds_up(const void *start, uint32_t bytes)
{
	const uint8_t *p = start;
	uint8_t sum = 0;

	while (bytes--)
		sum += *p++;
	return sum == 0;
}

static const struct pointer *pointer_in(uint32_t address, uint32_t end)
{
	static const char signature[] = "RSD PTR ";

	for (; address + sizeof(struct pointer) <= end; address += 16) {
		const struct pointer *p = from_physical(address);
		uint32_t n = 0;

		while (
		    n < sizeof(p->signature) && p->signature[n] == signature[n])
			n++;
		if (n == sizeof(p->signature) && adds_up(p, sizeof(*p)))
			return p;
	}
	return NULL;
}

/* A table that has its checksum, with at least so many bytes; or NULL. */
static const void *table_at(
    uint32_t address, uint32_t signature, uint32_t least)
{
	const struct header *h = reach(address, sizeof(*h));
	uint32_t length;

	if (!h || (signature && h->signature != signature))
		return NULL;
	length = h->length;
	if (length < least || length > MOST_BYTES)
		return NULL;
	h = reach(address, length);
	return h && adds_up(h, length) ? h : NULL;
}

static void read_fadt(const struct fadt *fadt)
{
	acpi.there = true;
	if (fadt->timer_port <= UINT16_MAX && fadt->timer_bytes == 4)
		acpi.timer_port = (uint16_t)fadt->timer_port;
	acpi.timer_32_bits = fadt->flags & LONG_TIMER;
	if (fadt->header.length >= sizeof(*fadt) &&
	    fadt->flags & RESET_REGISTER && fadt->reset.space == IN_IO_SPACE &&
	    fadt->reset.address <= UINT16_MAX) {
		acpi.reset_port = (uint16_t)fadt->reset.address;
		acpi.reset_value = fadt->reset_value;
	}
}

void acpi_find(void)
{
	uint32_t ebda = *(uint16_t *)from_physical(EBDA_SEGMENT) * 16u, n;
	const struct pointer *pointer = NULL;
	const struct tables *tables;

	if (ebda >= 0x400 && ebda < 0xA0000)
		pointer = pointer_in(ebda, ebda + EBDA_BYTES);
	if (!pointer)
		pointer = pointer_in(ROM, ROM_END);
	tables =
	    pointer ? table_at(pointer->tables, RSDT, sizeof(*tables)) : NULL;
	if (!tables)
		return;
	for (n = 0; n < (tables->header.length - sizeof(*tables)) / 4; n++) {
		const struct fadt *fadt = table_at(tables->addresses[n], FACP,
		    __builtin_offsetof(struct fadt, reset));

		if (fadt) {
			read_fadt(fadt);
			return;
		}
	}
}
