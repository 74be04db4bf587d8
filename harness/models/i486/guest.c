/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "guest.h"
#include "memory.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

/*
 * The plugin interface of QEMU 7.2 reads no registers; the gdb stub's function
 * does, and distributions' builds, which have loadable modules, export it.
 */
typedef struct {
	uint8_t *data;
	unsigned len;
} GByteArray;

#define CPU_TYPE "486" /* QEMU's type for -cpu 486 begins so */

static int (*read_register)(void *cpu, GByteArray *to, int number);
static void *(*get_cpu)(int index);
static const char *(*get_typename)(const void *object);
static GByteArray *(*array_new)(void);
static GByteArray *(*array_set_size)(GByteArray *array, unsigned bytes);

static GByteArray *array;

static const uint8_t *memory;
static uint64_t memory_bytes;

const char *guest_init(void)
{
	*(void **)&read_register =
	    dlsym(RTLD_DEFAULT, "x86_cpu_gdb_read_register");
	*(void **)&get_cpu = dlsym(RTLD_DEFAULT, "qemu_get_cpu");
	*(void **)&get_typename = dlsym(RTLD_DEFAULT, "object_get_typename");
	*(void **)&array_new = dlsym(RTLD_DEFAULT, "g_byte_array_new");
	*(void **)&array_set_size =
	    dlsym(RTLD_DEFAULT, "g_byte_array_set_size");
	if (!read_register || !get_cpu || !get_typename || !array_new ||
	    !array_set_size)
		return "this QEMU does not export x86_cpu_gdb_read_register "
		       "(a build without modules); use your distribution's";
	array = array_new();
	return NULL;
}

const char *guest_foreign_cpu(void)
{
	const char *type = get_typename(get_cpu(0));

	return strncmp(type, CPU_TYPE, strlen(CPU_TYPE)) ? type : NULL;
}

uint32_t guest_register(enum guest_register number)
{
	uint32_t value = 0;

	array_set_size(array, 0);
	read_register(get_cpu(0), array, (int)number);
	memcpy(&value, array->data, array->len < 4 ? array->len : 4);
	return value;
}

void guest_memory_set(const void *start, uint64_t bytes)
{
	memory = start;
	memory_bytes = bytes;
}

bool guest_memory_read(uint32_t physical, uint32_t *value)
{
	if ((uint64_t)physical + 4 > memory_bytes)
		return false;
	memcpy(value, memory + physical, 4);
	return true;
}

bool guest_read(uint32_t linear, uint32_t *value)
{
	uint32_t low, high = 0, physical;
	unsigned shift = linear % 4 * 8;

	if (!memory_translate(linear & ~3u, &physical) ||
	    !guest_memory_read(physical, &low))
		return false;
	if (shift && (!memory_translate((linear & ~3u) + 4, &physical) ||
			 !guest_memory_read(physical, &high)))
		return false;
	*value = shift ? low >> shift | high << (32 - shift) : low;
	return true;
}
