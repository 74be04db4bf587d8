/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of QEMU's TCG plugin interface that the model uses. Debian ships no
 * header for it, so it is declared here.
 *
 * PLUGIN_API is the version of the interface, as in qemu_plugin_version. What
 * differs between versions is in qemu_api.c only; it is used through the
 * functions api_*, which are the same for all.
 */
#ifndef QEMU_API_H
#define QEMU_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;

struct qemu_plugin_tb;
struct qemu_plugin_insn;

typedef struct {
	const char *target_name;
	struct {
		int min, cur;
	} version;
	bool system_emulation;
	struct {
		int smp_vcpus, max_vcpus;
	} system;
} qemu_info_t;

/* --- the same in all versions ----------------------------------------------
 */

enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_mem_rw { QEMU_PLUGIN_MEM_RW = 3 };

typedef void (*qemu_plugin_vcpu_udata_cb_t)(unsigned vcpu, void *data);
typedef void (*qemu_plugin_vcpu_mem_cb_t)(
    unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *data);

void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
    qemu_plugin_vcpu_udata_cb_t callback, enum qemu_plugin_cb_flags flags,
    void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
    qemu_plugin_vcpu_udata_cb_t callback, enum qemu_plugin_cb_flags flags,
    void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
    qemu_plugin_vcpu_mem_cb_t callback, enum qemu_plugin_cb_flags flags,
    enum qemu_plugin_mem_rw rw, void *data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(
    const struct qemu_plugin_tb *tb, size_t index);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn);

unsigned qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info);
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info);

/* --- what differs ----------------------------------------------------------
 */

/* Called when QEMU translates a block, has thrown all translations away, ends.
 */
struct api_callbacks {
	void (*translate)(struct qemu_plugin_tb *tb);
	void (*flush)(void);
	void (*end)(void);
};

/* To be called at install. */
void api_init(qemu_plugin_id_t id, const struct api_callbacks *callbacks);

void api_copy_bytes(
    const struct qemu_plugin_insn *insn, uint8_t *to, size_t bytes);

/* The counter that translated code adds to: where it is, once the processor
 * exists; and an addition to it before an instruction. */
uint64_t *api_counter(void);
void api_add(struct qemu_plugin_insn *insn, uint64_t amount);

#endif
