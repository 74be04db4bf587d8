/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plugin that no QEMU loads: it wants a newer plugin interface than there
 * will ever be. QEMU refuses it, and tells which interface it has.
 */
#include <limits.h>

__attribute__((visibility("default"))) int qemu_plugin_version = INT_MAX;
__attribute__((visibility("default"))) int qemu_plugin_install(void);

int qemu_plugin_install(void)
{
	return -1;
}
