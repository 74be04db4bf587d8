/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Semantic tests of IPC. They print TAP between a begin and an end record and
 * end the machine with success if all pass. Modules: this program, SPACES
 * times. Command line: hostility=1, only what hostile programs do: no clock
 * decides it, so it holds on emulators of any speed.
 */
#include "tests.h"

static void test_all(void)
{
	test_timeouts();
	test_basics();
	test_scheduling();
	test_sizes();
	test_order();
	test_rpc();
	test_calls();
	test_arguments();
	test_parameters();
	test_deaths();
	test_ports();
	test_remapping();
	test_interrupts();
	test_notifications();
	test_virtual_registers();
	test_coprocessor();
	test_swapping();
	test_hostility();
	test_complex_messages();
	test_flat_messages();
	test_faults();
	test_life_cycle();
	test_attacks();
}

void program(const char *command_line, uid_t root)
{
	if (root != NOBODY)
		spawner(root, command_line != NULL);
	find_spaces();
	record_begin("ipc_tests");
	if (argument(command_line, "hostility", 0))
		test_hostility();
	else
		test_all();
	tell_of_emulator();
	print("1..%u\n", checks_done());
	record_end();
	machine_stop(checks_failed() != 0);
}
