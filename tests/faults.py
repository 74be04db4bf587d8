#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Puts faults into a copy of the kernel, one at a time, and tells what finds each.

    python3 tests/faults.py [FAULT ...]

Takes about a minute a fault. Prints a row of docs/testing.md's table each: what
the semantic tests found, and after how many calls the fuzzer. A fault is a piece of
source and what stands there instead; a piece that is not there exactly once is
refused, so that faults keep up with the kernel.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CALLS = (2_000, 60_000)  # a kernel that fails soon need not go on
SEED = 1


@dataclass(frozen=True)
class Fault:
    what: str
    configuration: str
    file: str  # in kernels/
    old: str
    new: str


FAULTS = {
    "block-range": Fault(
        "a parameter block may lie in the kernel",
        "baseline",
        "core/parameters.c",
        "!in_user_space(frame->eax, sizeof(p)) ||",
        "false ||",
    ),
    "string-range": Fault(
        "a string to be sent may lie in the kernel",
        "optimized",
        "core/message.c",
        "\treturn in_user_space(piece->address, piece->bytes) ? IPC_OK : IPC_FAULT;",
        "\treturn IPC_OK;",
    ),
    "buffer-range": Fault(
        "a string may be received into the kernel",
        "baseline+complex_messages",
        "core/message.c",
        "\tpiece->bytes = min(bytes, room);\n"
        "\tif (piece->bytes < bytes)\n"
        "\t\tin->dope |= IPC_CUT;\n"
        "\treturn in_user_space(piece->address, piece->bytes) &&\n",
        "\tpiece->bytes = min(bytes, room);\n"
        "\tif (piece->bytes < bytes)\n"
        "\t\tin->dope |= IPC_CUT;\n"
        "\treturn true &&\n",
    ),
    "clip": Fault(
        "a direct string is not clipped to its buffer",
        "optimized",
        "core/message.c",
        "min(direct_dwords(dope), direct_dwords(size))",
        "direct_dwords(dope)",
    ),
    "cut": Fault(
        "a receiver is not told that a string was cut",
        "baseline+complex_messages",
        "core/message.c",
        "\tpiece->bytes = min(bytes, room);\n"
        "\tif (piece->bytes < bytes)\n"
        "\t\tin->dope |= IPC_CUT;\n",
        "\tpiece->bytes = min(bytes, room);\n",
    ),
    "second-region": Fault(
        "the window shows only the first of its two regions",
        "optimized",
        "optimized/window.c",
        "\t\t\t? region[1] & ~PTE_USER\n",
        "\t\t\t? 0\n",
    ),
    "window-flush": Fault(
        "the TLB is not flushed when the window moves",
        "optimized",
        "optimized/window.c",
        "if (window[0] && window[0] != first)",
        "if (0)",
    ),
    "window-same-space": Fault(
        "no TLB flush when a thread of the same space comes after a transfer",
        "optimized",
        "optimized/window.c",
        "	if (t->task == next->task)\n		flush_tlb();\n",
        "	(void)next;\n",
    ),
    "user-bit": Fault(
        "the user bit is not cleared in the window",
        "optimized",
        "optimized/window.c",
        "first = region[0] & ~PTE_USER;",
        "first = region[0];",
    ),
    "stale-uid": Fault(
        "only the low half of a uid is compared",
        "optimized",
        "optimized/thread_lookup.h",
        "t->uid == uid ?",
        "(uint32_t)t->uid == (uint32_t)uid ?",
    ),
    "generation": Fault(
        "a thread's number is used again with the same generation",
        "baseline",
        "core/thread_table.c",
        "++thread_table[number].generation",
        "(thread_table[number].generation = 1)",
    ),
    "dead-sender": Fault(
        "a thread that dies while sending stays in the queue",
        "optimized",
        "core/deaths.c",
        "\tif (dead->state == THREAD_SENDING)\n" "\t\tsender_leaves(dead);\n",
        "",
    ),
    "dead-waiting": Fault(
        "a thread that dies while waiting stays in the wakeup list",
        "optimized",
        "core/deaths.c",
        "	wakeup_remove(dead);\n",
        "",
    ),
    "death-unnoticed": Fault(
        "receivers do not notice that their partner dies",
        "baseline",
        "core/deaths.c",
        "\tqueue_each_waiting(tell_if_waiting, NULL);\n",
        "\t(void)tell_if_waiting;\n",
    ),
    "death-code": Fault(
        "senders get another code when their partner dies",
        "baseline",
        "core/deaths.c",
        "wake(sender, IPC_NO_PARTNER);",
        "wake(sender, IPC_TIMEOUT);",
    ),
    "order": Fault(
        "the last sender comes first",
        "optimized",
        "core/ipc.c",
        "\treturn notification ? notification : first_sender(me);\n",
        "\treturn thread_of_link(\n"
        "\t\tme->senders.head.previous, offsetof(struct tcb, sender_link));\n",
    ),
    "closed-receive": Fault(
        "a thread that waits for one takes messages of all",
        "baseline",
        "core/rendezvous.c",
        "(!to->partner || to->partner == from)",
        "(from || to)",
    ),
    "look-again": Fault(
        "a receiver is forgotten when its sender has failed",
        "optimized",
        "core/send.c",
        "\tif (result != IPC_OK)\n" "\t\twake(to, LOOK_AGAIN);\n" "\treturn result;\n",
        "\treturn result;\n",
    ),
    "blame": Fault(
        "the receiver's bad buffer is blamed on the sender",
        "optimized",
        "optimized/transfer.c",
        "\tif (!user_fault_of_receiver)\n",
        "\tif (1)\n",
    ),
    "buffer-leak": Fault(
        "a kernel buffer is not given back",
        "baseline",
        "baseline/transfer.c",
        "\theap_release(m, m->bytes);\n",
        "",
    ),
    "dead-inbox": Fault(
        "the buffer of a thread that dies before it reads it is not given back",
        "baseline",
        "core/deaths.c",
        "	transfer_forget(dead);\n",
        "",
    ),
    "tcb-leak": Fault(
        "the memory of a thread is not given back",
        "optimized",
        "optimized/tcb_table.c",
        "\ttcb_return_frame(kernel_unmap_page((uint32_t)tcb_at(number)));\n",
        "\tkernel_unmap_page((uint32_t)tcb_at(number));\n",
    ),
    "foreign-thread": Fault(
        "any thread may be deleted by any other",
        "baseline",
        "core/services.c",
        "\treturn me->task == task || me->task == root_task ||\n"
        "\t       me->uid == task->creator;\n",
        "\t(void)me;\n" "\t(void)task;\n" "\treturn true;\n",
    ),
    "no-timeout": Fault(
        "a short wait to send does not end",
        "optimized",
        "core/rendezvous.c",
        "	wakeup_set(me, *timeout);\n",
        "	if (state != THREAD_SENDING)\n		wakeup_set(me, *timeout);\n",
    ),
    "queue-timeout": Fault(
        "a sender that gives up stays in the queue",
        "baseline",
        "core/ipc.c",
        "\tif (t->state == THREAD_SENDING)\n"
        "\t\tsender_leaves(t);\n"
        "\twakeup_remove(t);\n",
        "\twakeup_remove(t);\n",
    ),
    "reply-words": Fault(
        "the second word of a message is lost on the way through memory",
        "baseline",
        "baseline/transfer.c",
        "!copy_dwords(buffer->words, m->words, 2)",
        "!copy_dwords(buffer->words, m->words, 1)",
    ),
    "firewall": Fault(
        "the page before the kernel may be supplied",
        "optimized",
        "core/page_fault.c",
        "\tif (address >= FIREWALL)\n"
        "\t\treturn false;\n"
        "\treturn mapping_resolve(me->task, address, write) ||\n",
        "\treturn mapping_resolve(me->task, address, write) ||\n",
    ),
    "window-lost": Fault(
        "the window is not shown again to a sender that lost it",
        "optimized",
        "core/page_fault.c",
        "\twindow_show(me, to);\n" "\tflush_tlb_page(address);\n",
        "\tflush_tlb_page(address);\n",
    ),
    "window-moved": Fault(
        "the window stays where the pager was asked",
        "optimized-register_messages",
        "core/pager.c",
        "\twindow_leave(me, me);\n" "\tme->transfer = me->outer;\n",
        "\tme->outer.window_region = me->transfer.window_region;\n"
        "\tme->transfer = me->outer;\n",
    ),
    "foreign-answer": Fault(
        "a page fault is answered by the thread that sends first",
        "optimized",
        "core/pager_answer.c",
        "\treturn to->state == THREAD_FAULTING && to->partner == pager;",
        "\treturn to->state == THREAD_FAULTING && pager;",
    ),
    "object-writable": Fault(
        "a read-only object may be written if its source may",
        "optimized",
        "core/mapping.c",
        "\t\twritable &= m->writable;\n",
        "",
    ),
    "share-writable": Fault(
        "a page of a read-only object is mapped writable",
        "baseline",
        "core/mapping.c",
        "task, address, page & PTE_FRAME, writable);",
        "task, address, page & PTE_FRAME, true);",
    ),
    "answer-writable": Fault(
        "a pager gives pages writable that it meant to be read-only",
        "optimized",
        "core/pager_answer.c",
        "piece->writable && (source & PTE_WRITABLE)",
        "true",
    ),
    "pager-bad-time": Fault(
        "a pager is asked, for a time that is none",
        "optimized",
        "core/pager.c",
        "\tif (check_timeout(timeout) != IPC_OK ||",
        "\tif (timeout == TIMEOUT_NONE ||",
    ),
    "patience": Fault(
        "a transfer waits for a pager as long as it takes",
        "optimized",
        "core/ipc.c",
        "\tbool served = own_fault(me, fault & ~1u, fault & 1, timeout);\n",
        "\tbool served = own_fault(me, fault & ~1u, fault & 1, timeout | ~0u);\n",
    ),
    "sender-dies-copying": Fault(
        "a receiver does not notice that its sender dies while it asks its pager",
        "baseline",
        "core/deaths.c",
        "\tif (to->state == THREAD_LOCKED)\n" "\t\twake(to, LOOK_AGAIN);\n",
        "",
    ),
    "receiver-dies-copying": Fault(
        "a sender does not notice that its receiver dies while it asks its pager",
        "optimized",
        "core/deaths.c",
        "\tif (from->state == THREAD_COPYING)\n" "\t\twake(from, IPC_NO_PARTNER);\n",
        "",
    ),
    "frame-kept": Fault(
        "a frame is not given back when its page is unmapped",
        "optimized",
        "core/space.c",
        "\t\tentry = make_entry(task, address);\n"
        "\t\tif (*entry & PTE_PRESENT)\n"
        "\t\t\tframes_release(*entry & PTE_FRAME, 1);\n",
        "\t\tentry = make_entry(task, address);\n",
    ),
    "frame-twice": Fault(
        "a frame that several have is given back by the first",
        "optimized",
        "core/memory.c",
        "\t\tif (--users[frame])\n" "\t\t\tcontinue;\n",
        "\t\tusers[frame] = 0;\n",
    ),
    "object-kept": Fault(
        "objects that arrive nowhere are kept",
        "baseline",
        "baseline/transfer.c",
        "\tfor (n = 0; m->objects && n < DOPE_OBJECTS(m->dope); n++)\n"
        "\t\tif (m->objects[n].mapping)\n"
        "\t\t\tmapping_drop(m->objects[n].mapping);\n",
        "\t(void)n;\n",
    ),
    "unmap-object": Fault(
        "unmapped pages of an object come back",
        "optimized",
        "core/mapping.c",
        "\t\tlink = link->next;\n" "\t\tcut_out(m, address, bytes);\n",
        "\t\tlink = link->next;\n" "\t\t(void)m;\n" "\t\t(void)cut_out;\n",
    ),
    "cut-source": Fault(
        "what is left of an object begins with its first page",
        "optimized",
        "core/mapping.c",
        "\t\tm->source_address += front;\n",
        "",
    ),
    "orphan": Fault(
        "objects stay when their source dies",
        "optimized",
        "core/mapping.c",
        "\t\tif (m->task) {\n" "\t\t\tmapping_drop(m);\n" "\t\t} else {",
        "\t\tif (m->task) {\n" "\t\t\tlist_remove(&m->in_source);\n" "\t\t} else {",
    ),
    "outbox": Fault(
        "a buffer is not given back if its sender dies while it fills it",
        "baseline",
        "baseline/transfer.h",
        "\tmessage_drop(t->outer.outbox);\n",
        "",
    ),
    "swapped-ready": Fault(
        "a thread that is swapped out stays in the ready queue",
        "optimized.debug",
        "optimized/swapping.c",
        "\tqueue_swapped_out(t);\n",
        "",
    ),
    "swapped-order": Fault(
        "senders that were swapped out come behind the others",
        "optimized",
        "optimized/senders.c",
        "\twhile (t && (t == absent_mark(to) || t->ticket < ticket))\n",
        "\twhile (t)\n",
    ),
    "swapped-due": Fault(
        "a thread that is swapped out has no timeout any more",
        "optimized",
        "optimized/swapping.c",
        "\tif (s->due != NEVER)\n" "\t\twakeup_restore(t, s->due);\n",
        "",
    ),
    "path-uid": Fault(
        "the hand-coded path compares only the low half of a uid",
        "optimized",
        "optimized/steps/thread_lookup.h",
        "\tcmpl\t%esi, TCB_UID + 4(%ebp)\n\tjne\t\\otherwise\n",
        "",
    ),
    "path-number": Fault(
        "it takes anything in the low half for a thread number",
        "optimized",
        "optimized/steps/thread_lookup.h",
        "\ttestl\t$~UID_NUMBER_MASK, %edx\n\tjnz\t\\otherwise\n",
        "\tandl\t$UID_NUMBER_MASK, %edx\n",
    ),
    "path-message": Fault(
        "it does not look where the message is",
        "optimized",
        "core/steps/guards.h",
        "\tcmpl\t$MESSAGE_LIMIT, %ecx\n\tjbe\t.Lleft_\\call\n",
        "\tjmp\t.Lleft_\\call\n",
    ),
    "path-senders": Fault(
        "it replies without a look at the threads that wait to send",
        "optimized",
        "core/steps/guards.h",
        "\tcmpl\t%esi, TCB_STATE(%ebp)\n",
        "\tcmpl\t%edi, TCB_STATE(%ebp)\n",
    ),
    "path-resources": Fault(
        "it does not leave window and coprocessor",
        "optimized",
        "core/steps/guards.h",
        "\tcall\tleave\n\tcmpl",
        "\tcmpl",
    ),
    "path-window": Fault(
        "it does not close the window",
        "optimized.debug",
        "optimized/steps/transfer.h",
        "\tmovl\t%esi, PHYSICAL_MAP + WINDOW_ENTRY(%ecx)\n"
        "\tmovl\t%esi, PHYSICAL_MAP + WINDOW_ENTRY + 4(%ecx)\n",
        "",
    ),
    "path-send-window": Fault(
        "it does not close the window that a send has left open",
        "optimized-reply_and_receive.debug",
        "core/steps/starting.h",
        "\tmovl\t%esi, PHYSICAL_MAP + WINDOW_ENTRY(%edx)\n"
        "\tmovl\t%esi, PHYSICAL_MAP + WINDOW_ENTRY + 4(%edx)\n",
        "",
    ),
    "path-priority": Fault(
        "its send lets a receiver of higher priority wait",
        "optimized",
        "optimized/ipc_entry.S",
        "\tcheck_priority\t\tnear_lost_send\n",
        "",
    ),
    "path-successor": Fault(
        "the receiver of a send is next even when it has run since",
        "optimized",
        "core/dispatch.c",
        "\tsuccessor_forget();\n\tif (next == me)",
        "\tif (next == me)",
    ),
    "path-successor-deleted": Fault(
        "it is next even when it has been deleted",
        "optimized",
        "core/thread.c",
        "\tsuccessor_forget();\n",
        "",
    ),
    "service-segments": Fault(
        "a service without a trap frame does not look at segment registers",
        "optimized",
        "core/steps/services.h",
        "\tcompare_segments %edx, %esi, %si, %dx\n\tjne\t1f\n",
        "",
    ),
    "path-size": Fault(
        "it does not look at the size of the buffer",
        "optimized",
        "optimized/steps/complex_messages.h",
        "\tcmpb\t%ah, %dh\n",
        "\tcmpb\t%dh, %dh\n",
    ),
    "path-string-size": Fault(
        "nor at that of a string's",
        "optimized",
        "core/steps/strings.h",
        "\tuser\t\\otherwise, cmpl\tSTRING_BUFFER_SIZE(%ebx), %ecx\n"
        "\tja\t\\otherwise\n",
        "",
    ),
    "path-string-region": Fault(
        "nor whether a string's buffer can be seen in the window",
        "optimized",
        "core/steps/strings.h",
        "\tcmpl\t$2 * REGION_SIZE - STRING_AT_ONCE, %edi\n\tja\t\\otherwise\n",
        "",
    ),
    "path-string-kernel": Fault(
        "nor whether it is the kernel's",
        "optimized",
        "core/steps/strings.h",
        "\tcmpl\t$USER_END, %edi\n"
        "\tjae\t\\otherwise\n"
        "\tuser\t\\otherwise, movl\t%ecx, STRING_LENGTH(%ebx)\n",
        "\tuser\t\\otherwise, movl\t%ecx, STRING_LENGTH(%ebx)\n",
    ),
    "path-buffer": Fault(
        "nor whether the buffer is",
        "optimized",
        "optimized/steps/transfer.h",
        "\tcmpl\t$USER_END, %eax\n\tjae\t\\otherwise\n",
        "",
    ),
    "path-flush": Fault(
        "the TLB is not flushed when it leaves the window",
        "optimized",
        "optimized/window.c",
        "\tif (t->task == next->task)\n\t\tflush_tlb();\n",
        "\t(void)next;\n",
    ),
    "path-result": Fault(
        "the sender's result code goes with its dope",
        "optimized",
        "optimized/ipc_entry.S",
        "\tandl\t$~IPC_RESULT, %eax\n\town_tcb_in_frame\n\tclose_window\n"
        "\tkeep_buffer_in_frame\n",
        "\town_tcb_in_frame\n\tclose_window\n\tkeep_buffer_in_frame\n",
    ),
    "path-direction": Fault(
        "it enters C with the program's direction flag",
        "optimized-direct_switch-thread_kernel_stacks",
        "core/steps/marks.h",
        "\tcld\n\tcall\t\\function\n",
        "\tcall\t\\function\n",
    ),
    "move-kept": Fault(
        "the sender keeps the pages that move",
        "optimized+page_remapping",
        "core/remapping.c",
        "\t\t*from = 0;\n",
        "",
    ),
    "move-flush": Fault(
        "the TLB is not flushed when pages move",
        "optimized+page_remapping",
        "core/remapping.c",
        "\tflush_tlb();\n",
        "",
    ),
    "move-objects": Fault(
        "pages that have moved come back from the sender's objects",
        "optimized+page_remapping",
        "core/remapping.c",
        "\tforget(from, address, bytes);\n",
        "",
    ),
    "path-move-length": Fault(
        "the hand-coded path moves more than there is a place for",
        "optimized+page_remapping",
        "optimized/ipc_steps.c",
        "\t    offset >= object->buffer_size ||\n"
        "\t    object->length > object->buffer_size - offset)\n",
        "\t    offset >= object->buffer_size)\n",
    ),
    "path-take-over": Fault(
        "a long message that it leaves to C is shorter then",
        "optimized-complex_messages-direct_transfer",
        "baseline/transfer.c",
        "direct_dwords(message_buffer.dope) * 4",
        "DOPE_DWORDS(message_buffer.dope) * 4",
    ),
    "settle-transfer": Fault(
        "a thread that waits with a bare stack is made ready as if it had not",
        "optimized",
        "core/send.c",
        "\t\t\tsettle(to);\n",
        "",
    ),
    "bits-stay": Fault(
        "bits that have been received stay",
        "baseline+notifications",
        "core/notification.c",
        "\tme->notifications = 0;\n",
        "",
    ),
    "bits-lost": Fault(
        "new bits take the place of those that are there",
        "baseline+notifications",
        "core/notification.c",
        "\tto->notifications |= bits;\n",
        "\tto->notifications = bits;\n",
    ),
    "bits-late": Fault(
        "a sender goes before bits",
        "baseline+notifications",
        "core/ipc.c",
        "\treturn notification ? notification : first_sender(me);\n",
        "\treturn first_sender(me);\n",
    ),
    "bits-for-one": Fault(
        "a receive from one thread takes bits",
        "optimized+notifications",
        "core/ipc.c",
        "\tif (is_notification(from))\n\t\treturn notification;\n",
        "\tif (notification)\n\t\treturn notification;\n",
    ),
    "path-bits-reply": Fault(
        "the hand-coded path replies without a look at the server's bits",
        "optimized+notifications",
        "optimized/ipc_entry.S",
        "\tcheck_no_notification\tnear_lost_reply_and_receive_next\n",
        "",
    ),
    "path-bits-timed": Fault(
        "it does not start a thread that waits for a time",
        "optimized+notifications",
        "core/steps/services.h",
        "\tcmpl\t$THREAD_RECEIVING, %ecx\n\tje\t3f\n",
        "",
    ),
    "path-bits-priority": Fault(
        "it lets a notified thread of higher priority wait",
        "optimized+notifications",
        "core/steps/services.h",
        "\tcmpb\t%cl, TCB_PRIORITY(%ebp)\n\tja\t3f\n",
        "",
    ),
    "path-bits-nowhere": Fault(
        "it sets bits in a tcb that was never used",
        "optimized+notifications",
        "core/steps/services.h",
        "\ttestl\t%esi, %esi\n\tjz\t3f\n",
        "",
    ),
    "path-bits-none": Fault(
        "no bits are a message",
        "optimized+notifications",
        "core/steps/services.h",
        "1:\ttestl\t%ebx, %ebx\n\tjz\t2f\n",
        "1:\n",
    ),
    "port-changed": Fault(
        "who receives by a port gets a message that came by it for another",
        "baseline+ports",
        "core/ports.c",
        "\tif (port->thread != to->uid)\n\t\treturn;\n",
        "",
    ),
    "port-reused": Fault(
        "a port is made anew while there are links to the old one",
        "baseline+ports",
        "core/ports.c",
        "if (!port->task && !port->links)",
        "if (!port->task)",
    ),
    "port-answer-stays": Fault(
        "the link to answer by stays when its port is closed",
        "baseline+ports",
        "core/ports.c",
        "\t\tif (links[n] == &port->answered)\n\t\t\tlinks[n] = no_links[0];\n",
        "\t\t(void)links;\n",
    ),
    "path-port-answer": Fault(
        "the hand-coded path does not tell a port who is to be answered",
        "optimized+ports",
        "core/steps/ports.h",
        "\tmovl\t%eax, PORT_ANSWERED(%esi)\n",
        "",
    ),
    "path-port-index": Fault(
        "it takes an index that is too large",
        "optimized+ports",
        "core/steps/ports.h",
        "\tandl\t$PORT_LINKS - 1, %ebp\n\tmovl\tTCB_LINKS(%edi), %esi\n",
        "\tmovl\tTCB_LINKS(%edi), %esi\n",
    ),
    "block-of-another": Fault(
        "a message may be in the block of any thread",
        "baseline+virtual_registers",
        "include/virtual_registers.h",
        "\treturn address == t->block;\n",
        "\t(void)t;\n\treturn address >= BLOCKS && address % BLOCK_BYTES == 0;\n",
    ),
    "block-too-long": Fault(
        "what is longer than a block is sent from there",
        "baseline+virtual_registers",
        "core/message.c",
        "if (too_complex(head.dope) || (block && !fits_block(head.dope)))",
        "if (too_complex(head.dope))",
    ),
    "block-room": Fault(
        "a block takes as much as it says",
        "optimized+virtual_registers",
        "core/message.c",
        "min(direct_dwords(size), BLOCK_DWORDS)",
        "direct_dwords(size)",
    ),
    "block-stays": Fault(
        "the page of blocks is not given back",
        "baseline+virtual_registers",
        "core/thread.c",
        "\t\tblock_release(task, number);\n",
        "\t\t(void)task;\n",
    ),
    "block-given-back": Fault(
        "it is given back with the first thread",
        "baseline+virtual_registers",
        "core/virtual_registers.c",
        "\tif (!page_is_used(task, number))\n",
        "",
    ),
    "path-block-room": Fault(
        "the hand-coded path does not look at the size of a block",
        "optimized+virtual_registers",
        "core/steps/virtual_registers.h",
        "\tcmpb\t%dh, MESSAGE_SIZE + 1(%esi)\n\tjb\t\\otherwise\n",
        "",
    ),
    "path-block-own": Fault(
        "it takes the block of any thread for the sender's",
        "optimized+virtual_registers",
        "core/steps/virtual_registers.h",
        "\tcmpl\tTCB_BLOCK(%edi), %ecx\n\tjne\t\\otherwise\n",
        "",
    ),
    "path-block-buffer": Fault(
        "it does not look where the receiver's buffer is",
        "optimized+virtual_registers",
        "core/steps/virtual_registers.h",
        "\tcmpl\tTCB_BLOCK(%ebp), %edx\n\tjne\t\\otherwise\n",
        "",
    ),
}


def put(fault: Fault, root: Path) -> None:
    path = root / "kernels" / fault.file
    text = path.read_text()
    if text.count(fault.old) != 1:
        raise SystemExit(f"{fault.what}: {fault.file} is not as it was")
    path.write_text(text.replace(fault.old, fault.new))


PROBE = """
import re, sys
sys.path[:0] = ["", "tests"]
from harness import build, fuzz, measure, switches
from harness.errors import Refused
from harness.machines import qemu
from tap import failures
configuration = switches.parse(sys.argv[1])
built = build.build(configuration)
measure.DEADLINE = 120
fuzz.STARTING = 60
try:
    measure.boot(built, measure.IPC_TESTS)
    print("tests: -")
except Refused as refusal:
    told = failures(qemu.read_console(built.folder / "ipc_tests.log"))
    what = str(refusal).split(";")[0].split(": ", 1)[1]
    stopped = "has stopped with status" in what
    print("tests:", f"{len(told)} fail" if stopped else what)
for calls in map(int, sys.argv[3:]):
    job = fuzz.Job(configuration, int(sys.argv[2]), calls)
    try:
        window = fuzz.first_difference(built, job, fuzz.boot(built, job))
        if not window:
            found = "-"
            continue
        words = fuzz.explain(built, job, window)
        number = r"^call (\\d+):|^(?:kernel|model): +(?:call )?(\\d+):"
        told = ["".join(n) for n in re.findall(number, words, re.M)]
        found = f"call {told[-1]}: another result" if told else words
    except Refused as refusal:
        log = qemu.read_console(job.log)
        told = ["".join(n) for n in re.findall(r"call=(\\d+)|FAILED: call (\\d+)", log)]
        what = str(refusal).split(";")[0].split(": ", 1)[1]
        found = f"after call {told[-1] if told else 0}: {what}"
    break
print("fuzzer:", found)
"""


def row(name: str) -> str:
    fault = FAULTS[name]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "copy"
        root.mkdir()
        for part in ("kernels", "bench", "harness", "tests"):
            shutil.copytree(ROOT / part, root / part)
        built = Path("build") / fault.configuration
        if (ROOT / built).exists():  # only what is changed is compiled again
            shutil.copytree(ROOT / built, root / built)
        put(fault, root)
        command = [sys.executable, "-c", PROBE, fault.configuration]
        command += [str(SEED), *map(str, CALLS)]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    found = dict(re.findall(r"^(tests|fuzzer): (.*)$", done.stdout, re.M))
    if len(found) != 2:
        return f"{name}: {done.stdout[-300:]}{done.stderr[-300:]}"
    tests, fuzzer = in_brief(found["tests"]), within(found["fuzzer"])
    return f"| {fault.what} | {fault.configuration} | {tests} | {fuzzer} |"


# What is found, in a word or two; the first that fits.
BRIEF = {
    r"hangs: ": "hang",
    r"PANIC": "panic",
    r"memory of party": "memory was written",
    r"of the kernel's heap": "heap is lost",
    r"frames are free": "frames are lost",
    r"a (deleted )?(party|brawler)|no thread for a party": "a party is lost",
    r"reset|triple fault": "reset",
    r"no more threads": "no more threads",
}


def in_brief(text: str) -> str:
    return next((word for what, word in BRIEF.items() if re.search(what, text)), text)


def within(text: str) -> str:
    """Calls are rounded up to a power of ten."""
    found = re.match(r"(?:after )?call (\d+): (.*)", text)
    if not found:
        return text
    calls = max(100, 10 ** len(str(max(int(found[1]) - 1, 0))))
    return f"within {calls:,} calls: {in_brief(found[2])}"


def main() -> None:
    names = sys.argv[1:] or list(FAULTS)
    for name in names:
        if name not in FAULTS:
            raise SystemExit(f"no fault '{name}': there are {', '.join(FAULTS)}")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(row, names):
            print(found, flush=True)


if __name__ == "__main__":
    main()
