/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first line that a kernel writes: which configuration it is, of which
 * revision, made by which compiler.
 */
#include <identity.h>
#include <config.h>
#include <revision.h>

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

const char kernel_identity[] __attribute__((section(".identity"))) =
    "Twentyfold kernel, configuration " CONFIGURATION ", revision " REVISION
    ", " COMPILER;
