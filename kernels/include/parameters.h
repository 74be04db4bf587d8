/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Without REGISTER_PARAMETERS: an IPC call's parameters come from a block in
 * the user's memory (5.4.2).
 */
#ifndef PARAMETERS_H
#define PARAMETERS_H

#include <abi.h>
#include <cpu.h>

/*
 * Loads the block at the caller's EAX into its registers, as table 6 has them.
 * May wait for the caller's pager. False if it is not all there: the call is
 * over, with failure as its result code.
 */
bool fetch_parameters(struct trap_frame *frame, uint32_t failure);

#endif
