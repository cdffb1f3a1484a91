"""Customers and skills: somebody adds, finds, changes, suspends, merges, exports and removes them; with script and without."""

import json
import re
import secrets

from playwright.sync_api import expect

from stack import ADMIN_EMAIL


def opens(page, area):
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name=area, exact=True).click()


def keeps_skills(visitor):
    page = visitor.page
    word = secrets.token_hex(3)
    opens(page, "Skills")
    visitor.judge("skills-before")
    page.get_by_role("link", name="Add a skill").click()
    page.get_by_label("Name").fill(f"Pruning {word}")
    page.get_by_label("Category").fill("No slug")
    page.get_by_role("button", name="Add this skill").click()
    expect(page.locator("#skill_new-category-fault")).to_contain_text("only")
    expect(page.get_by_label("Name")).to_have_value(f"Pruning {word}")
    visitor.judge("skill-wrong-category")
    page.get_by_label("Category").fill("plants")
    page.get_by_label("Level").select_option("2")
    page.get_by_label("More about it").fill("Cut <b>above</b> the bud.\nThen look again.")
    page.get_by_role("button", name="Add this skill").click()
    expect(page.locator(".notice")).to_have_text("The skill is added.")
    expect(page.locator(".written")).to_contain_text("Cut <b>above</b> the bud.")
    visitor.judge("skill")

    opens(page, "Skills")
    page.get_by_label("Name or description").fill(word)
    page.get_by_label("Category").fill("plants")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("status").first).to_have_text("1 skill")
    expect(page.get_by_text("2 of 5: after some weeks")).to_be_visible()
    visitor.judge("skills")
    page.get_by_label("Name or description").fill("no such skill at all")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("No skill fits this.")).to_be_visible()
    visitor.judge("skills-nothing-found")
    page.get_by_role("link", name="Show all").click()
    page.get_by_role("link", name=f"Pruning {word}").click()

    # Somebody else is faster: what both wrote is there.
    other = visitor.context.new_page()
    other.goto(page.url)
    other.get_by_label("More about it").fill("What the other one wrote")
    other.get_by_role("button", name="Save").click()
    expect(other.locator(".notice")).to_have_text("The skill is changed.")
    other.close()
    page.get_by_label("More about it").fill("What I wrote")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody changed this since you opened it.")).to_be_visible()
    expect(page.locator("#skill-description-fault")).to_contain_text("What the other one wrote")
    expect(page.get_by_label("More about it")).to_have_value("What I wrote")
    visitor.judge("skill-conflict")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".written")).to_have_text("What I wrote")

    page.get_by_role("link", name="Remove this skill").click()
    visitor.judge("skill-remove")
    page.get_by_role("button", name="Remove this skill").click()
    expect(page.locator(".notice")).to_have_text("The skill is removed.")
    expect(page.get_by_role("link", name=f"Pruning {word}")).to_have_count(0)


def adds(page, name):
    opens(page, "Customers")
    page.get_by_role("link", name="Add a customer").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email address").fill(f"{name.replace(' ', '.').lower()}@example.com")
    page.get_by_role("button", name="Add this customer").click()
    expect(page.locator(".notice")).to_have_text("The customer is added.")


def looks_after_customers(visitor):
    page = visitor.page
    word = secrets.token_hex(3)
    opens(page, "Customers")
    page.get_by_role("link", name="Add a customer").click()
    visitor.judge("customer-new")
    adds(page, f"Bean {word}")
    address = page.url.split("?")[0]
    visitor.judge("customer")

    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Phone").fill("call me")
    page.get_by_label("Notes").fill("Pays <i>late</i>,\nand always does.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#customer-phone-fault")).to_contain_text("is no phone number")
    expect(page.get_by_label("Notes")).to_have_value("Pays <i>late</i>,\nand always does.")
    visitor.judge("customer-wrong-phone")
    page.get_by_label("Phone").fill("+49 30 123456")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".written")).to_contain_text("Pays <i>late</i>")

    page.get_by_role("link", name="Set a trial").click()
    page.get_by_label("Days from now").fill("7")
    visitor.judge("customer-trial")
    page.get_by_role("button", name="Set the trial").click()
    expect(page.get_by_text("Trial ends", exact=True)).to_be_visible()
    page.get_by_role("link", name="Suspend", exact=True).click()
    page.get_by_label("Why").fill("No answer to three letters")
    visitor.judge("customer-suspend")
    page.get_by_role("button", name="Suspend this customer").click()
    expect(page.locator("h1 .badge")).to_have_text("suspended")
    expect(page.get_by_text("No answer to three letters")).to_be_visible()
    visitor.judge("customer-suspended")

    opens(page, "Customers")
    page.get_by_label("Name or email address").fill(word)
    page.get_by_label("Standing", exact=True).select_option("suspended")
    page.get_by_label("Order").select_option("name")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("1 customer", exact=True)).to_be_visible()
    visitor.judge("customers")
    page.get_by_role("link", name=f"Bean {word}").click()
    page.get_by_role("link", name="Reactivate").click()
    page.get_by_role("button", name="Let this customer work again").click()
    expect(page.locator("h1 .badge")).to_have_text("active")
    page.get_by_role("link", name="Move to a plan").click()
    page.get_by_label("Plan", exact=True).fill("gold")
    page.get_by_role("button", name="Move to this plan").click()
    expect(page.locator("dl")).to_contain_text("gold")
    expect(page.get_by_text("Trial ends", exact=True)).to_have_count(0)

    with page.expect_download() as download:
        page.get_by_role("link", name="Download all that is kept").click()
    assert re.fullmatch(r"customer-[\w-]+\.json", download.value.suggested_filename)
    with open(download.value.path(), encoding="utf-8") as file:
        assert json.load(file)["customer"]["name"] == f"Bean {word}"

    adds(page, f"Pea {word}")
    page.get_by_role("link", name="Merge into another customer").click()
    visitor.judge("customer-merge")
    page.get_by_label("Name or email address").fill(f"Bean {word}")
    page.get_by_role("button", name="Look").click()
    page.get_by_role("link", name=f"Bean {word}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Merge Pea {word} into Bean {word}?")
    visitor.judge("customer-merge-confirm")
    page.get_by_role("button", name="Merge them").click()
    expect(page).to_have_url(re.compile(re.escape(address)))
    expect(page.locator(".notice")).to_have_text("They are one customer now: this one.")

    page.get_by_role("link", name="Erase", exact=True).click()
    page.get_by_label("Its email address, to be sure").fill("somebody@example.com")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.locator("#customer_erase-confirm-fault")).to_contain_text("is not this customer's email")
    visitor.judge("customer-erase")
    page.get_by_label("Its email address, to be sure").fill(f"bean.{word}@example.com")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.locator(".notice")).to_have_text("The customer is erased.")
    assert page.request.get(address).status == 404, "an erased customer is still there"


def keeps_records_without_script(browser, stack):
    """The main jobs with forms and links alone."""
    context = browser.new_context(java_script_enabled=False, base_url=stack.url("pp-backend"))
    page = context.new_page()
    page.goto("/customers")
    page.get_by_label("Email address").fill(ADMIN_EMAIL)
    page.get_by_label("Password").fill(stack.password)
    page.get_by_role("button", name="Sign in").click()
    adds(page, "Plain Pumpkin")
    page.get_by_role("link", name="Suspend", exact=True).click()
    page.get_by_role("button", name="Suspend this customer").click()
    expect(page.locator("h1 .badge")).to_have_text("suspended")
    page.get_by_role("link", name="Remove", exact=True).click()
    page.get_by_role("button", name="Remove this customer").click()
    expect(page.locator(".notice")).to_have_text("The customer is removed.")
    opens(page, "Skills")
    page.get_by_role("link", name="Add a skill").click()
    page.get_by_label("Name").fill("Plain digging")
    page.get_by_role("button", name="Add this skill").click()
    page.get_by_label("Level").select_option("1")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("dl")).to_contain_text("1 of 5: anyone after a day")
    page.get_by_role("link", name="Remove this skill").click()
    page.get_by_role("button", name="Remove this skill").click()
    expect(page.locator(".notice")).to_have_text("The skill is removed.")
    context.close()


def keeps_records(visitor):
    keeps_skills(visitor)
    looks_after_customers(visitor)
