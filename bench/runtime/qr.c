/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A QR encoder (ISO/IEC 18004) for what fits on a text screen: versions 4 and
 * 6, error correction L, bytes, mask 0. "Module" is the standard's word for a
 * square.
 */
#include "qr.h"
#include "clock.h"
#include "runtime.h"

#define MAX_SIZE 41
#define MAX_CODEWORDS 172
#define QUIET 4 /* modules of border */

/* Version 6 where the screen has 25 lines, 4 where it has less. */
static const struct version {
	uint32_t rows;	    /* lines of the screen that it takes */
	uint32_t size;	    /* modules a side */
	uint32_t data;	    /* codewords */
	uint32_t blocks;    /* of equal length */
	uint32_t check;	    /* codewords of error correction in each */
	uint32_t alignment; /* where the middle of that pattern is */
} versions[] = {{25, 41, 136, 2, 18, 34}, {21, 33, 80, 1, 20, 26}};

#define BYTE_MODE 4
#define OVERHEAD 2 /* codewords: mode, length, and the end */

/* Error correction L, mask 0, with its own correction, masked (table C.1). */
#define FORMAT 0x77C4

/* 0 light, 1 dark; FREE: for data. */
enum { LIGHT, DARK, FREE };
static uint8_t modules[MAX_SIZE][MAX_SIZE];

/* --- error correction: Reed-Solomon over GF(256), polynomial 11Dh -----------
 */

static uint8_t multiply(uint8_t a, uint8_t b)
{
	uint32_t product = 0;
	int bit;

	for (bit = 7; bit >= 0; bit--) {
		product = product << 1 ^ (product >> 7) * 0x11D;
		product ^= (b >> bit & 1) * a;
	}
	return (uint8_t)product;
}

/* The remainder of data by the generator of degree check. */
static void correct(
    const uint8_t *data, uint32_t bytes, uint8_t *remainder, uint32_t check)
{
	uint8_t generator[32] = {0}, root = 1;
	uint32_t n, m;

	generator[check - 1] = 1;
	for (n = 0; n < check; n++) {
		for (m = 0; m < check; m++) {
			generator[m] = multiply(generator[m], root);
			if (m + 1 < check)
				generator[m] ^= generator[m + 1];
		}
		root = multiply(root, 2);
	}
	memset(remainder, 0, check);
	for (n = 0; n < bytes; n++) {
		uint8_t factor = data[n] ^ remainder[0];

		for (m = 0; m < check; m++)
			remainder[m] = (m + 1 < check ? remainder[m + 1] : 0) ^
				       multiply(generator[m], factor);
	}
}

/* --- where the modules are --------------------------------------------------
 */

static void square(uint32_t x, uint32_t y, uint32_t side, uint8_t colour)
{
	uint32_t i, j;

	for (j = y; j < y + side; j++)
		for (i = x; i < x + side; i++)
			modules[j][i] = colour;
}

static void draw_finder(uint32_t x, uint32_t y)
{
	square(x, y, 7, DARK);
	square(x + 1, y + 1, 5, LIGHT);
	square(x + 2, y + 2, 3, DARK);
}

static void draw_format(uint32_t size)
{
	uint32_t n;

	for (n = 0; n < 15; n++) {
		uint8_t bit = FORMAT >> n & 1;
		uint32_t m = 14 - n;

		/* Beside the upper left finder, and once more beside the
		 * others. */
		if (n < 6)
			modules[n][8] = bit;
		else if (n < 8)
			modules[n + 1][8] = bit;
		if (m < 6)
			modules[8][m] = bit;
		else if (m == 6)
			modules[8][7] = bit;
		if (n < 8)
			modules[8][size - 1 - n] = bit;
		else
			modules[size - 15 + n][8] = bit;
	}
	modules[size - 8][8] = DARK;
}

static void draw_patterns(const struct version *v)
{
	uint32_t size = v->size, n;

	square(0, 0, size, FREE);
	square(0, 0, 9, LIGHT);
	for (n = 0; n < 8; n++) {
		uint32_t i;

		for (i = 0; i < 9; i++) {
			modules[i][size - 1 - n] = LIGHT;
			modules[size - 1 - n][i] = LIGHT;
		}
	}
	draw_finder(0, 0);
	draw_finder(size - 7, 0);
	draw_finder(0, size - 7);
	for (n = 8; n < size - 8; n++)
		modules[6][n] = modules[n][6] = n % 2 ? LIGHT : DARK;
	square(v->alignment - 2, v->alignment - 2, 5, DARK);
	square(v->alignment - 1, v->alignment - 1, 3, LIGHT);
	modules[v->alignment][v->alignment] = DARK;
	draw_format(size);
}

/* In columns of two, from the right, upwards and downwards in turn. */
static void draw_data(const struct version *v, const uint8_t *codewords)
{
	uint32_t size = v->size, bit = 0, column, n, side;
	uint32_t bits = (v->data + v->blocks * v->check) * 8;

	for (column = 0; column < size / 2; column++) {
		uint32_t right = size - 1 - 2 * column;

		if (right <= 6)
			right--; /* the column of the timing pattern is not one
				  */
		for (n = 0; n < size; n++)
			for (side = 0; side < 2; side++) {
				uint32_t x = right - side;
				uint32_t y = column % 2 ? n : size - 1 - n;
				uint8_t value = 0;

				if (modules[y][x] != FREE)
					continue;
				if (bit < bits)
					value = codewords[bit / 8] >>
						    (7 - bit % 8) &
						1;
				bit++;
				modules[y][x] = value ^ ((x + y) % 2 == 0);
			}
	}
}

/* --- a page -----------------------------------------------------------------
 */

static void encode(const struct version *v, const char *text, uint32_t bytes)
{
	uint8_t data[MAX_CODEWORDS] = {0}, checks[2][32], all[MAX_CODEWORDS];
	uint32_t block = v->data / v->blocks, n, b;

	data[0] = (uint8_t)(BYTE_MODE << 4 | bytes >> 4);
	data[1] = (uint8_t)(bytes << 4);
	for (n = 0; n < bytes; n++) {
		data[n + 1] |= (uint8_t)text[n] >> 4;
		data[n + 2] = (uint8_t)(text[n] << 4);
	}
	for (n = bytes + OVERHEAD; n < v->data; n++)
		data[n] = (n - bytes) % 2 ? 0x11 : 0xEC;
	for (b = 0; b < v->blocks; b++)
		correct(data + b * block, block, checks[b], v->check);
	for (n = 0; n < block; n++)
		for (b = 0; b < v->blocks; b++)
			all[n * v->blocks + b] = data[b * block + n];
	for (n = 0; n < v->check; n++)
		for (b = 0; b < v->blocks; b++)
			all[v->data + n * v->blocks + b] = checks[b][n];
	draw_patterns(v);
	draw_data(v, all);
}

static bool is_light(const struct version *v, uint32_t x, uint32_t y)
{
	uint32_t i = x - QUIET, j = y - QUIET; /* wraps where there is border */

	return i >= v->size || j >= v->size || modules[j][i] == LIGHT;
}

/* Light is what shines. */
static void show(const struct version *v)
{
	char line[MAX_SIZE + 2 * QUIET + 2] = "\f";
	uint32_t side = v->size + 2 * QUIET, x, y;

	console_write(line, 1);
	for (y = 0; y < side; y += 2) {
		for (x = 0; x < side; x++) {
			bool upper = is_light(v, x, y);
			bool lower = y + 1 < side && is_light(v, x, y + 1);

			line[x] = (char)(upper && lower ? 0xDB
					 : upper	? 0xDF
					 : lower	? 0xDC
							: ' ');
		}
		/* No new line behind the last one: the screen would move. */
		line[side] = '\n';
		console_write(line, side + (y + 2 < side));
	}
}

static uint32_t put_number(char *to, uint32_t value)
{
	uint32_t digits = value >= 10 ? put_number(to, value / 10) : 0;

	to[digits] = (char)('0' + value % 10);
	return digits + 1;
}

static void show_page(const struct version *v, uint32_t page, uint32_t pages,
    uint32_t crc, const char *piece, uint32_t bytes)
{
	char text[MAX_CODEWORDS] = "TFQ ";
	uint32_t n = 4;
	int shift;

	n += put_number(text + n, page);
	text[n++] = '/';
	n += put_number(text + n, pages);
	text[n++] = ' ';
	for (shift = 28; shift >= 0; shift -= 4)
		text[n++] = "0123456789abcdef"[crc >> shift & 15];
	text[n++] = ' ';
	memcpy(text + n, piece, bytes);
	encode(v, text, n + bytes);
	show(v);
}

void qr_show(const char *text, uint32_t bytes, uint32_t crc, uint32_t rows,
    uint32_t seconds, uint32_t cycles)
{
	const struct version *v = versions + (rows < versions[0].rows);
	/* "TFQ 123/123 12345678 " */
	uint32_t room = v->data - OVERHEAD - 21;
	uint32_t pages = (bytes + room - 1) / room, page;

	if (rows < v->rows) {
		print("# the screen is too small for QR codes\n");
		return;
	}
	while (cycles--)
		for (page = 0; page < pages; page++) {
			uint32_t left = bytes - page * room;

			show_page(v, page + 1, pages, crc, text + page * room,
			    left < room ? left : room);
			clock_wait(seconds * 1000);
		}
	print("\f");
}
