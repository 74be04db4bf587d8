# SPDX-License-Identifier: BSD-2-Clause
"""Records of real machines: from a serial cable, a file or photographs into a folder.

A folder of a collection has what came, as it came, in ``raw``; all else is made of
that (machines.py). So nothing that was sent is lost, and collecting can go on in the
same folder on another day.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator, Sequence

from harness import photos, records
from harness.errors import Refused
from harness.machines import qemu
from harness.records import Records

RAW = "raw"
BANNER = re.compile(r"^.*?Twentyfold kernel, configuration (\S+), revision", re.M)
SPEED = 115200
POLL = 0.2  # seconds
PHOTOS = ".photos"  # the suffix of a raw file that came by the screen


@dataclass(frozen=True)
class Boot:
    """From a kernel's first line to the next one's. run: if it is whole; if not,
    trouble says why."""

    source: str
    number: int  # in its source, from 1
    configuration: str
    run: Records | None
    trouble: str = ""

    @property
    def name(self) -> str:
        return f"{self.source}, boot {self.number} ({self.configuration})"


def boots(text: str, source: str) -> list[Boot]:
    """All boots in a log. One that has come before, to the byte, is refused."""
    starts = list(BANNER.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    found: list[Boot] = []
    seen: dict[str, int] = {}
    if not starts and records.RECORD.search(text):
        return [_boot(text, source, 1, "?")]
    for number, (start, end) in enumerate(zip(starts, ends), start=1):
        piece = text[start.start() : end]
        content = "\n".join(line for line in piece.splitlines() if line[:2] == "TF")
        boot = _boot(piece, source, number, start[1])
        if boot.run and content in seen:
            trouble = f"a repeat of boot {seen[content]}"
            boot = Boot(source, number, start[1], None, trouble)
        seen.setdefault(content, number)
        found.append(boot)
    return found


def _boot(text: str, source: str, number: int, configuration: str) -> Boot:
    try:
        run = records.parse(text, f"{source}, boot {number}")
        records.expect_measurable(run, source)
    except Refused as refusal:
        words = qemu.last_words(text)
        return Boot(source, number, configuration, None, words or str(refusal))
    return Boot(source, number, configuration, run)


def read(folder: Path) -> list[Boot]:
    """All boots of a collection, or of one log."""
    if folder.is_file():
        return boots(qemu.read_console(folder), folder.name)
    if not (folder / RAW).is_dir():
        raise Refused(f"{folder}: no collection: 'harness collect' makes one")
    found = []
    for path in sorted((folder / RAW).iterdir()):
        text = qemu.read_console(path)
        if path.suffix == PHOTOS:
            found += _photographed(text, path.name)
        else:
            found += boots(text, path.name)
    return found


def _photographed(text: str, source: str) -> list[Boot]:
    """What photos.py has read: records without samples."""
    begins = [match.start() for match in re.finditer(r"^TF1 \w+ begin ", text, re.M)]
    found = []
    for number, (start, end) in enumerate(
        zip(begins, [*begins[1:], len(text)]), start=1
    ):
        try:
            run = records.parse(text[start:end], source, photos=True)
            found.append(Boot(source, number, run.configuration, run))
        except Refused as refusal:
            found.append(Boot(source, number, "?", None, str(refusal)))
    return found


def summary(found: Sequence[Boot]) -> list[str]:
    """A line a boot."""
    return [f"{boot.name}: {boot.trouble or _whole(boot.run)}" for boot in found]


def _whole(run: Records | None) -> str:
    assert run
    if run.samples.empty:
        return f"whole, {len(run.series)} series without samples"
    return f"whole, {len(run.samples)} samples"


# --- where it comes from ---------------------------------------------------------


def add_file(source: Path, folder: Path) -> Path:
    """A log that somebody has recorded. The same one twice is there once."""
    try:
        contents = source.read_bytes()
    except OSError as error:
        raise Refused(f"{source}: {error.strerror}") from error
    return _add(folder, source.stem, ".log", contents)


def add_photos(pictures: Sequence[Path], folder: Path) -> Path:
    """Pictures of the pages of QR codes of one boot, or of several."""
    text = photos.read(pictures)
    return _add(folder, pictures[0].stem, PHOTOS, text.encode())


def _add(folder: Path, stem: str, suffix: str, contents: bytes) -> Path:
    raw = folder / RAW
    raw.mkdir(parents=True, exist_ok=True)
    for path in raw.iterdir():
        if path.suffix == suffix and path.read_bytes() == contents:
            return path
    target = _new(raw, stem, suffix)
    partial = target.with_name(f".{target.name}")
    partial.write_bytes(contents)
    partial.replace(target)
    return target


def _new(raw: Path, stem: str, suffix: str) -> Path:
    number = 1
    while (path := raw / f"{stem}-{number:03}{suffix}").exists():
        number += 1
    return path


@contextlib.contextmanager
def line(name: str, speed: int) -> Iterator[Callable[[], bytes]]:
    """A serial port (/dev/ttyS0), what pyserial knows by a URL (socket://host:port),
    or a file that grows."""
    path = Path(name)
    if path.is_file():
        with open(path, "rb") as file:
            yield lambda: file.read()
        return
    try:
        import serial

        port = serial.serial_for_url(name, baudrate=speed, timeout=POLL)
    except ImportError as error:
        raise Refused("pyserial not found: install Debian's python3-serial") from error
    except (OSError, ValueError) as error:
        raise Refused(f"{name}: no serial port: {error}") from error
    with port:
        yield lambda: _read_port(port, name)


def _read_port(port: Any, name: str) -> bytes:
    try:
        return bytes(port.read(65536))
    except (OSError, TypeError) as error:
        raise Gone(f"{name}: {error}") from error


class Gone(Exception):
    """The cable was pulled, or the other end has gone."""


class Progress:
    """Sees what comes over a line, says what is whole, and knows when all is there.

    wanted: configurations; none: whatever comes.
    """

    def __init__(self, wanted: Sequence[str] = ()) -> None:
        self.wanted = list(wanted)
        self.done: list[str] = []
        self.running = ""
        self.samples = 0
        self._rest = ""

    def see(self, text: str, idle: float) -> bool:
        """What has come, and for how many seconds nothing has. True: all is there."""
        *lines, self._rest = (self._rest + text).split("\n")
        for one in lines:
            self._line(one.rstrip("\r"))
        return bool(self.wanted) and set(self.wanted) <= set(self.done)

    def _line(self, text: str) -> None:
        if banner := BANNER.search(text):
            if self.running:
                self.failed("has started again before its end")
            self.running, self.samples = banner[1], 0
            self.started()
        elif text.startswith("TF1 ") and " sample " in text:
            self.samples += 1
        elif text.startswith("TF1 ") and " end " in text:
            if self.running:
                print(f"{self.running}: {self.samples} samples", flush=True)
                self.done.append(self.running)
                self.running = ""
                self.ended()
        elif text.startswith(qemu.LAST_WORDS) and self.running:
            self.failed(text.lstrip("# "))

    def failed(self, why: str) -> None:
        print(f"{self.running}: {why}", flush=True)
        self.running = ""
        self.ended()

    def started(self) -> None:
        """A kernel has said which it is."""

    def ended(self) -> None:
        """It has come to its end, good or bad."""


def configurations_of(tree: Path) -> list[str]:
    """What is in an image, by its manifest."""
    path = tree.with_name(tree.name + ".json")
    try:
        return list(json.loads(path.read_text())["configurations"])
    except (OSError, ValueError, KeyError) as error:
        raise Refused(f"{path}: no manifest of an image: {error}") from error


class Campaign(Progress):
    """Walks a machine that boots by the network through configurations, at most two
    tries each: writes what GRUB reads next, because over TFTP GRUB cannot write.

    tree: what 'make pxe' has made; mac: of the machine's network card; hang: seconds
    of silence after which a configuration is given up.
    """

    TRIES = 2

    def __init__(
        self, wanted: Sequence[str], tree: Path, mac: str, hang: float
    ) -> None:
        super().__init__(wanted)
        if not re.fullmatch(r"[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}", mac):
            raise Refused(f"'{mac}' is no address of a network card: MAC=52:54:00:...")
        self.grub = tree / "boot/grub"
        if not (self.grub / "grub.cfg").is_file():
            raise Refused(f"{tree}: no tree that 'make pxe' has made")
        name = mac.lower().replace(":", "-")
        self.file = self.grub / f"grub.cfg-01-{name}"
        self.hang = hang
        self.tries = dict.fromkeys(wanted, 0)
        self.given_up = 0.0  # how long it was silent when that happened last
        self.offered = ""  # what GRUB reads next
        self._next()

    def see(self, text: str, idle: float) -> bool:
        over = super().see(text, idle)
        if idle - self.given_up > self.hang:
            self.given_up = idle
            why = f"{self.hang:g} s of silence: switch it off and on"
            if self.running:
                self.failed(f"hangs: {why}")
            elif self.offered:
                # It has not come as far as its first line.
                self.tries[self.offered] += 1
                print(f"{self.offered}: does not start: {why}", flush=True)
                self._next()
        elif idle < self.given_up:
            self.given_up = 0.0
        return over or not self._waiting()

    def started(self) -> None:
        self.tries[self.running] = self.tries.get(self.running, 0) + 1
        # If it hangs or the power is cut, the next boot goes on behind it.
        self._next(self.running)

    def ended(self) -> None:
        self._next()

    def close(self) -> list[str]:
        """The campaign's last page; the next boot shows the menu again."""
        self.file.unlink(missing_ok=True)
        missing = [name for name in self.wanted if name not in self.done]
        lines = [
            f"{name} is missing after {self.tries[name]} tries" for name in missing
        ]
        return lines or ["all configurations are there"]

    def _waiting(self) -> list[str]:
        """Those with fewest tries first."""
        names = [
            name
            for name in self.wanted
            if name not in self.done and self.tries[name] < self.TRIES
        ]
        names += [self.running] if self.running and self.running not in names else []
        return sorted(names, key=lambda name: self.tries[name])

    def _next(self, running: str = "") -> None:
        """running: which is on the machine now; only again if no other is left."""
        waiting = self._waiting()
        others = [name for name in waiting if name != running] or waiting
        self.offered = others[0] if others else ""
        if not others:
            self.file.unlink(missing_ok=True)
            return
        partial = self.file.with_name(f".{self.file.name}")
        # Once: grub.cfg reads this file, too.
        text = f"set auto={others[0]}\n"
        text += 'if [ -z "$again" ]; then set again=1; source $prefix/grub.cfg; fi\n'
        partial.write_text(text)
        partial.replace(self.file)


def follow(
    name: str, folder: Path, speed: int, quiet: float, progress: Progress
) -> Path:
    """Writes down what comes until all is there, or nothing has come for
    so many seconds. Every byte is on disk at once."""
    raw = folder / RAW
    raw.mkdir(parents=True, exist_ok=True)
    target = _new(raw, "serial", ".log")
    last = time.monotonic()
    with line(name, speed) as more, open(target, "ab", buffering=0) as file:
        while True:
            try:
                data = more()
            except Gone as gone:
                print(f"{gone}; what has come is in {target}", file=sys.stderr)
                break
            file.write(data)
            now = time.monotonic()
            last = now if data else last
            if progress.see(qemu.text_of(data), now - last):
                break
            if now - last > quiet:
                print(f"nothing has come for {quiet:g} s: it ends here")
                break
            if not data:
                time.sleep(POLL)
    return target
