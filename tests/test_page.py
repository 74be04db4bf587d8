# SPDX-License-Identifier: BSD-2-Clause
"""The page of a run as a reader has it: in Chromium, on a wide screen and on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import figures, pipeline
from harness.places import ROOT

webdriver = pytest.importorskip("selenium.webdriver", reason="no python3-selenium")

REFERENCE = ROOT / "results" / "reference"
CHROMIUM, DRIVER = (shutil.which(name) for name in ("chromium", "chromedriver"))
WIDE, PHONE = 1280, 390

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="no chromium, no chromium-driver"
)

# What is wider than the window and does not scroll in itself.
TOO_WIDE = """
const scrolls = (one) => one.closest(".table, .wide");
return [...document.querySelectorAll("main *, nav *")]
    .filter((one) => !scrolls(one) && one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.outerHTML.slice(0, 100));
"""
LINKS_TO_NOTHING = """
return [...document.querySelectorAll("a")].map((one) => one.getAttribute("href"))
    .filter((to) => to.startsWith("#") ? !document.getElementById(to.slice(1))
                                       : !to.startsWith("data:text/csv;base64,"));
"""
PICTURES = """
return [...document.querySelectorAll("figure")].map((one) => {
    const picture = one.querySelector("svg");
    const box = picture.getBoundingClientRect();
    return [one.id.replace("figure-", ""), box.width, box.height, picture.getAttribute("aria-label"),
            one.querySelector("figcaption a").download];
});
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the reference run's page, made anew."""
    folder = tmp_path_factory.mktemp("page") / "run"
    shutil.copytree(REFERENCE, folder)
    pipeline.redraw(folder)
    return (folder / "report.html").as_uri()


@pytest.fixture(params=[WIDE, PHONE])
def browser(request: pytest.FixtureRequest, page: str) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    service = webdriver.chrome.service.Service(DRIVER)
    chrome = webdriver.Chrome(options=options, service=service)
    try:
        about = {"width": request.param, "height": 900, "deviceScaleFactor": 1}
        about["mobile"] = request.param == PHONE
        chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", about)
        chrome.get(page)
        yield chrome
    finally:
        chrome.quit()


def test_nothing_is_wider_than_the_window(browser: webdriver.Chrome) -> None:
    for state in ("folded", "unfolded"):
        assert browser.execute_script(TOO_WIDE) == [], state
        assert browser.execute_script(
            "return document.documentElement.scrollWidth <= innerWidth"
        )
        browser.execute_script(
            "document.querySelectorAll('details').forEach((one) => one.open = true)"
        )


def test_no_picture_is_missing(browser: webdriver.Chrome) -> None:
    found = browser.execute_script(PICTURES)
    drawn = {path.stem for path in REFERENCE.glob("*.svg")}
    assert {one[0] for one in found} == drawn
    for name, width, height, alt, numbers in found:
        assert width > 300 and height > 100, name
        told = figures.captions()[name]
        assert (alt, numbers) == (told.alt, told.data)
        assert (REFERENCE / numbers).exists()


def test_no_link_leads_to_nothing(browser: webdriver.Chrome) -> None:
    assert browser.execute_script(LINKS_TO_NOTHING) == []


def test_contents_stay_in_sight_on_a_wide_screen(browser: webdriver.Chrome) -> None:
    wide = browser.execute_script("return innerWidth") == WIDE
    browser.execute_script("scrollTo(0, document.body.scrollHeight)")
    top = browser.execute_script(
        "return document.querySelector('nav').getBoundingClientRect().top"
    )
    assert (top >= 0) == wide


def test_dark_where_the_reader_wants_it(browser: webdriver.Chrome) -> None:
    backgrounds = []
    for scheme in ("light", "dark"):
        wish = {"name": "prefers-color-scheme", "value": scheme}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [wish]})
        backgrounds.append(
            browser.execute_script(
                "return getComputedStyle(document.body).backgroundColor"
            )
        )
    assert backgrounds[0] == "rgb(255, 255, 255)" != backgrounds[1]


def test_a_stranger_reads_the_result_first(browser: webdriver.Chrome) -> None:
    first = browser.execute_script(
        "return [...document.querySelector('main').children].slice(0, 3)"
        ".map((one) => one.localName)"
    )
    assert first == ["h1", "p", "figure"]


def test_every_figure_has_a_caption() -> None:
    parts = {"style", "peer"}  # of others
    elsewhere = {"profile", "factorial", "shares"}  # not on a page; by sizes
    drawn = {path.stem for path in Path(figures.PLOTS).glob("*.gp")}
    assert drawn - parts - elsewhere <= figures.captions().keys()
    for caption in figures.captions().values():
        assert caption.caption and caption.alt.endswith(".")
