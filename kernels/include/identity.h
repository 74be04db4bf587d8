/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef IDENTITY_H
#define IDENTITY_H

/*
 * What this kernel is: configuration and git revision. The first line that it
 * prints, and a section of its ELF file (readelf -p .identity).
 */
extern const char kernel_identity[];

#endif
