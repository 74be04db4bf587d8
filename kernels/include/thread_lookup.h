/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a uid to its thread (5.3.1). Switch UID_ADDRESSING.
 *
 *	thread_lookup(uid)         the thread with this uid; NULL if there is
 *	                           none, or none any more
 */
#ifndef THREAD_LOOKUP_H
#define THREAD_LOOKUP_H

#include <tcb_table.h>
#include <thread_table.h>

#if CONFIG_UID_ADDRESSING
#include "../optimized/thread_lookup.h"
#else
#include "../baseline/thread_lookup.h"
#endif

#endif
