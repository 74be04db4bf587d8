/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records as QR codes on the screen, for a camera, where there is no serial
 * port: page by page, of block characters, two modules a character.
 *
 * Each page is a code of "TFQ <page>/<pages> <crc of the whole text> " and a
 * piece of the text (harness/photos.py puts them together).
 */
#ifndef RUNTIME_QR_H
#define RUNTIME_QR_H

#include <stdint.h>

/* The whole text, of which crc is the CRC-32, seconds a page, cycles times. rows: of the screen; at
 * least 21. */
void qr_show(const char *text, uint32_t bytes, uint32_t crc, uint32_t rows,
    uint32_t seconds, uint32_t cycles);

#endif
