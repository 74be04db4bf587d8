/* SPDX-License-Identifier: BSD-2-Clause */
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
