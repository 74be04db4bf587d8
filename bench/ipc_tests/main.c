/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Semantic tests of IPC. They print TAP between a begin and an end record and
 * end the machine with success if all pass. Modules: this program, SPACES
 * times.
 */
#include "tests.h"

void program(const char *command_line, uid_t root)
{
	if (root != NOBODY)
		spawner(root, command_line != NULL);
	find_spaces();
	record_begin("ipc_tests");
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
	test_coprocessor();
	test_swapping();
	test_hostility();
	test_complex_messages();
	test_flat_messages();
	test_faults();
	test_life_cycle();
	test_attacks();
	print("1..%u\n", checks_done());
	record_end();
	machine_stop(checks_failed() != 0);
}
