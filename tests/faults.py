#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Puts faults into a copy of the kernel, one at a time, and tells what finds each.

    python3 tests/faults.py [FAULT ...]

Takes about half a minute a fault. Prints a row of docs/testing.md's table each: what
the semantic tests found, and after how many calls the fuzzer. A fault is a piece of
source and what stands there instead; a piece that is not there exactly once is
refused, so that faults keep up with the kernel.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
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
    "string-range": Fault(
        "a string to be sent may lie in the kernel",
        "optimized",
        "core/message.c",
        "if (!in_user_space(address, out->string_length))",
        "if (0)",
    ),
    "buffer-range": Fault(
        "a string may be received into the kernel",
        "baseline",
        "core/message.c",
        "if (!in_user_space(in->string_buffer, in->string_length))",
        "if (0)",
    ),
    "clip": Fault(
        "a direct string is not clipped to its buffer",
        "optimized",
        "core/message.c",
        "in->dwords = min(DOPE_DWORDS(dope), DOPE_DWORDS(size));",
        "in->dwords = DOPE_DWORDS(dope);",
    ),
    "cut": Fault(
        "nobody is told that a string was cut",
        "baseline",
        "core/message.c",
        "|| in->string_length != string_length)",
        ")",
    ),
    "second-region": Fault(
        "the window shows only the first of its two regions",
        "optimized",
        "optimized/transfer.c",
        "window[1] = region[1] & ~PTE_USER;",
        "window[1] = 0;",
    ),
    "window-flush": Fault(
        "the TLB is not flushed when the window moves",
        "optimized",
        "optimized/transfer.c",
        "if (window[0] && window[0] != first)",
        "if (0)",
    ),
    "window-same-space": Fault(
        "no TLB flush when a thread of the same space comes after a transfer",
        "optimized",
        "optimized/transfer.c",
        "	if (t->task == next->task)\n		flush_tlb();\n",
        "	(void)next;\n",
    ),
    "user-bit": Fault(
        "the user bit is not cleared in the window",
        "optimized",
        "optimized/transfer.c",
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
        "core/thread.c",
        "++thread_table[number].generation",
        "(thread_table[number].generation = 1)",
    ),
    "dead-sender": Fault(
        "a thread that dies while sending stays in the queue",
        "optimized",
        "core/ipc.c",
        "	if (dead->state == THREAD_SENDING)\n"
        "		list_remove(&dead->sender_link);\n",
        "",
    ),
    "dead-waiting": Fault(
        "a thread that dies while waiting stays in the wakeup list",
        "optimized",
        "core/ipc.c",
        "	wakeup_remove(dead);\n",
        "",
    ),
    "death-unnoticed": Fault(
        "receivers do not notice that their partner dies",
        "baseline",
        "core/ipc.c",
        "	queue_each_waiting(tell_receiver, dead);\n",
        "	(void)tell_receiver;\n",
    ),
    "death-code": Fault(
        "senders get another code when their partner dies",
        "baseline",
        "core/ipc.c",
        "wake(sender, IPC_NO_PARTNER);",
        "wake(sender, IPC_TIMEOUT);",
    ),
    "order": Fault(
        "the last sender comes first",
        "optimized",
        "core/ipc.c",
        "list_entry(me->senders.next, struct tcb, sender_link);\n}\n\n/*\n * The "
        "receive",
        "list_entry(me->senders.previous, struct tcb, sender_link);\n}\n\n/*\n * The "
        "receive",
    ),
    "closed-receive": Fault(
        "who waits for one thread takes messages of all",
        "baseline",
        "core/ipc.c",
        "(!to->partner || to->partner == from)",
        "(from || to)",
    ),
    "look-again": Fault(
        "a receiver whose sender has failed is forgotten",
        "optimized",
        "core/ipc.c",
        "				wake(to, LOOK_AGAIN);\n		} else {",
        "				;\n		} else {",
    ),
    "blame": Fault(
        "the receiver's bad buffer is blamed on the sender",
        "optimized",
        "optimized/transfer.c",
        "if (!user_fault_on_write)",
        "if (1)",
    ),
    "buffer-leak": Fault(
        "a kernel buffer is not given back",
        "baseline",
        "baseline/transfer.c",
        "	heap_release(m, buffer_bytes(m->dope, m->string_length));\n",
        "	(void)m;\n",
    ),
    "dead-inbox": Fault(
        "the buffer of a thread that dies before it reads it is not given back",
        "baseline",
        "core/ipc.c",
        "	transfer_forget(dead);\n",
        "",
    ),
    "tcb-leak": Fault(
        "the memory of a thread is not given back",
        "optimized",
        "optimized/tcb_table.c",
        "	frames_release(kernel_unmap_page((uint32_t)tcb_at(number)), 1);\n",
        "	kernel_unmap_page((uint32_t)tcb_at(number));\n",
    ),
    "foreign-thread": Fault(
        "any thread may be deleted by any other",
        "baseline",
        "core/services.c",
        "t->task != me->task && me->task != root_task",
        "0",
    ),
    "no-timeout": Fault(
        "a short wait to send does not end",
        "optimized",
        "core/ipc.c",
        "	wakeup_set(me, *timeout);\n",
        "	if (state != THREAD_SENDING)\n		wakeup_set(me, *timeout);\n",
    ),
    "queue-timeout": Fault(
        "a sender that gives up stays in the queue",
        "baseline",
        "core/ipc.c",
        "	if (t->state == THREAD_SENDING)\n		list_remove(&t->sender_link);\n"
        "	wakeup_remove(t);",
        "	wakeup_remove(t);",
    ),
    "reply-words": Fault(
        "the second word of a message is lost on the way through memory",
        "baseline",
        "baseline/transfer.c",
        "!copy_dwords(buffer->words, m->words, 2)",
        "!copy_dwords(buffer->words, m->words, 1)",
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
measure.DEADLINE = 60
fuzz.STARTING = 40
try:
    measure.run(built, measure.IPC_TESTS)
    print("tests: -")
except Refused as refusal:
    told = failures(qemu.read_console(built.folder / "ipc_tests.log"))
    what = str(refusal).split(";")[0].split(": ", 1)[1]
    stopped = "has stopped with status" in what
    print("tests:", f"{len(told)} fail" if stopped else what)
for calls in map(int, sys.argv[3:]):
    run = fuzz.Run(configuration, int(sys.argv[2]), calls)
    try:
        window = fuzz.first_difference(built, run, fuzz.boot(built, run))
        if not window:
            found = "-"
            continue
        words = fuzz.explain(built, run, window)
        number = r"^call (\\d+):|^(?:kernel|model): +(?:call )?(\\d+):"
        told = ["".join(n) for n in re.findall(number, words, re.M)]
        found = f"call {told[-1]}: another result" if told else words
    except Refused as refusal:
        log = qemu.read_console(built.folder / "fuzz.log")
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
    where = f"{fault.what} | {fault.configuration}"
    return f"| {where} | {found['tests']} | {found['fuzzer']} |"


def main() -> None:
    for name in sys.argv[1:] or FAULTS:
        if name not in FAULTS:
            raise SystemExit(f"no fault '{name}': there are {', '.join(FAULTS)}")
        print(row(name), flush=True)


if __name__ == "__main__":
    main()
