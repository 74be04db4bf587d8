/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The steps of the hand-coded path (5.5.4): of each pair the side that the switches
 * choose. For assembly.
 */
#ifndef STEPS_H
#define STEPS_H

#include <abi.h>
#include <enter.h>
#include <memory_layout.h>
#include <offsets.h>

#define STRING_AT_ONCE (16 << 10) /* bytes; as long as in C (user_memory.h) */

#include "../core/steps/marks.h"

#if CONFIG_CONDENSED_TABLES
#include "../optimized/steps/switch_page.h"
#else
#include "../baseline/steps/switch_page.h"
#endif

#if CONFIG_SEGMENT_CHECK
#include "../optimized/steps/segments.h"
#else
#include "../baseline/steps/segments.h"
#endif

#if CONFIG_REGISTER_PARAMETERS
#include "../optimized/steps/parameters.h"
#else
#include "../baseline/steps/parameters.h"
#endif

#if CONFIG_VIRTUAL_TCBS
#include "../optimized/steps/tcb_table.h"
#else
#include "../baseline/steps/tcb_table.h"
#endif

#if CONFIG_UID_ADDRESSING
#include "../optimized/steps/thread_lookup.h"
#else
#include "../baseline/steps/thread_lookup.h"
#endif

#if CONFIG_THREAD_KERNEL_STACKS
#include "../optimized/steps/kernel_stack.h"
#else
#include "../baseline/steps/kernel_stack.h"
#endif

#if CONFIG_LATE_CHECKS
#include "../optimized/steps/late_checks.h"
#else
#include "../baseline/steps/late_checks.h"
#endif

#if CONFIG_REGISTER_MESSAGES
#include "../optimized/steps/register_messages.h"
#else
#include "../baseline/steps/register_messages.h"
#endif

#if CONFIG_COMPLEX_MESSAGES
#include "../optimized/steps/complex_messages.h"
#else
#include "../baseline/steps/complex_messages.h"
#endif

#if CONFIG_DIRECT_TRANSFER
#include "../optimized/steps/transfer.h"
#else
#include "../baseline/steps/transfer.h"
#endif

#if CONFIG_LAZY_SCHEDULING
#include "../optimized/steps/ready_queue.h"
#else
#include "../baseline/steps/ready_queue.h"
#endif

#if CONFIG_LAZY_COPROCESSOR
#include "../optimized/steps/coprocessor.h"
#else
#include "../baseline/steps/coprocessor.h"
#endif

#include "../core/steps/starting.h"

#if CONFIG_DIRECT_SWITCH
#include "../optimized/steps/direct_switch.h"
#else
#include "../baseline/steps/direct_switch.h"
#endif

/* The same in all kernels. */
#include "../core/steps/virtual_registers.h"
#include "../core/steps/guards.h"
#include "../core/steps/ports.h"
#include "../core/steps/strings.h"
#include "../core/steps/delivery.h"
#include "../core/steps/services.h"

#endif
