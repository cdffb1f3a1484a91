"""DB updates: opened by the password, a statement read, one confirmed and run once, its file, and what was run before."""

import re
import secrets

from playwright.sync_api import expect

from stack import ADMIN_EMAIL


def opens(page, password):
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("textbox", name="Statement")).to_be_visible()


def insert(name):
    return ("INSERT INTO skills (id, name, name_key, category, search_text, version, created_at, updated_at) "
            f"VALUES ('{name}', '=HYPERLINK(\"{name}\")', '{name}', 'test', '{name}', 1, 0, 0) RETURNING id, name, description")


def downloads(page, link):
    with page.expect_download() as download:
        page.get_by_role("link", name=link).click()
    assert re.fullmatch(r"db-updates-\d+\.csv", download.value.suggested_filename)
    with open(download.value.path(), encoding="utf-8", newline="") as file:
        return file.read()


def looks_while_it_runs(page, other):
    """One page runs what only its time limit ends, and another is opened meanwhile."""
    page.get_by_role("textbox", name="Statement").fill(
        "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r")
    page.locator("#seconds").fill("10")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Run this statement?")
    address = page.url
    page.get_by_role("button", name="Run it").click(no_wait_after=True)
    running = other.get_by_role("heading", name="It is running")
    other.goto(address)
    while not running.count():
        expect(other.get_by_role("heading", level=1)).to_have_text("Run this statement?")
        other.goto(address)


def changes_rows(visitor):
    page = visitor.page
    page.get_by_role("navigation", name="Main").get_by_role("link", name="DB updates").click()
    visitor.judge("db-updates-closed")
    page.get_by_label("Password").fill("not the password at all")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("alert")).to_contain_text("The password is wrong")
    visitor.judge("db-updates-wrong-password")
    opens(page, visitor.stack.password)
    expect(page.get_by_role("complementary", name="Where it runs")).to_contain_text("sqlite")
    page.get_by_text("protected tables").click()
    expect(page.get_by_text("audit_log", exact=True)).to_be_visible()
    visitor.judge("db-updates")

    # What reads runs at once, from the keyboard too; a wide answer scrolls in a place of its own.
    statement = page.get_by_role("textbox", name="Statement")
    statement.fill("SELECT 1 AS a, NULL AS b, x'00ff' AS c, 9007199254740993 AS d, '<b>&' AS e,\n"
                   + ", ".join(f"'{'wide ' * 8}' AS column_{each}" for each in range(12)))
    statement.press("Control+Enter")
    expect(page.locator("p.summary")).to_contain_text("1 row · 0 rows changed")
    expect(page.get_by_role("cell", name="9007199254740993")).to_be_visible()
    expect(page.get_by_role("cell", name="blob, 2 bytes")).to_be_visible()
    region = page.get_by_role("region", name="Rows of the result")
    assert region.evaluate("each => each.scrollWidth > each.clientWidth"), "a wide answer does not scroll"
    visitor.judge("db-updates-result")

    statement.fill("SELECT name\nFORM skills")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("The database says")
    expect(statement).to_have_value("SELECT name\nFORM skills")
    visitor.judge("db-updates-fault")

    name = f"s-{secrets.token_hex(4)}"
    statement.fill(insert(name))
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Run this statement?")
    expect(page.get_by_role("region", name="Statement", exact=True)).to_contain_text(name)
    visitor.judge("db-updates-confirm")
    page.get_by_role("button", name="Run it").click()
    expect(page.locator("p.summary")).to_contain_text("1 row · 1 row changed")
    # Going back and sending it again does not run it again: a second row of that key would be refused.
    page.go_back()
    if page.get_by_role("button", name="Run it").count():
        page.get_by_role("button", name="Run it").click()
    else:
        page.go_forward()
    expect(page.locator("p.summary")).to_contain_text("1 row · 1 row changed")
    file = downloads(page, "Download CSV")
    assert file == f'"id","name","description"\r\n"{name}","\'=HYPERLINK(""{name}"")",\r\n', file
    assert downloads(page, "CSV as it is").count('"=HYPERLINK(') == 1
    visitor.judge("db-updates-changed")

    entry = page.get_by_role("listitem").filter(has_text=name).first
    expect(entry).to_contain_text("1 row changed")
    entry.get_by_role("link", name="Use again").click()
    expect(statement).to_have_value(insert(name))
    visitor.judge("db-updates-again")

    # Whoever comes back to what still runs sees its end come by itself, and loses nothing that is being typed.
    other = visitor.context.new_page()
    looks_while_it_runs(page, other)
    other.get_by_role("textbox", name="Statement").fill("SELECT 2")
    expect(other.get_by_role("alert")).to_be_visible()
    expect(other.get_by_role("heading", name="It is running")).to_have_count(0)
    expect(other.get_by_role("textbox", name="Statement")).to_have_value("SELECT 2")
    other.close()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="Close now").click()
    expect(page.get_by_text("DB updates are closed")).to_be_visible()
    page.goto("/")


def changes_rows_without_script(browser, stack):
    for width in [1200, 320]:
        context = browser.new_context(
            java_script_enabled=False, base_url=stack.url("pp-backend"), viewport={"width": width, "height": 700})
        page = context.new_page()
        page.goto("/db-updates")
        page.get_by_label("Email address").fill(ADMIN_EMAIL)
        page.get_by_label("Password").fill(stack.password)
        page.get_by_role("button", name="Sign in").click()
        opens(page, stack.password)
        expect(page.get_by_text("Ctrl+Enter")).to_be_hidden()
        name = f"s-{secrets.token_hex(4)}"
        page.get_by_role("textbox", name="Statement").fill(insert(name))
        page.get_by_role("button", name="Run", exact=True).click()
        page.get_by_role("button", name="Run it").click()
        expect(page.locator("p.summary")).to_contain_text("1 row · 1 row changed")
        assert name in downloads(page, "Download CSV")
        page.get_by_role("textbox", name="Statement").fill(f"SELECT id FROM skills WHERE id = '{name}'")
        page.get_by_role("button", name="Run", exact=True).click()
        expect(page.get_by_role("cell", name=name)).to_be_visible()
        page.get_by_role("listitem").filter(has_text="SELECT id FROM skills").first.get_by_role(
            "link", name="Use again").click()
        expect(page.get_by_role("textbox", name="Statement")).to_have_value(f"SELECT id FROM skills WHERE id = '{name}'")
        other = context.new_page()
        looks_while_it_runs(page, other)
        expect(page.get_by_role("alert")).to_be_visible()
        other.get_by_role("link", name="Look again").click()
        expect(other.get_by_role("alert")).to_be_visible()
        context.close()
