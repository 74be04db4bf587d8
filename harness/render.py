# SPDX-License-Identifier: BSD-2-Clause
"""Texts from templates (harness/templates)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from harness import figures

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: Any) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        autoescape=jinja2.select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["short"] = short
    environment.globals["figure"] = figure
    return environment.get_template(template).render(**values)


def short(number: float) -> str:
    """With about three digits; nothing for what is not there."""
    if pd.isna(number):
        return ""
    if abs(number) < 10 or number == round(number):
        return f"{number:.3g}" if abs(number) < 10 else f"{number:.0f}"
    return f"{number:.0f}" if abs(number) >= 100 else f"{number:.1f}"


def figure(name: str) -> str:
    """In Markdown: the picture, its caption, and where its numbers are."""
    told = figures.captions()[name]
    return f"![{told.alt}]({name}.svg)\n*{told.caption}. Numbers: [{told.data}]({told.data})*"
