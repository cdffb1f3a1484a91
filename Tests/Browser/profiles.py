"""What people do about themselves: a customer's own profile, accounts at a provider that open theirs; and what an
administrator does for somebody whose phone is gone.
"""

import re
import secrets
import time

from playwright.sync_api import expect

from accounts import sets_up_a_second_factor
from people import link_to, registers
from providers import keeps_styles_out, known_person, proves
from stack import PROVIDER


def opens_the_profile(page):
    """The plant hears of a new customer a moment after its registration."""
    deadline = time.monotonic() + 60
    page.goto("/profile")
    while page.get_by_role("heading", level=1).inner_text() != "Profile":
        assert time.monotonic() < deadline, f"no profile in 60 s: {page.locator('main').inner_text()}"
        time.sleep(0.2)
        page.goto("/profile")


def keeps_a_profile(visitor):
    customer = visitor.beside("cp-backend")
    page = customer.page
    address, password = registers(customer)
    opens_the_profile(page)
    expect(page.get_by_label("Name")).to_have_value("Ada Lovelace")
    expect(page.locator("main")).to_contain_text(address)
    expect(page.locator("main")).to_contain_text("the free plan")
    customer.judge("profile")

    page.get_by_label("Phone").fill("call me")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Phone")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Phone")).to_have_value("call me")
    customer.judge("profile-wrong-phone")

    # Somebody else of the same customer, meanwhile.
    other = customer.beside("cp-backend")
    other.page.goto("/login")
    other.sign_in(password, address)
    other.page.get_by_role("navigation", name="Main").get_by_role("link", name="Profile").click()
    other.page.get_by_label("Phone").fill("+49 30 7654321")
    other.page.get_by_role("button", name="Save").click()
    expect(other.page.get_by_role("status")).to_contain_text("Your profile is saved.")
    other.judge("profile-saved")
    page.get_by_label("Phone").fill("+49 30 1234567")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It reads “+49 30 7654321” now.")).to_be_visible()
    expect(page.get_by_label("Phone")).to_have_value("+49 30 1234567")
    customer.judge("profile-overtaken")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Your profile is saved.")
    expect(page.get_by_label("Phone")).to_have_value("+49 30 1234567")
    visitor.judged += customer.judged + other.judged
    other.context.close()
    customer.context.close()


def asks_for_a_link(page, password):
    page.goto("/account")
    page.get_by_role("link", name="Accounts at providers").click()
    page.get_by_role("link", name=f"Link an account at {PROVIDER}").click()
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Go on").click()


def links_an_account(visitor):
    customer = visitor.beside("cp-backend")
    keeps_styles_out(customer.context)
    page = customer.page
    address, password = registers(customer)
    # Nothing about them is alike: what links is that one person is signed in at both.
    elsewhere = f"countess-{secrets.token_hex(4)}@example.org"
    subject = known_person(customer.stack, elsewhere, "The Countess")
    page.goto("/account/identities")
    customer.judge("identities-none")
    asks_for_a_link(page, "not the password at all")
    expect(page.get_by_role("alert")).to_contain_text("The password is wrong.")
    customer.judge("link-wrong-password")
    asks_for_a_link(page, password)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"On to {PROVIDER}")
    customer.judge("onward")
    page.get_by_role("link", name=f"Continue to {PROVIDER}").click()
    proves(page, subject)
    expect(page.get_by_role("status")).to_contain_text("It is linked")
    expect(page.get_by_role("rowheader", name=re.compile(elsewhere))).to_be_visible()
    customer.judge("identities")

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name=f"Continue with {PROVIDER}").click()
    proves(page, subject)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Lovelace")
    page.goto("/account/identities")
    page.get_by_role("link", name=f"Unlink {PROVIDER} {elsewhere}").click()
    customer.judge("unlink")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Unlink").click()
    expect(page.get_by_text("No account at a provider is linked")).to_be_visible()
    link_to(customer.stack, "cp-backend", address, "A way into your account is gone")
    visitor.judged += customer.judged
    customer.context.close()


def resets_a_second_factor(visitor):
    """Of somebody who was invited, set one up, and lost the phone."""
    stack, page = visitor.stack, visitor.page
    address, password = f"hedy-{secrets.token_hex(4)}@example.com", secrets.token_urlsafe(18)
    page.goto("/people/invite")
    page.get_by_label("Email address").fill(address)
    page.get_by_role("checkbox").last.check()
    page.get_by_role("button", name="Send the invitation").click()
    guest = visitor.beside("pp-backend")
    guest.page.goto(link_to(stack, "pp-backend", address, "invited"))
    guest.page.get_by_label("Name").fill("Hedy Lamarr")
    guest.page.get_by_label("Password").fill(password)
    guest.page.get_by_role("button", name="Accept the invitation").click()
    guest.page.goto("/login")
    guest.sign_in(password, address)
    sets_up_a_second_factor(guest, password)

    page.goto(f"/people?search={address}")
    page.get_by_role("link", name="Hedy Lamarr").click()
    page.get_by_role("link", name="Reset the second factor").click()
    visitor.judge("second-factor-reset")
    page.get_by_label("Why").fill("phone lost; called back")
    page.get_by_role("button", name="Reset the second factor").click()
    expect(page.get_by_role("status")).to_contain_text("The second factor is gone")
    visitor.judge("second-factor-gone")
    link_to(stack, "pp-backend", address, "second factor was reset")
    guest.page.get_by_role("button", name="Sign out").click()
    guest.sign_in(password, address)
    expect(guest.page.get_by_role("heading", level=1)).to_contain_text("Hedy Lamarr")
    visitor.judged += guest.judged
    guest.context.close()


def minds_themselves(visitor):
    """All of the above."""
    keeps_a_profile(visitor)
    links_an_account(visitor)
    resets_a_second_factor(visitor)


def minds_themselves_without_script(browser, visitor):
    """A profile and a link, with forms and links alone."""
    customer = visitor.beside("cp-backend")
    address, password = registers(customer)
    customer.context.close()
    stack = visitor.stack
    subject = known_person(stack, f"plain-{secrets.token_hex(4)}@example.org", "Plain Jane")
    context = browser.new_context(java_script_enabled=False, base_url=stack.url("cp-backend"))
    keeps_styles_out(context)
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    opens_the_profile(page)
    page.get_by_label("Name").fill("Lovelace & Daughters")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Your profile is saved.")
    expect(page.get_by_label("Name")).to_have_value("Lovelace & Daughters")
    asks_for_a_link(page, password)
    page.get_by_role("link", name=f"Continue to {PROVIDER}").click()
    proves(page, subject)
    expect(page.get_by_role("status")).to_contain_text("It is linked")
    page.get_by_role("link", name=re.compile(f"Unlink {PROVIDER}")).click()
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Unlink").click()
    expect(page.get_by_text("No account at a provider is linked")).to_be_visible()
    context.close()
