"""What a person does on the page, in a real browser, over the real API and a real model."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from housing_assets.app.client import ApiClient
from housing_assets_tests.app.browser import PATIENCE, browsing, free_port, opened, serving_page
from housing_assets_tests.serving.api.conftest import application_over, serving
from housing_assets_tests.serving.small_model import new_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from housing_assets_tests.serving.published import Published

expect.set_options(timeout=PATIENCE)

PARTS = ("Map", "Why", "What if", "Compare", "Price a file", "The model")
AT = "([longitude, latitude]) => { const axes = document.querySelector('.st-key-map .js-plotly-plot')._fullLayout;"
PIXEL = (
    AT + "const box = document.querySelector('.st-key-map .js-plotly-plot').getBoundingClientRect();"
    "return [box.x + axes.xaxis._offset + axes.xaxis.l2p(longitude), "
    "box.y + axes.yaxis._offset + axes.yaxis.l2p(latitude)]; }"
)
"""Where on the screen a place of the map is."""
STANDSTILL = 500
"""Milliseconds in which nothing moved."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(browser: Browser, client: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving_page(str(client.base_url).rstrip("/"), tmp_path_factory.mktemp("page")) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as page:
        yield page


def spot(page: Page, place: Sequence[float]) -> list[float]:
    """Where on the screen ``place`` is, once the map has stopped to move: it grows with the rest of the page."""
    before: list[float] = []
    while (now := page.evaluate(PIXEL, place)) != before:
        before = now
        page.wait_for_timeout(STANDSTILL)
    return before


def price(page: Page) -> Locator:
    return page.get_by_test_id("stMetricValue")


def rest(page: Page) -> None:
    """Wait until the map is drawn and nothing is computed."""
    expect(page.locator(".st-key-map .js-plotly-plot .gl-canvas").first).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def fill(page: Page, label: str, value: str) -> None:
    field = page.get_by_role("spinbutton", name=label)
    field.fill(value)
    field.press("Enter")


def test_a_click_on_the_map_fills_the_form(page: Page, api: str):
    page.goto("/")
    expect(page.locator(".st-key-map .js-plotly-plot .gl-canvas").first).to_be_visible()
    expect(price(page)).to_be_visible()
    place = ApiClient(api).get("/api/v1/places", degrees=0.01)["places"][250]
    field = page.get_by_role("spinbutton", name="Longitude")
    before = field.input_value()
    page.mouse.click(*spot(page, [place["longitude"], place["latitude"]]))
    expect(page.get_by_text("The form holds what is typical at that place")).to_be_visible()
    expect(field).not_to_have_value(before)
    assert float(field.input_value()) == pytest.approx(place["longitude"], abs=0.1)


def test_the_table_beside_the_map_fills_the_form_by_keyboard(page: Page):
    page.goto("/")
    rest(page)
    city = page.get_by_label("Go to a city")
    city.focus()
    page.keyboard.type("Fresno")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The form holds what is typical at that place")).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Longitude")).to_have_value("-119.79")


def test_a_price_follows_its_inputs_and_a_wrong_one_is_marked(page: Page, api: str):
    page.goto("/?part=What+if")
    before = price(page).inner_text()
    fill(page, "Median income", "1.5")
    expect(price(page)).not_to_have_text(before)
    fill(page, "Latitude", "99")
    expect(page.get_by_text("Latitude is 99; allowed: 32.4 to 42.1 degrees north.")).to_be_visible()


def test_it_says_why(page: Page):
    page.goto("/?part=Why")
    shown = price(page).inner_text()
    table = page.get_by_test_id("stTable").first
    expect(table.get_by_role("row").last).to_contain_text(shown)
    expect(page.get_by_text("Read from these known block groups")).to_be_visible()


def test_it_draws_what_if(page: Page):
    page.goto("/?part=What+if")
    expect(page.locator(".st-key-curve .js-plotly-plot .main-svg").first).to_be_visible()
    page.get_by_text("As a table").click()
    expect(page.get_by_test_id("stTable")).to_contain_text("Median income")


def test_it_compares_production_and_staging(page: Page, api: str):
    page.goto("/?part=Compare")
    expect(page.get_by_text("Where they differ most")).to_be_visible()
    expect(page.get_by_test_id("stTable").first).to_contain_text(price(page).inner_text())
    expect(page.locator(".st-key-differences .js-plotly-plot .gl-canvas").first).to_be_visible()


def test_it_prices_a_file(page: Page):
    rows = new_rows(30)
    rows.loc[4, "latitude"] = 99.0
    page.goto("/?part=Price+a+file")
    content = rows.to_csv(index=False).encode()
    page.locator("input[type=file]").set_input_files([{"name": "h.csv", "mimeType": "text/csv", "buffer": content}])
    expect(page.get_by_text("1 rows were set aside")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the prices").click()
    priced = list(csv.DictReader(io.StringIO(started.value.path().read_text())))
    assert len(priced) == 29
    assert {"price", "lower", "upper", "coverage", "flags", "version"} <= set(priced[0])


def test_it_shows_card_gates_and_ledger(page: Page):
    page.goto("/?part=The+model")
    expect(page.get_by_role("heading", name="Model card: blend")).to_be_visible()
    expect(page.get_by_text("promotion of version 1")).to_be_visible()
    expect(page.get_by_text("gates passed when it was promoted")).to_be_visible()


def test_a_link_opens_the_same_price_and_part(browser: Browser, address: str, page: Page):
    page.goto("/?part=What+if")
    expect(price(page)).to_be_visible()
    fill(page, "Median income", "2.5")
    expect(page).to_have_url(re.compile(r"median_income=2\.5"))
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    shown, link = price(page).inner_text(), page.url
    with opened(browser, address) as other:
        other.goto(link)
        expect(price(other)).to_have_text(shown)
        expect(other.get_by_role("tab", name="What if")).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize(("width", "theme"), [(1600, "light"), (400, "dark")])
def test_every_part_can_be_read(browser: Browser, address: str, width: int, theme: Any):
    from axe_playwright_python.sync_playwright import Axe

    found = {}
    with opened(browser, address, width=width, color_scheme=theme, reduced_motion="reduce") as page:
        page.goto("/")
        for part in PARTS:
            page.get_by_role("tab", name=part, exact=True).click()
            expect(page.get_by_role("tabpanel", name=part, exact=True)).to_be_visible()
            expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
            expect(page.locator("[data-stale=true]")).to_have_count(0)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            found[part] = complaints(Axe().run(page).response["violations"])
    assert found == {part: [] for part in PARTS}


def complaints(violations: list[dict[str, Any]]) -> list[str]:
    """What axe found, but for Streamlit's own box for files, whose role it calls a conflict."""
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary'][:200]}"
        for rule in violations
        for node in rule["nodes"]
        if rule["id"] != "presentation-role-conflict" or "stFileUploaderDropzone" not in node["html"]
    ]


def test_it_recovers_by_itself_and_tells_of_another_version(browser: Browser, published: Published, tmp_path: Path):
    published.promote(1)
    port = free_port()
    with serving_page(f"http://127.0.0.1:{port}", tmp_path) as address, opened(browser, address) as page:
        with serving(application_over(published), port):
            page.goto("/?part=What+if")
            expect(price(page)).to_be_visible()
        expect(page.get_by_text("Nothing answers at")).to_be_visible()
        published.promote(2)
        with serving(application_over(published), port):
            expect(page.get_by_text("The version changed from 1 to 2 while this page was open.")).to_be_visible()
            expect(price(page)).to_be_visible()
