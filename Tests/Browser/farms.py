"""The Block Monitor: somebody finds a block, moves it on, records a harvest and an alert; with script and without."""

import re

from playwright.sync_api import expect

from stack import ADMIN_EMAIL


def state_of(page, code):
    return page.locator("ul.blocks li", has=page.get_by_role("link", name=code, exact=True)).locator(".state").inner_text()


def opens_farm(visitor):
    page = visitor.page
    page.goto("/")
    page.get_by_role("navigation").get_by_role("link", name="Farms", exact=True).click()
    cards = page.locator("li.farm")
    expect(cards).to_have_count(2)
    visitor.judge("farms")
    cards.first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Blocks", exact=True)).to_be_visible()
    expect(page.locator("ul.blocks > li")).to_have_count(24)
    # The plan says the same as the cards, to the eye and to a screen reader.
    expect(page.locator("svg.plan a")).to_have_count(24)
    expect(page.locator("svg.plan a").first).to_have_attribute("aria-label", re.compile(r"^F\d{3}-\d{3}.*: \w+$"))
    visitor.judge("farm")
    return page.url


def filters(visitor, farm):
    page = visitor.page
    page.goto(farm)
    page.get_by_label("State", exact=True).select_option("harvesting")
    page.get_by_role("button", name="Filter").click()
    expect(page).to_have_url(re.compile("state=harvesting"))
    page.wait_for_load_state("load")
    marks = page.locator("ul.blocks .state").all_inner_texts()
    assert marks and set(marks) == {"harvesting"}, f"a filter for harvesting shows {marks}"
    # What stands on a block comes with the list, whichever part of it is shown.
    for card in page.locator("ul.blocks > li").all():
        expect(card).to_contain_text(re.compile(r"\d of [\d,]+ plants"))
        expect(card).to_contain_text(re.compile(r"[\d.] of [\d,.]+ kg"))
    page.get_by_label("Code or name").fill("no such block")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_text("No block matches this filter.")).to_be_visible()
    visitor.judge("farm-nothing-found")
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("ul.blocks > li")).to_have_count(24)


def open_block(page, farm, state):
    page.goto(f"{farm}?state={state}")
    page.locator("ul.blocks > li").first.get_by_role("link").click()
    expect(page.locator("h1")).to_contain_text(re.compile(r"F\d{3}-\d{3}"))


def moves_a_block(visitor, farm):
    page = visitor.page
    open_block(page, farm, "growing")
    visitor.judge("block-growing")
    target = page.get_by_label("New state").input_value()
    page.get_by_label("Note").first.fill("Looks <b>good</b>")
    page.get_by_role("button", name="Change state").click()
    expect(page.locator(".notice")).to_have_text("The state is changed.")
    expect(page.locator("#head-part .state")).to_have_text(target)
    expect(page.locator("#past-part")).to_contain_text("Looks <b>good</b>")
    expect(page.locator("#past-part")).to_contain_text("by you")


def records_a_harvest(visitor, farm):
    page = visitor.page
    open_block(page, farm, "harvesting")
    page.get_by_label("Amount in kg").fill("plenty")
    page.get_by_role("button", name="Record harvest").click()
    expect(page.get_by_label("Amount in kg")).to_have_value("plenty")
    expect(page.locator(".wrong")).to_contain_text("is not a number")
    visitor.judge("block-wrong-amount")
    page.get_by_label("Amount in kg").fill("12,5")
    page.get_by_role("button", name="Record harvest").click()
    expect(page.locator(".notice")).to_have_text("The harvest is recorded.")
    expect(page.locator("#past-part")).to_contain_text("12.5 kg")


def ends_a_season(visitor, farm):
    page = visitor.page
    open_block(page, farm, "harvesting")
    page.get_by_label("New state").select_option("cleaning")
    page.get_by_role("button", name="Change state").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("to cleaning?")
    visitor.judge("confirm")
    page.get_by_role("link", name="No, go back").click()
    expect(page.locator("#head-part .state")).to_have_text("harvesting")


def plans_a_planting(visitor, farm):
    page = visitor.page
    open_block(page, farm, "empty")
    visitor.judge("block-empty")
    page.get_by_label("Plants", exact=True).fill("10")
    page.get_by_label("New state").select_option("planned")
    page.get_by_role("button", name="Plant").click()
    expect(page.locator(".notice")).to_have_text("The state is changed.")
    expect(page.locator("#head-part .state")).to_have_text("planned")
    page.get_by_label("New state").select_option("empty")
    page.get_by_role("button", name="Change state").click()
    page.get_by_role("button", name="Change to empty").click()
    expect(page.locator("#head-part .state")).to_have_text("empty")


def raises_and_resolves(visitor, farm):
    page = visitor.page
    page.goto(farm)
    page.locator("#alerts-part summary", has_text="Raise an alert").click()
    page.get_by_label("What is wrong").fill("A hose leaks")
    page.get_by_role("button", name="Raise alert").click()
    expect(page.locator(".notice")).to_have_text("The alert is raised.")
    line = page.locator("#alerts-part li", has_text="A hose leaks")
    expect(line).to_have_count(1)
    line.locator("summary").click()
    line.get_by_label("How it was resolved").fill("Mended")
    line.get_by_role("button", name="Resolve alert").click()
    expect(page.locator(".notice")).to_have_text("The alert is resolved.")
    expect(page.locator("#alerts-part li", has_text="A hose leaks")).to_have_count(0)


def hears_of_others(visitor, other, farm):
    """What one does shows on the other's page, which nobody reloads."""
    page = visitor.page
    page.goto(farm)
    expect(page.locator("#live.on")).to_be_visible()
    open_block(other.page, farm, "growing")
    code = other.page.locator("h1").inner_text().split()[0]
    before = state_of(page, code)
    near = visitor.context.new_page()
    near.goto(other.page.url)
    expect(near.locator("#live.on")).to_be_visible()
    choice = near.get_by_label("New state")
    choice.focus()
    offered = choice.inner_text()
    other.page.get_by_role("button", name="Change state").click()
    expect(other.page.locator(".notice")).to_be_visible()
    now = other.page.locator("#head-part .state").inner_text()
    assert now != before
    card = page.locator("ul.blocks li", has=page.get_by_role("link", name=code, exact=True))
    expect(card.locator(".state")).to_have_text(now)
    # What somebody is at stays as it is while the page around it goes on, and follows when they leave it.
    expect(near.locator("#head-part .state")).to_have_text(now)
    expect(choice).to_be_focused()
    assert choice.inner_text() == offered
    near.get_by_role("link", name="Lockstep").focus()
    expect(choice).not_to_have_text(offered)
    near.close()


def sees_refused_tokens(visitor, farm):
    """The failure that this suite is for, on a page of the plant."""
    page = visitor.page
    page.goto(farm)
    expect(page.get_by_role("heading", level=1)).to_contain_text("refuses this portal’s tokens")
    expect(page.get_by_role("link", name="See the keys")).to_have_attribute("href", "/keys")
    visitor.judge("refused-tokens")


def finds_the_work_in_the_trail(visitor):
    """Who did it, in the plant's audit log, and all that the same request did."""
    page = visitor.page
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Audit").click()
    page.get_by_role("link", name="In the plant").click()
    page.get_by_label("By (address or subject)").fill(ADMIN_EMAIL)
    page.get_by_label("Action").fill("farm_manager")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("cell", name=ADMIN_EMAIL).first).to_be_visible()
    visitor.judge("audit-plant")
    page.get_by_role("link", name=re.compile("^Request ")).first.click()
    expect(page.get_by_label("Request")).not_to_have_value("")
    expect(page.get_by_role("cell", name=ADMIN_EMAIL).first).to_be_visible()


def works_without_script(browser, stack, farm):
    context = browser.new_context(java_script_enabled=False, base_url=stack.url("pp-backend"))
    page = context.new_page()
    page.goto(farm)
    page.get_by_label("Email address").fill(ADMIN_EMAIL)
    page.get_by_label("Password").fill(stack.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(farm)
    page.get_by_label("State", exact=True).select_option("harvesting")
    page.get_by_role("button", name="Filter").click()
    page.locator("ul.blocks > li").first.get_by_role("link").click()
    page.get_by_label("Amount in kg").fill("3")
    page.get_by_role("button", name="Record harvest").click()
    expect(page.locator(".notice")).to_have_text("The harvest is recorded.")
    page.get_by_label("New state").select_option("cleaning")
    page.get_by_role("button", name="Change state").click()
    page.get_by_role("button", name="Change to cleaning").click()
    expect(page.locator("#head-part .state")).to_have_text("cleaning")
    context.close()


def works_on_farms(visitor):
    """All of it once, as one person; the farm's address."""
    farm = opens_farm(visitor)
    filters(visitor, farm)
    moves_a_block(visitor, farm)
    records_a_harvest(visitor, farm)
    ends_a_season(visitor, farm)
    plans_a_planting(visitor, farm)
    raises_and_resolves(visitor, farm)
    finds_the_work_in_the_trail(visitor)
    return farm
