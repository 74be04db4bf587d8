/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The queues of ready threads, and with eager scheduling of waiting ones
 * (5.3.4).
 */
#include <ready_queue.h>

uint32_t ready_highest HOT;
struct queue ready_queues[PRIORITIES] HOT;
#if !CONFIG_LAZY_SCHEDULING
struct queue waiting_queue = QUEUE_EMPTY(waiting_queue);
#endif
