/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of cycles: from an instruction's encoding to its row in cycles.csv.
 */
#include "cycles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ROWS 512
#define LINE_CHARACTERS 512
#define COLUMNS 11

static struct row rows[MAX_ROWS];
static unsigned row_count;

/* Row of each encoding, + 1: map, opcode, reg field, operand, size, repeat. */
static uint16_t index_of[2][256][8][2][2][2];

/* The same for coprocessor instructions without operand in memory: their second
 * byte is part of the opcode. */
static uint16_t coprocessor_index[8][64];

static char complaint[LINE_CHARACTERS];

static const struct {
	const char *name;
	enum kind kind;
} kinds[] = {{"plain", PLAIN}, {"branch", BRANCH}, {"jump", JUMP},
    {"indirect", INDIRECT}, {"gate", GATE}, {"return", RETURN_GATE},
    {"repeat", REPEAT}, {"assumed", ASSUMED}, {"multiply", MULTIPLY},
    {"enter", ENTER}};

/* Cuts a line at its commas. Returns the number of fields. */
static unsigned split(char *line, char *fields[COLUMNS])
{
	unsigned n = 0;

	line[strcspn(line, "\r\n")] = 0;
	while (n < COLUMNS && line)
		fields[n++] = strsep(&line, ",");
	return line ? COLUMNS + 1 : n;
}

static bool parse_number(const char *text, uint16_t *value)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	*value = (uint16_t)number;
	return (*text == 0 || *end == 0) && number < 1000;
}

static bool parse_kind(const char *text, uint8_t *kind)
{
	unsigned n;

	for (n = 0; n < sizeof(kinds) / sizeof(kinds[0]); n++)
		if (strcmp(text, kinds[n].name) == 0) {
			*kind = (uint8_t)kinds[n].kind;
			return true;
		}
	return false;
}

/* An encoding: "0F AF", "80/5", "50+r", "70+cc", "F3 A5", "DB E3". */
struct encoding {
	unsigned map, opcode, count, repeat;
	int reg;	 /* -1: any */
	unsigned second; /* byte, of coprocessor instructions; or 0 */
};

static bool is_coprocessor(uint8_t opcode)
{
	return opcode >= 0xD8 && opcode <= 0xDF;
}

static bool parse_encoding(const char *text, struct encoding *e)
{
	char *end;
	unsigned long byte = strtoul(text, &end, 16);

	memset(e, 0, sizeof(*e));
	e->count = 1;
	e->reg = -1;
	if (byte == 0xF3) {
		e->repeat = 1;
		byte = strtoul(end, &end, 16);
	}
	if (byte == 0x0F) {
		e->map = 1;
		byte = strtoul(end, &end, 16);
	}
	e->opcode = (unsigned)byte;
	if (is_coprocessor((uint8_t)byte) && *end == ' ') {
		e->second = (unsigned)strtoul(end, &end, 16);
		return *end == 0 && e->second >= 0xC0 && e->second <= 0xFF;
	}
	if (strcmp(end, "+r") == 0) {
		e->count = 8;
		end += 2;
	} else if (strcmp(end, "+cc") == 0) {
		e->count = 16;
		end += 3;
	} else if (*end == '/' && end[1] >= '0' && end[1] <= '7') {
		e->reg = end[1] - '0';
		end += 2;
	}
	return *end == 0 && end != text && byte + e->count <= 256;
}

static bool enter_at(uint16_t *place)
{
	if (*place)
		return false;
	*place = (uint16_t)row_count;
	return true;
}

/* Enters a row wherever its encoding, operand and size say; false if there is
 * one already. An empty operand or size stands for both. */
static bool enter(
    const struct encoding *e, const char *operand, const char *size)
{
	unsigned n, reg, memory, bits16;

	if (e->second)
		return enter_at(
		    &coprocessor_index[e->opcode - 0xD8][e->second - 0xC0]);
	for (n = 0; n < e->count * 8 * 2 * 2; n++) {
		bits16 = n % 2;
		memory = n / 2 % 2;
		reg = n / 4 % 8;
		if ((e->reg >= 0 && reg != (unsigned)e->reg) ||
		    (*operand && memory != (*operand == 'm')) ||
		    (*size && bits16 != (*size == '1')))
			continue;
		if (!enter_at(&index_of[e->map][e->opcode + n / 32][reg][memory]
				       [bits16][e->repeat]))
			return false;
	}
	return true;
}

static const char *load_line(char *line)
{
	char *f[COLUMNS];
	struct row *row = rows + row_count++;
	struct encoding e;

	if (row_count == MAX_ROWS)
		return "too many rows";
	if (split(line, f) != COLUMNS)
		return "not 11 columns";
	if (!parse_encoding(f[0], &e))
		return "bad opcode";
	if (strcmp(f[1], "") && strcmp(f[1], "r") && strcmp(f[1], "m"))
		return "operand is r, m or nothing";
	if (strcmp(f[2], "") && strcmp(f[2], "16") && strcmp(f[2], "32"))
		return "size is 16, 32 or nothing";
	if (*f[4] == 0 || !parse_number(f[4], &row->cycles) ||
	    !parse_number(f[6], &row->other) ||
	    !parse_number(f[7], &row->per) || !parse_number(f[8], &row->once))
		return "bad number of cycles";
	if (!parse_kind(f[5], &row->kind))
		return "bad kind";
	if (!enter(&e, f[1], f[2]))
		return "the encoding has a row already";
	return NULL;
}

const char *cycles_load(const char *path)
{
	char line[LINE_CHARACTERS];
	unsigned number = 0;
	const char *wrong = NULL;
	FILE *file = fopen(path, "r");

	if (!file) {
		snprintf(
		    complaint, sizeof(complaint), "%s: cannot be read", path);
		return complaint;
	}
	while (!wrong && fgets(line, sizeof(line), file)) {
		number++;
		if (line[0] != '#' && number > 1 && line[0] != '\n')
			wrong = load_line(line);
	}
	fclose(file);
	if (!wrong && row_count == 0)
		wrong = "no rows";
	if (!wrong)
		return NULL;
	snprintf(complaint, sizeof(complaint), "%s, line %u: %s", path, number,
	    wrong);
	return complaint;
}

const struct row *cycles_find(unsigned map, uint8_t opcode, uint8_t modrm,
    bool memory, bool bits16, bool repeat)
{
	unsigned n;

	if (map > 1)
		return NULL;
	if (map == 0 && is_coprocessor(opcode) && !memory)
		n = coprocessor_index[opcode - 0xD8][modrm & 63];
	else
		n = index_of[map][opcode][modrm >> 3 & 7][memory][bits16]
			    [repeat];
	return n ? rows + n - 1 : NULL;
}
