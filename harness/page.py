# SPDX-License-Identifier: BSD-2-Clause
"""A report as one HTML file that needs no other: its figures and their numbers inside,
contents beside it, and each instruction of a message where one wants to see it."""

from __future__ import annotations

import base64
import html as escapes
import re
from pathlib import Path
from typing import Any

import markdown
import markupsafe
import pandas as pd

from harness.experiments import anatomy
from harness.profile import CAUSES
from harness.render import render

# In the Markdown: where the instructions of a message shall be.
PATH_HERE = "<!-- each instruction -->"


def html(text: str, folder: Path) -> str:
    """text: a report in Markdown; folder: of its run."""
    reader = markdown.Markdown(
        extensions=["tables", "toc", "md_in_html"], output_format="xhtml"
    )
    body = reader.convert(text)
    body = re.sub(
        r'<p><img alt="([^"]*)" src="(\w+)\.svg" />(?:\s*<em>(.*?)</em>)?</p>',
        lambda found: _figure(folder / f"{found[2]}.svg", found[1], found[3] or ""),
        body,
    )
    body = body.replace("<table>", '<div class="table"><table>')
    body = body.replace("</table>", "</table></div>")
    if PATH_HERE in body:
        body = body.replace(PATH_HERE, _path(folder / anatomy.PATH))
    body = re.sub(
        r'<a href="([\w.]+\.csv)">',
        lambda found: _numbers(folder / found[1]),
        body,
    )
    (top,) = reader.toc_tokens
    return render(
        "report.html",
        title=escapes.unescape(top["name"]),
        contents=top["children"],
        body=markupsafe.Markup(body),
    )


def _figure(path: Path, alt: str, caption: str) -> str:
    """A figure drawn by gnuplot. All have the same names for their parts; inside one
    page these must differ. alt, caption: HTML."""
    svg = path.read_text()
    svg = svg[svg.index("<svg") :]
    svg = svg.replace("<title>Gnuplot</title>", "")
    svg = re.sub(r"\bid=(['\"])", rf"id=\1{path.stem}-", svg)
    svg = re.sub(r"href=(['\"])#", rf"href=\1#{path.stem}-", svg)
    svg = svg.replace("url(#", f"url(#{path.stem}-")
    svg = svg.replace("<svg", f'<svg role="img" aria-label="{alt}"', 1)
    return (
        f'<figure id="figure-{path.stem}">\n<div class="wide">{svg.strip()}</div>\n'
        f"<figcaption>{caption}</figcaption>\n</figure>"
    )


def _numbers(path: Path) -> str:
    """The beginning of a link to a CSV file, which is inside it: the page may be sent
    somewhere alone. No link if the run has no such file."""
    if not path.exists():
        return "<a>"
    content = base64.b64encode(path.read_bytes()).decode()
    return f'<a download="{path.name}" href="data:text/csv;base64,{content}">'


# --- each instruction of a message ---------------------------------------------------


def _path(source: Path) -> str:
    table = pd.read_csv(source, keep_default_na=False)
    systems = [
        _system(str(name), rows)
        for name, rows in table[table["message"] == "there"].groupby("configuration")
    ]
    most = max(part["cycles"] for system in systems for part in system["parts"])
    return render("path.html", systems=systems, most=most)


def _system(name: str, rows: pd.DataFrame) -> dict[str, Any]:
    """A message's instructions: in parts, each what a function, or a step of the
    hand-coded path, executes without a break."""
    names = rows["step"].where(rows["step"] != "", rows["function"])
    levels = rows["level"]
    parts = [
        {
            "name": part["name"].iloc[0],
            "group": anatomy.group_of(part["name"].iloc[0], part["level"].iloc[0]),
            "cycles": int(part["cycles"].sum()),
            "instructions": [_instruction(one) for _, one in part.iterrows()],
        }
        for _, part in rows.assign(name=names).groupby(
            ((names != names.shift()) | (levels != levels.shift())).cumsum()
        )
    ]
    return {
        "name": name,
        "cycles": int(rows["cycles"].sum()),
        "count": len(rows),
        "parts": parts,
    }


def _instruction(one: pd.Series) -> dict[str, Any]:
    """why: what is added to the instruction's own cycles."""
    added = [f"{cause} {one[cause]}" for cause in CAUSES[1:] if one[cause]]
    return {
        "address": one["address"],
        "text": one["instruction"],
        "cycles": one["cycles"],
        "why": ", ".join(added),
    }
