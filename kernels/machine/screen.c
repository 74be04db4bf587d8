/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VGA text, or letters drawn in pixels. Pixels are slow to move: there the text
 * does not scroll, the next line is the first one.
 */
#include <machine.h>
#include <memory.h>
#include <screen.h>

#define VGA_TEXT 0xB8000
#define MAX_COLUMNS 80
#define MAX_ROWS 25
#define GREY_ON_BLACK 0x0700

/* Characters that the font has not: blocks, as in the VGA's own. */
#define FULL_BLOCK 0xDB
#define LOWER_HALF 0xDC
#define UPPER_HALF 0xDF

uint32_t screen_rows;
static uint32_t columns;
static uint32_t cursor; /* in characters */

/* What is shown: reading it back from the screen is slow. */
static uint8_t shown[MAX_COLUMNS * MAX_ROWS];

/* Pixels, or NULL for VGA text. */
static uint8_t *pixels;
static uint32_t pitch, bytes_per_pixel; /* bytes */

/* In as few writes as can be: each goes over the bus. */
static void draw_row(volatile uint8_t *at, uint8_t bits)
{
	uint32_t x, byte;

	for (x = 0; x < FONT_WIDTH; x++, at += bytes_per_pixel) {
		uint32_t colour = bits & 0x80 >> x ? 0xBFBFBFBF : 0;

		if (bytes_per_pixel == 4)
			*(volatile uint32_t *)at = colour;
		else
			for (byte = 0; byte < bytes_per_pixel; byte++)
				at[byte] = (uint8_t)colour;
	}
}

static uint8_t row_of(uint8_t c, uint32_t y)
{
	bool upper = y < FONT_HEIGHT / 2;

	if (c == FULL_BLOCK || (c == UPPER_HALF && upper) ||
	    (c == LOWER_HALF && !upper))
		return 0xFF;
	return c >= FONT_FIRST && c <= FONT_LAST ? font[c - FONT_FIRST][y] : 0;
}

static void show(uint32_t place, uint8_t c)
{
	uint32_t y;
	uint8_t *at;

	bool is_new = shown[place] != c;

	shown[place] = c;
	/* What is written decides nothing of how long it takes. */
	if (!pixels)
		((volatile uint16_t *)from_physical(VGA_TEXT))[place] =
		    GREY_ON_BLACK | c;
	if (!pixels || !is_new)
		return;
	at = pixels + place / columns * FONT_HEIGHT * pitch +
	     place % columns * FONT_WIDTH * bytes_per_pixel;
	for (y = 0; y < FONT_HEIGHT; y++, at += pitch)
		draw_row(at, row_of(c, y));
}

static void show_line(uint32_t row, bool empty)
{
	uint32_t place = row * columns, end = place + columns;

	for (; place < end; place++)
		show(place, empty ? ' ' : shown[place + columns]);
}

/* Of pixels too many would have to move: there the next line is the first one.
 */
static void next_line(void)
{
	uint32_t row = cursor / columns, n;

	if (row == screen_rows && pixels) {
		row = 0;
	} else if (row == screen_rows) {
		for (n = 0; n < screen_rows - 1; n++)
			show_line(n, false);
		row = screen_rows - 1;
	}
	show_line(row, true);
	cursor = row * columns;
}

/* True if there are pixels, and the kernel can reach them. */
static bool take_pixels(const struct multiboot_info *info)
{
	if (!info || !(info->flags & MULTIBOOT_HAS_FRAMEBUFFER) ||
	    info->framebuffer_type != MULTIBOOT_FRAMEBUFFER_RGB ||
	    info->framebuffer >> 32 || info->bits_per_pixel < 15 ||
	    info->width < FONT_WIDTH || info->height < FONT_HEIGHT)
		return false;
	columns = info->width / FONT_WIDTH;
	screen_rows = info->height / FONT_HEIGHT;
	if (columns > MAX_COLUMNS)
		columns = MAX_COLUMNS;
	if (screen_rows > MAX_ROWS)
		screen_rows = MAX_ROWS;
	pitch = info->pitch;
	bytes_per_pixel = (info->bits_per_pixel + 7u) / 8;
	pixels = reach(
	    (uint32_t)info->framebuffer, pitch * screen_rows * FONT_HEIGHT);
	return pixels;
}

static void clear(void)
{
	uint32_t row;

	for (row = 0; row < screen_rows; row++)
		show_line(row, true);
	cursor = 0;
}

void screen_init(const struct multiboot_info *info)
{
	if (!take_pixels(info)) {
		columns = MAX_COLUMNS;
		screen_rows = MAX_ROWS;
	}
	clear();
}

void screen_put(char c)
{
	if (c == '\f')
		clear();
	else if (c == '\n')
		cursor += columns - cursor % columns;
	else if (c != '\r')
		show(cursor++, (uint8_t)c);
	if (cursor && cursor % columns == 0 && c != '\f')
		next_line();
}
