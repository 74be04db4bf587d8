/* SPDX-License-Identifier: BSD-2-Clause */
#ifdef RUNTIME /* of a program for another kernel (peers/) */
#include RUNTIME
#else
#include "runtime.h"
#endif
#include <revision.h>

#define LINE_BYTES 256
#define CRC32_POLYNOMIAL 0xEDB88320 /* that of zlib, PNG, Ethernet */

/* A line being made; what does not fit is lost, and so will be the CRC. */
struct line {
	uint32_t bytes;
	char text[LINE_BYTES];
};

static uint32_t samples;

#ifndef RUNTIME
static struct {
	char *text;
	uint32_t room, bytes;
} kept;
#endif

static void put(struct line *line, char c)
{
	if (line->bytes < LINE_BYTES)
		line->text[line->bytes++] = c;
}

static void put_string(struct line *line, const char *s)
{
	while (*s)
		put(line, *s++);
}

/* The digits are in one line of the cache: which it is takes no time.
 */
static void put_hex(struct line *line, uint32_t value)
{
	static const char digits[] __attribute__((aligned(16))) =
	    "0123456789abcdef";
	int shift;

	for (shift = 28; shift >= 0; shift -= 4)
		put(line, digits[value >> shift & 15]);
}

/* Divides *value by 10 and returns the remainder. */
static uint32_t next_digit(uint64_t *value)
{
	uint32_t high = (uint32_t)(*value >> 32), low = (uint32_t)*value;
	uint32_t remainder = high % 10;

	high /= 10;
	asm("divl %2" : "+a"(low), "+d"(remainder) : "r"(10));
	*value = (uint64_t)high << 32 | low;
	return remainder;
}

static void put_decimal(struct line *line, uint64_t value)
{
	char digits[20];
	uint32_t n = 0;

	do
		digits[n++] = (char)('0' + next_digit(&value));
	while (value);
	while (n)
		put(line, digits[--n]);
}

static void put_format(struct line *line, const char *format, va_list list)
{
	for (; *format; format++) {
		if (*format != '%') {
			put(line, *format);
			continue;
		}
		switch (*++format) {
		case 's':
			put_string(line, va_arg(list, const char *));
			break;
		case 'u':
			put_decimal(line, va_arg(list, uint32_t));
			break;
		case 'U':
			put_decimal(line, va_arg(list, uint64_t));
			break;
		case 'x':
			put_hex(line, va_arg(list, uint32_t));
			break;
		default:
			put(line, *format);
		}
	}
}

static void line_format(struct line *line, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	put_format(line, format, list);
	va_end(list);
}

/* As many instructions for any text: a run in which only the revision differs
 * has its clock interrupts at the same places. */
static uint32_t crc32(const char *text, uint32_t bytes)
{
	uint32_t crc = ~0u;
	int bit;

	while (bytes--) {
		crc ^= (uint8_t)*text++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (CRC32_POLYNOMIAL & -(crc & 1));
	}
	return ~crc;
}

static void write_record(const struct line *body)
{
	struct line line = {0};
	uint32_t n;

	line_format(&line, "TF1 %x ", crc32(body->text, body->bytes));
	for (n = 0; n < body->bytes; n++)
		put(&line, body->text[n]);
	put(&line, '\n');
	console_write(line.text, line.bytes);
}

#ifdef RUNTIME /* no machine without a serial port there */
#define keep_record(body)
#else
static void keep_record(const struct line *body)
{
	struct line line = {0};
	uint32_t n;

	line_format(&line, "TF1 %x ", crc32(body->text, body->bytes));
	for (n = 0; n < body->bytes; n++)
		put(&line, body->text[n]);
	put(&line, '\n');
	if (line.bytes <= kept.room - kept.bytes)
		for (n = 0; n < line.bytes; n++)
			kept.text[kept.bytes++] = line.text[n];
}

void records_keep(char *text, uint32_t bytes)
{
	kept.text = text;
	kept.room = bytes;
	kept.bytes = 0;
}

uint32_t records_kept(void)
{
	return kept.bytes;
}

uint32_t records_crc(void)
{
	return crc32(kept.text, kept.bytes);
}

void record(const char *kind, const char *format, ...)
{
	struct line body = {0};
	va_list list;

	line_format(&body, "%s ", kind);
	va_start(list, format);
	put_format(&body, format, list);
	va_end(list);
	write_record(&body);
	keep_record(&body);
}
#endif

void record_begin(const char *experiment)
{
	struct line body = {0};

	line_format(&body, "begin experiment=%s configuration=%s revision=%s",
	    experiment, CONFIGURATION, REVISION);
	write_record(&body);
	keep_record(&body);
}

void record_sample(const char *format, ...)
{
	struct line body = {0};
	va_list list;

	line_format(&body, "sample n=%u ", ++samples);
	va_start(list, format);
	put_format(&body, format, list);
	va_end(list);
	write_record(&body);
}

void record_end(void)
{
	struct line body = {0};

	line_format(&body, "end samples=%u", samples);
	write_record(&body);
	keep_record(&body);
}

void print_list(const char *format, va_list list)
{
	struct line line = {0};

	put_format(&line, format, list);
	console_write(line.text, line.bytes);
}

void print(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	print_list(format, list);
	va_end(list);
}

void fail(const char *format, ...)
{
	va_list list;

	print("# FAILED: ");
	va_start(list, format);
	print_list(format, list);
	va_end(list);
	print("\n");
	machine_stop(1);
	for (;;)
		thread_yield();
}
