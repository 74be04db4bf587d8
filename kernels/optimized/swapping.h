/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tcb that is swapped out is unmapped; touching it brings it back.
 */

/* A thread's tcb, or its copy: for reading. */
const struct tcb *tcb_look_at(uint32_t number);

bool tcb_swap_out(struct tcb *t);
void tcb_each_swapped(
    void (*visit)(struct tcb *t), bool (*wanted)(const struct tcb *t));
bool tcb_give_frames(uint32_t count);
bool tcb_bring_ready(void);
void tcb_tick(void);
bool tcb_page_fault(uint32_t address, bool write);

/* Brings in the tcb with this number: false if it is not swapped out. */
bool tcb_bring_in(uint32_t number);
