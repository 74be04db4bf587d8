/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words of the form name=value; the kernel keeps a copy of the whole line.
 */
#include <command_line.h>
#include <multiboot.h>
#include <panic.h>

char command_line[COMMAND_LINE_BYTES];

void command_line_init(const char *text)
{
	uint32_t n;

	for (n = 0; text && n < COMMAND_LINE_BYTES - 1 && text[n]; n++)
		command_line[n] = text[n];
	command_line[n] = 0;
}

uint32_t command_line_bytes(void)
{
	uint32_t n = 0;

	while (command_line[n])
		n++;
	return n;
}

bool same_text(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/* What is behind name= at the beginning of word, or NULL. */
static const char *value_in(const char *word, const char *name)
{
	while (*name && *word == *name) {
		word++;
		name++;
	}
	return !*name && *word == '=' ? word + 1 : (const char *)0;
}

bool command_line_value(const char *name, char value[VALUE_BYTES])
{
	const char *word = command_line, *found = value_in(word, name);
	uint32_t n = 0;

	while (*word && !found) {
		while (*word && *word != ' ')
			word++;
		while (*word == ' ')
			word++;
		found = value_in(word, name);
	}
	if (!found)
		return false;
	for (; n < VALUE_BYTES - 1 && found[n] && found[n] != ' '; n++)
		value[n] = found[n];
	value[n] = 0;
	return true;
}

static uint32_t digit(char c)
{
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0');
	c |= 'a' - 'A';
	return c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10 : UINT32_MAX;
}

uint32_t number_of(const char *name, const char *text, uint32_t most)
{
	uint32_t base = text[0] == '0' && (text[1] | 0x20) == 'x' ? 16 : 10;
	const char *p = base == 16 ? text + 2 : text;
	uint32_t value = 0;

	do {
		uint32_t d = digit(*p);

		if (d >= base || d > most || value > (most - d) / base)
			panic("command line: %s=%s is no number up to %u", name,
			    text, most);
		value = value * base + d;
	} while (*++p);
	return value;
}

uint32_t command_line_number(const char *name, uint32_t missing, uint32_t most)
{
	char text[VALUE_BYTES];

	if (!command_line_value(name, text))
		return missing;
	return number_of(name, text, most);
}
