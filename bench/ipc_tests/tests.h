/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The semantic tests, a function for each group. They hold in every
 * configuration of the kernel.
 */
#ifndef IPC_TESTS_TESTS_H
#define IPC_TESTS_TESTS_H

#include "checks.h"

void test_timeouts(void);
void test_basics(void);
void test_scheduling(void);
void test_sizes(void);
void test_order(void);
void test_rpc(void);
void test_calls(void);
void test_arguments(void);
void test_parameters(void);
void test_deaths(void);
void test_ports(void);
void test_remapping(void);
void test_interrupts(void);
void test_notifications(void);
void test_virtual_registers(void);
void test_coprocessor(void);
void test_swapping(void);
void test_hostility(void);
void test_complex_messages(void);
void test_flat_messages(void);
void test_faults(void);
void test_life_cycle(void);
void test_attacks(void);

/* What of test_hostility an emulator has not done, for the closing lines. */
void tell_of_emulator(void);

#endif
