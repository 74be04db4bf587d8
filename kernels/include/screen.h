/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The screen as the console: VGA text, or, where the boot loader has set a mode
 * with pixels (UEFI has no other), letters drawn in it.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <multiboot.h>

#define FONT_FIRST ' '
#define FONT_LAST '~'
#define FONT_WIDTH 8
#define FONT_HEIGHT 16

/* One byte a row, the leftmost pixel in bit 7. */
extern const uint8_t font[FONT_LAST - FONT_FIRST + 1][FONT_HEIGHT];

extern uint32_t screen_rows;

/* info: the boot loader's, or NULL. */
void screen_init(const struct multiboot_info *info);
void screen_put(char c);

#endif
