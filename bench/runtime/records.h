/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records: how measurements leave the machine. One line each:
 *
 *	TF1 <crc> <kind> <key>=<value> ...
 *
 * TF1 is the version, crc the CRC-32 (eight hexadecimal digits) of what
 * follows it and a blank. A run is a begin record with configuration and
 * revision, sample records numbered from 1, and an end record with their
 * count. Between them there may be records about the machine (machine.h) and
 * about series of samples (bench/batches.h). Lines that begin otherwise are for
 * people.
 */
#ifndef RUNTIME_RECORDS_H
#define RUNTIME_RECORDS_H

#include <stdarg.h>
#include <stdint.h>

/* printf to the console with %s, %u, %x (8 digits), %U (64 bits) and %%. */
void print(const char *format, ...);
void print_list(const char *format, va_list list);

void record_begin(const char *experiment);
/* Of any other kind. */
void record(const char *kind, const char *format, ...);
/* Formats as print; the number of the sample is added. */
void record_sample(const char *format, ...);
void record_end(void);

/*
 * From now on all records but samples are also kept, up to bytes, as text;
 * returns how many have been. For a machine from which they leave by other ways
 * (qr.h).
 */
void records_keep(char *text, uint32_t bytes);
uint32_t records_kept(void);

uint32_t records_crc(void); /* CRC-32 of all that has been kept */

/* Complains and ends the machine; formats as print. */
void fail(const char *format, ...) __attribute__((noreturn));

#endif
