"""Signing in through an OpenID provider: as somebody new, into the account that a password opens too, and past a second
factor; with script and without.
"""

import re
import secrets
import time

from playwright.sync_api import expect

from accounts import one_time_password, sets_up_a_second_factor
from people import registers
from stack import PROVIDER


def goes_to_the_provider(page):
    page.goto("/login")
    page.get_by_role("link", name=f"Continue with {PROVIDER}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Authorize Client")


def proves(page, subject):
    """At the provider, whose page asks for a name alone."""
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name="Authorize").click()


def known_person(stack, address, name):
    """→ what the provider calls somebody with that address."""
    subject = f"person-{secrets.token_hex(8)}"
    stack.provider_knows(subject, email=address, email_verified=True, name=name)
    return subject


def keeps_styles_out(context):
    """The provider's pages would ask for a stylesheet of the world outside."""
    context.route("https://cdn.jsdelivr.net/**", lambda route: route.fulfill(content_type="text/css", body=""))


def comes_as_somebody_new(visitor):
    customer = visitor.beside("cp-backend")
    keeps_styles_out(customer.context)
    page = customer.page
    address = f"nova-{secrets.token_hex(4)}@example.com"
    subject = known_person(customer.stack, address, "Nova Pilbeam")

    goes_to_the_provider(page)
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    customer.judge("provider-denied")
    page.goto("/")
    expect(page).to_have_url(re.compile("/login$"))

    # Where one wanted to go is where one arrives, by way of another site.
    page.goto("/account")
    page.get_by_role("link", name=f"Continue with {PROVIDER}").click()
    proves(page, subject)
    expect(page).to_have_url(re.compile(f"^{re.escape(customer.home)}/account$"))
    expect(page.locator("dl")).to_contain_text(address)
    customer.judge("account-of-provider")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login$"))
    visitor.judged += customer.judged
    customer.context.close()


def joins_the_account_of_a_password(visitor):
    """→ the address, what the provider calls its owner, and the recovery codes of the second factor that is then on."""
    customer = visitor.beside("cp-backend")
    keeps_styles_out(customer.context)
    page = customer.page
    address, password = registers(customer)
    page.get_by_role("button", name="Sign out").click()
    subject = known_person(customer.stack, address, "Another Name")

    goes_to_the_provider(page)
    proves(page, subject)
    # The account that was there, and no second one.
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Lovelace")
    secret, codes = sets_up_a_second_factor(customer, password)
    page.get_by_role("button", name="Sign out").click()

    # The provider's word alone is not enough from now on.
    goes_to_the_provider(page)
    proves(page, subject)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    customer.judge("second-step-after-provider")
    page.goto("/account")
    expect(page).to_have_url(re.compile("/login"))

    goes_to_the_provider(page)
    proves(page, subject)
    # The code that confirmed is used; the next one counts already.
    page.get_by_label("Six-digit code").fill(one_time_password(secret, time.time() + 30))
    page.get_by_role("button", name="Sign in").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Lovelace")
    visitor.judged += customer.judged
    customer.context.close()
    return subject, codes


def signs_in_through_a_provider(visitor):
    """All of the above → what the provider calls somebody with a second factor, and a recovery code."""
    comes_as_somebody_new(visitor)
    subject, codes = joins_the_account_of_a_password(visitor)
    return subject, codes[0]


def signs_in_through_it_without_script(browser, stack, subject, recovery_code):
    context = browser.new_context(java_script_enabled=False, base_url=stack.url("cp-backend"))
    keeps_styles_out(context)
    page = context.new_page()
    goes_to_the_provider(page)
    proves(page, subject)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    page.get_by_text("The phone is not here?").click()
    page.get_by_label("Recovery code").fill(recovery_code)
    page.get_by_role("button", name="Sign in").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Lovelace")
    context.close()
