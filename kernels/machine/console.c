/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel prints goes to a serial port and to the screen. printf has
 * only what the kernel needs.
 */
#include <command_line.h>
#include <console.h>
#include <machine.h>
#include <panic.h>
#include <screen.h>
#include <serial.h>

#define SPEED 115200

bool console_has_serial;

static uint16_t com_base(const char *name)
{
	static const struct {
		const char *name;
		uint16_t base;
	} known[] = {{"com1", COM1}, {"com2", 0x2F8}, {"com3", 0x3E8},
	    {"com4", 0x2E8}, {"none", 0}};
	uint32_t n;

	for (n = 0; n < sizeof(known) / sizeof(known[0]); n++)
		if (same_text(name, known[n].name))
			return known[n].base;
	if (same_text(name, "pci"))
		return pci_serial_base();
	return (uint16_t)number_of("console", name, 0xFFF8);
}

void console_init(const struct multiboot_info *info)
{
	char name[VALUE_BYTES] = "com1";
	uint32_t speed;
	uint16_t base;

	screen_init(info);
	/* What is wrong with the command line is said somewhere. */
	serial_init(COM1, SPEED);
	command_line_value("console", name);
	speed = command_line_number("speed", SPEED, SPEED);
	if (!speed || SPEED / speed > 0xFFFF)
		panic("command line: speed=%u: 2 to %u bits a second", speed,
		    SPEED);
	base = com_base(name);
	console_has_serial = serial_init(base, speed);
	if (!console_has_serial && !same_text(name, "none"))
		print("# no serial port %s\n", name);
}

void console_put(char c)
{
	if (c == '\n') {
		serial_put('\r');
		watchdog_calm();
	}
	if (c != '\f') /* only for the screen */
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
