"""People and their accounts: who registers, forgets a password, is invited; and what an administrator reads and asks."""

import email
import email.policy
import json
import pathlib
import re
import secrets
import time
import urllib.request

from playwright.sync_api import expect

from stack import ADMIN_EMAIL


def link_to(stack, service, address, words):
    """The link of the newest letter to that address with these words in its subject."""
    folder = pathlib.Path(stack.mail(service))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for file in sorted(folder.glob("*.eml"), key=lambda each: each.stat().st_mtime, reverse=True):
            letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            if address in letter["To"] and words in letter["Subject"]:
                return re.search(r"http://\S+", letter.get_content()).group()
        time.sleep(0.1)
    raise AssertionError(f"no letter to {address} about {words} in 60 s")


def registers(customer):
    """From the form and the letter to one's own pages; the address and the password."""
    stack, page = customer.stack, customer.page
    address, password = f"ada-{secrets.token_hex(4)}@example.com", secrets.token_urlsafe(18)
    page.goto("/login")
    page.get_by_role("link", name="Register").click()
    customer.judge("register")
    page.get_by_label("Name").fill("Ada Lovelace")
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Register").click()
    expect(page.locator("#password-wrong")).to_contain_text("at least 12 characters")
    customer.judge("register-short-password")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Register").click()
    page.goto(link_to(stack, "cp-backend", address, "Confirm"))
    customer.judge("verify")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Confirm").click()
    page.goto("/login")
    customer.sign_in(password, address)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Lovelace")
    customer.judge("customer-overview")
    return address, password


def forgets(customer, address):
    stack, page = customer.stack, customer.page
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Forgot your password?").click()
    customer.judge("forgot")
    page.get_by_label("Email address").fill(address)
    page.get_by_role("button", name="Send the link").click()
    page.goto(link_to(stack, "cp-backend", address, "new password"))
    customer.judge("reset")
    password = secrets.token_urlsafe(18)
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_role("button", name="Set the password").click()
    page.goto("/login")
    customer.sign_in(password, address)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Lovelace")


def becomes_a_customer(visitor):
    """Registers; then forgets the password."""
    customer = visitor.beside("cp-backend")
    address, _ = registers(customer)
    forgets(customer, address)
    visitor.judged += customer.judged
    customer.context.close()


def invites(visitor):
    """An administrator invites somebody, who accepts, and looks at their account."""
    stack, page = visitor.stack, visitor.page
    address = f"grace-{secrets.token_hex(4)}@example.com"
    page.get_by_role("navigation", name="Main").get_by_role("link", name="People").click()
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("Email address").fill(address)
    page.get_by_role("checkbox").last.check()
    visitor.judge("invite")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("rowheader", name=address)).to_be_visible()
    visitor.judge("people")
    guest = visitor.beside("pp-backend")
    guest.page.goto(link_to(stack, "pp-backend", address, "invited"))
    guest.judge("invitation")
    guest.page.get_by_label("Name").fill("Grace Hopper")
    guest.page.get_by_label("Password").fill(secrets.token_urlsafe(18))
    guest.page.get_by_role("button", name="Accept the invitation").click()
    expect(guest.page.get_by_role("heading", level=1)).to_be_visible()
    visitor.judged += guest.judged
    guest.context.close()
    page.reload()
    page.get_by_label("Name or address").fill(address)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Grace Hopper").click()
    visitor.judge("person")


def reads_the_trail(visitor):
    page = visitor.page
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Audit").click()
    visitor.judge("audit")
    page.get_by_label("Event").select_option("login.failed")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("cell", name="login.failed").first).to_be_visible()
    page.get_by_label("Who or what").fill("nobody@example.com")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Nothing is recorded that fits")).to_be_visible()
    visitor.judge("audit-nothing")


def looks_into_a_token(visitor):
    stack, page = visitor.stack, visitor.page
    body = json.dumps({"email": ADMIN_EMAIL, "password": stack.password}).encode()
    request = urllib.request.Request(
        stack.url("pp-backend") + "/api/v1/auth/login", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        token = json.load(answer)["access_token"]
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Keys").click()
    page.get_by_label("Token", exact=True).fill(token[:-6] + "AAAAAA")
    page.get_by_role("button", name="Look into it").click()
    expect(page.get_by_text("bad_signature")).to_be_visible()
    visitor.judge("inspection")


def sees_components(visitor):
    page = visitor.page
    page.goto("/styleguide")
    visitor.judge("styleguide")
    page.get_by_role("link", name="Delete it").click()
    dialog = page.get_by_role("dialog", name="Delete it?")
    expect(dialog).to_be_visible()
    visitor.judge("styleguide-dialog")
    dialog.get_by_role("button", name="Leave it").click()
    expect(dialog).to_be_hidden()


def administers_without_script(browser, stack):
    """Keys, a token looked into, an invitation and the trail, with forms and links alone."""
    context = browser.new_context(java_script_enabled=False, base_url=stack.url("pp-backend"))
    page = context.new_page()
    page.goto("/keys")
    page.get_by_label("Email address").fill(ADMIN_EMAIL)
    page.get_by_label("Password").fill(stack.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Every service holds the key")).to_be_visible()
    page.get_by_label("Token", exact=True).fill("not a token")
    page.get_by_role("button", name="Look into it").click()
    expect(page.get_by_text("malformed_token")).to_be_visible()
    page.get_by_role("link", name="People").click()
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("Email address").fill("plain@example.com")
    page.get_by_role("checkbox").last.check()
    page.get_by_role("button", name="Send the invitation").click()
    page.get_by_role("button", name="Revoke plain@example.com").click()
    expect(page.get_by_role("row", name=re.compile("plain@example.com.*Revoked"))).to_be_visible()
    page.get_by_role("link", name="Audit").click()
    page.get_by_label("Event").select_option("invitation.revoked")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("cell", name="invitation.revoked").first).to_be_visible()
    # The menu of a phone scrolls sideways: it begins where one is. (With script, the page rules look.)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/audit")
    box = page.get_by_role("navigation", name="Main").get_by_role("link", name="Audit").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 320, f"where one is in the menu is out of sight: {box}"
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    context.close()


def meets_people(visitor):
    becomes_a_customer(visitor)
    invites(visitor)
    reads_the_trail(visitor)
    looks_into_a_token(visitor)
    sees_components(visitor)
