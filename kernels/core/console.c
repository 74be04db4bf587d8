/* SPDX-License-Identifier: BSD-2-Clause */
#include <console.h>
#include <cpu.h>
#include <memory.h>
#include <stdarg.h>

#define COM1 0x3F8
#define LINE_STATUS (COM1 + 5)
#define TRANSMITTER_EMPTY 0x20
/* Polls before a port that is not there is given up. */
#define SERIAL_PATIENCE 100000

#define SCREEN 0xB8000
#define COLUMNS 80
#define ROWS 25
#define BLANK 0x0720 /* grey on black */

static uint32_t cursor; /* in characters */

static void serial_put(char c)
{
	uint32_t polls = 0;

	while (!(inb(LINE_STATUS) & TRANSMITTER_EMPTY))
		if (++polls == SERIAL_PATIENCE)
			return;
	outb(COM1, (uint8_t)c);
}

static void screen_scroll(uint16_t *screen)
{
	uint32_t i;

	memcpy(screen, screen + COLUMNS, (ROWS - 1) * COLUMNS * 2);
	for (i = (ROWS - 1) * COLUMNS; i < ROWS * COLUMNS; i++)
		screen[i] = BLANK;
	cursor -= COLUMNS;
}

static void screen_put(char c)
{
	uint16_t *screen = from_physical(SCREEN);

	if (c == '\n')
		cursor += COLUMNS - cursor % COLUMNS;
	else if (c != '\r')
		screen[cursor++] = (BLANK & 0xFF00) | (uint8_t)c;
	if (cursor == ROWS * COLUMNS)
		screen_scroll(screen);
}

void console_init(void)
{
	uint16_t *screen = from_physical(SCREEN);
	uint32_t i;

	outb(COM1 + 1, 0);    /* no interrupts */
	outb(COM1 + 3, 0x80); /* divisor latch */
	outb(COM1 + 0, 1);    /* 115200 */
	outb(COM1 + 1, 0);
	outb(COM1 + 3, 3);    /* 8N1 */
	outb(COM1 + 2, 0x07); /* FIFOs on, empty */
	outb(COM1 + 4, 3);    /* DTR, RTS */
	for (i = 0; i < ROWS * COLUMNS; i++)
		screen[i] = BLANK;
}

void console_put(char c)
{
	if (c == '\n')
		serial_put('\r');
	serial_put(c);
	screen_put(c);
}

static void put_string(const char *s)
{
	while (*s)
		console_put(*s++);
}

static void put_hex(uint32_t value)
{
	int shift;

	for (shift = 28; shift >= 0; shift -= 4)
		console_put("0123456789abcdef"[value >> shift & 15]);
}

static void put_decimal(uint32_t value)
{
	if (value >= 10)
		put_decimal(value / 10);
	console_put((char)('0' + value % 10));
}

void print_arguments(const char *format, va_list arguments)
{
	for (; *format; format++) {
		if (*format != '%') {
			console_put(*format);
			continue;
		}
		switch (*++format) {
		case 's':
			put_string(va_arg(arguments, const char *));
			break;
		case 'u':
			put_decimal(va_arg(arguments, uint32_t));
			break;
		case 'x':
			put_hex(va_arg(arguments, uint32_t));
			break;
		default:
			console_put(*format);
		}
	}
}

void print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_arguments(format, arguments);
	va_end(arguments);
}
