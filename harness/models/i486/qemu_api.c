/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The versions of QEMU's plugin interface, as far as the model sees a
 * difference:
 *
 *	1	QEMU 4.2 to 8.2
 *	2	9.0		inline counters belong to a processor
 *	3	9.1		an instruction's bytes are copied
 *	4	9.2, 10.0
 *	5	10.1, 10.2
 *	6	11.0
 *	7	11.1		each callback gets data of its own, instead of
 *				the plugin's id
 */
#include "qemu_api.h"

#include <string.h>

__attribute__((visibility("default"))) int qemu_plugin_version = PLUGIN_API;

static const struct api_callbacks *callbacks;

#if PLUGIN_API < 7

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
    void (*callback)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_flush_cb(
    qemu_plugin_id_t id, void (*callback)(qemu_plugin_id_t id));
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
    void (*callback)(qemu_plugin_id_t id, void *data), void *data);

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	callbacks->translate(tb);
}

static void flush(qemu_plugin_id_t id)
{
	(void)id;
	callbacks->flush();
}

static void end(qemu_plugin_id_t id, void *data)
{
	(void)id;
	(void)data;
	callbacks->end();
}

static void register_callbacks(qemu_plugin_id_t id)
{
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_flush_cb(id, flush);
	qemu_plugin_register_atexit_cb(id, end, NULL);
}

#else

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
    void (*callback)(struct qemu_plugin_tb *tb, void *data), void *data);
void qemu_plugin_register_flush_cb(
    qemu_plugin_id_t id, void (*callback)(void *data), void *data);
void qemu_plugin_register_atexit_cb(
    qemu_plugin_id_t id, void (*callback)(void *data), void *data);

static void translate(struct qemu_plugin_tb *tb, void *data)
{
	(void)data;
	callbacks->translate(tb);
}

static void flush(void *data)
{
	(void)data;
	callbacks->flush();
}

static void end(void *data)
{
	(void)data;
	callbacks->end();
}

static void register_callbacks(qemu_plugin_id_t id)
{
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate, NULL);
	qemu_plugin_register_flush_cb(id, flush, NULL);
	qemu_plugin_register_atexit_cb(id, end, NULL);
}

#endif

#if PLUGIN_API < 3

const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);

void api_copy_bytes(
    const struct qemu_plugin_insn *insn, uint8_t *to, size_t bytes)
{
	memcpy(to, qemu_plugin_insn_data(insn), bytes);
}

#else

size_t qemu_plugin_insn_data(
    const struct qemu_plugin_insn *insn, void *to, size_t bytes);

void api_copy_bytes(
    const struct qemu_plugin_insn *insn, uint8_t *to, size_t bytes)
{
	qemu_plugin_insn_data(insn, to, bytes);
}

#endif

enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

#if PLUGIN_API < 2

void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn,
    enum qemu_plugin_op op, void *counter, uint64_t amount);

static uint64_t counter;

static void make_counter(void)
{
}

uint64_t *api_counter(void)
{
	return &counter;
}

void api_add(struct qemu_plugin_insn *insn, uint64_t amount)
{
	qemu_plugin_register_vcpu_insn_exec_inline(
	    insn, QEMU_PLUGIN_INLINE_ADD_U64, &counter, amount);
}

#else

typedef struct {
	struct qemu_plugin_scoreboard *score;
	size_t offset;
} qemu_plugin_u64;

struct qemu_plugin_scoreboard *qemu_plugin_scoreboard_new(size_t bytes);
void *qemu_plugin_scoreboard_find(
    struct qemu_plugin_scoreboard *score, unsigned vcpu);
void qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
    struct qemu_plugin_insn *insn, enum qemu_plugin_op op,
    qemu_plugin_u64 counter, uint64_t amount);

static qemu_plugin_u64 counter;

static void make_counter(void)
{
	counter.score = qemu_plugin_scoreboard_new(sizeof(uint64_t));
}

uint64_t *api_counter(void)
{
	return qemu_plugin_scoreboard_find(counter.score, 0);
}

void api_add(struct qemu_plugin_insn *insn, uint64_t amount)
{
	qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
	    insn, QEMU_PLUGIN_INLINE_ADD_U64, counter, amount);
}

#endif

void api_init(qemu_plugin_id_t id, const struct api_callbacks *c)
{
	callbacks = c;
	make_counter();
	register_callbacks(id);
}
