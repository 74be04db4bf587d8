/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts how often instructions at given addresses are executed: more columns
 * of the stamps. Several addresses may have one name, and are one column.
 */
#ifndef COUNT_H
#define COUNT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* NAME@ADDRESS+NAME@ADDRESS+..., addresses hexadecimal. False: it is not so. */
bool count_set(const char *list);

/* The counter of the instruction at pc, NULL if it is not to be counted. */
uint64_t *count_at(uint32_t pc);

/* Each with a blank before it. */
void count_put_names(FILE *file);
void count_put_values(FILE *file);

#endif
