/* SPDX-License-Identifier: BSD-2-Clause */
#include <identity.h>
#include <config.h>
#include <revision.h>

const char kernel_identity[] __attribute__((section(".identity"))) =
    "Twentyfold kernel, configuration " CONFIGURATION ", revision " REVISION;
