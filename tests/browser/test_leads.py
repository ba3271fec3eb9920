"""From the one-time link to the lines of a score."""

from decimal import Decimal
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),  # one server and one Chromium for all
]

SIZES = {"wide": (1440, 900), "phone": (390, 844)}


async def open_first(page: Page) -> None:
    await page.get_by_role("button", name="Score of").first.click()
    await expect(page.get_by_role("table", name="Statement")).to_be_visible()


async def shown_scores(page: Page) -> list[Decimal]:
    cells = await page.locator("tbody td.number").all_inner_texts()
    return [Decimal(text) for text in cells if text != "–"]


async def test_link_signs_in_and_leaves_the_address(page: Page, served):
    await page.goto(served.sign_in_link())
    await expect(page.get_by_text("Scores are up to date")).to_be_visible()
    assert page.url == f"{served.url}/"


async def test_leads_stand_best_first(signed_in: Page):
    await expect(signed_in.locator("tbody tr")).to_have_count(12)
    scores = await shown_scores(signed_in)
    assert len(scores) > 5
    assert scores == sorted(scores, reverse=True)


async def test_lines_sum_to_the_score_shown(signed_in: Page):
    scores = await shown_scores(signed_in)
    await open_first(signed_in)
    total = Decimal(await signed_in.get_by_test_id("total").inner_text())
    points = await signed_in.locator("[data-points]").evaluate_all("all => all.map(one => one.dataset.points)")
    assert len(points) > 3
    assert sum(map(Decimal, points)) == total == scores[0]


async def test_statement_has_an_address_of_its_own(signed_in: Page):
    await open_first(signed_in)
    await signed_in.reload()
    await expect(signed_in.get_by_role("table", name="Statement")).to_be_visible()


async def test_keyboard_opens_and_closes_the_statement(signed_in: Page):
    await signed_in.get_by_role("button", name="Score of").first.focus()
    await signed_in.keyboard.press("Enter")
    await expect(signed_in.get_by_role("dialog")).to_be_visible()
    await signed_in.keyboard.press("Escape")
    await expect(signed_in.get_by_role("dialog")).to_be_hidden()


async def test_search_narrows_the_list(signed_in: Page):
    await signed_in.get_by_role("searchbox").fill("person-7@")
    await expect(signed_in.locator("tbody tr")).to_have_count(1)
    await signed_in.get_by_role("searchbox").fill("nobody at all")
    await expect(signed_in.get_by_text("Nobody matches")).to_be_visible()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_page_fits_its_window(signed_in: Page, tmp_path: Path, size: str, colours):
    width, height = SIZES[size]
    await signed_in.set_viewport_size({"width": width, "height": height})
    await signed_in.emulate_media(color_scheme=colours)
    await signed_in.screenshot(path=tmp_path / f"leads-{size}-{colours}.png")
    await open_first(signed_in)
    await signed_in.wait_for_timeout(300)  # the drawer slides in
    await signed_in.screenshot(path=tmp_path / f"statement-{size}-{colours}.png")
    assert await signed_in.evaluate("document.documentElement.scrollWidth") == width
    assert await signed_in.evaluate("document.documentElement.dataset.mantineColorScheme") == colours


async def test_spent_link_says_what_to_do(page: Page, browser, served):
    link = served.sign_in_link()
    await page.goto(link)
    await expect(page.get_by_role("heading", name="Leads")).to_be_visible()
    another = await browser.new_page()
    await another.goto(link)
    await expect(another.get_by_role("alert")).to_contain_text("leadlight sign-in")


async def test_signing_out_locks_the_pages(page: Page, served):
    await page.goto(served.sign_in_link())
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.goto(served.url)
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_unknown_address_leads_back(page: Page, served):
    await page.goto(f"{served.url}/no/such/page")
    await expect(page.get_by_role("heading", name="There is no page here")).to_be_visible()
