# SPDX-License-Identifier: BSD-2-Clause
"""Is a run what it says? Its provenance against the schema, its raw records against their
hashes, and each table against the same made again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pandas as pd

from harness import build, folders, publish, results
from harness.errors import Refused

SCHEMA = Path(__file__).parent / "run_schema.json"
PROSE = ("text", "reason")  # columns that another version may word in another way


def check(run: Path) -> None:
    """Refuses a run that is not as the schema says."""
    facts = results.read_provenance(run)
    if facts["schema"] != results.SCHEMA:
        return  # an older run: nothing was promised
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    for error in sorted(validator.iter_errors(facts), key=lambda one: one.json_path):
        where = error.json_path.removeprefix("$.")
        raise Refused(f"{run / 'provenance.json'}: {where}: {error.message}")
    _check_raw(run, facts["raw_sha256"])


def _check_raw(run: Path, promised: dict[str, str]) -> None:
    found = results.raw(run)
    for name in sorted(promised.keys() | found.keys()):
        if name not in found:
            raise Refused(f"{run / name}: is missing: the run is cut")
        if name not in promised:
            raise Refused(f"{run / name}: is not of this run")
        if promised[name] != found[name]:
            raise Refused(f"{run / name}: has been changed since it was measured")


def verify(run: Path, evaluate: Callable[[Path], str]) -> str:
    """Refuses a run of which a table is not what evaluate makes of its raw records.
    Returns what has been compared."""
    check(run)
    with folders.scratch(build.BUILD) as folder:
        again = folder / "run"
        again.mkdir()
        shutil.copytree(run / results.RAW, again / results.RAW)
        shutil.copy(run / "provenance.json", again)
        evaluate(again)
        names = _tables(again)
        _check_names(run, names)
        for name in names:
            _compare(run, again, name)
    raw = len(results.raw(run))
    return f"{len(names)} tables are what {raw} raw files say"


def _tables(run: Path) -> list[str]:
    """All but figures, and pages with prose in them."""
    found = [*run.glob("*.csv"), *(run / publish.FOLDER).glob("*")]
    return sorted(str(path.relative_to(run)) for path in found)


def _check_names(run: Path, names: list[str]) -> None:
    there = _tables(run)
    old = results.read_provenance(run)["schema"] != results.SCHEMA
    for name in names:
        if name not in there and not old:
            raise Refused(f"{run / name}: is missing: the run is cut")
    for name in there:
        if name not in names:
            raise Refused(f"{run / name}: is nothing that this run has measured")


def _compare(run: Path, again: Path, name: str) -> None:
    path = run / name
    if not path.exists():
        return  # of an older run
    if path.suffix != ".csv":
        # Another pandas may write LaTeX in another way.
        written_by = results.read_provenance(run)["tools"]["pandas"]
        same = path.read_text() == (again / name).read_text()
        if not same and written_by == pd.__version__:
            raise Refused(f"{path}: is not what the raw records say")
        return
    ours, made = (_cells(folder / name) for folder in (run, again))
    if list(ours) != list(made) or len(ours) != len(made):
        raise Refused(
            f"{path}: {len(ours)} rows of {', '.join(ours)}; the raw records say "
            f"{len(made)} of {', '.join(made)}"
        )
    compared = [column for column in ours if column not in PROSE]
    different = ours[compared] != made[compared]
    for row, column in different.stack()[lambda cells: cells].index:
        raise Refused(
            f"{path}:{row + 2}: {column} is {ours.at[row, column]!r}, the raw records "
            f"say {made.at[row, column]!r}"
        )


def _cells(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except (ValueError, OSError) as error:
        raise Refused(f"{path}: no table: {error}") from error
