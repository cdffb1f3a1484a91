"""What people do with their accounts: a second factor, sessions, and programs' accounts."""

import base64
import hashlib
import hmac
import re
import struct
import time

from playwright.sync_api import expect


def one_time_password(secret, moment):
    """RFC 6238, as an authenticator app of its own: nothing here comes from the portal's code."""
    counter = struct.pack(">Q", int(moment) // 30)
    mac = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = mac[-1] & 15
    number = struct.unpack(">I", mac[offset:offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def sets_up_a_second_factor(visitor, password):
    """→ the key, and the recovery codes."""
    page = visitor.page
    page.goto("/account")
    page.get_by_role("link", name="Security and second factor").click()
    visitor.judge("security")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
    page.get_by_text("No camera?").click()
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    visitor.judge("second-factor-set-up")
    page.get_by_label("The code that the app shows now").fill(one_time_password(secret, time.time()))
    page.get_by_role("button", name="Confirm").click()
    codes = page.locator(".secrets code")
    expect(codes).to_have_count(10)
    visitor.judge("recovery-codes")
    kept = codes.all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("10 recovery codes are left.")).to_be_visible()
    visitor.judge("security-on")
    return secret, kept


def signs_in_with_it(visitor, secret):
    page = visitor.page
    page.get_by_role("button", name="Sign out").click()
    visitor.sign_in(visitor.stack.password)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    expect(page.get_by_label("Six-digit code")).to_be_focused()
    visitor.judge("second-step")
    page.get_by_label("Six-digit code").fill("000000")
    page.get_by_role("button", name="Sign in").first.click()
    expect(page.get_by_role("alert")).to_contain_text("The code is wrong")
    visitor.judge("wrong-code")
    # The code that confirmed is used; the next one counts already.
    page.get_by_label("Six-digit code").fill(one_time_password(secret, time.time() + 30))
    page.get_by_role("button", name="Sign in").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Administrator")


def turns_it_off(visitor, code):
    page = visitor.page
    page.goto("/account/security")
    page.get_by_label("Password").fill(visitor.stack.password)
    page.get_by_label("Code of the app, or a recovery code").fill(code)
    page.get_by_role("button", name="Turn it off").click()
    expect(page.get_by_role("status")).to_contain_text("The second factor is off.")


def sees_sessions(visitor):
    page = visitor.page
    page.goto("/account/sessions")
    expect(page.locator(".badge")).to_have_text("This one")
    expect(page.get_by_role("rowheader", name=re.compile("Chrome on Linux")).first).to_be_visible()
    visitor.judge("sessions")


def makes_a_service_account(visitor):
    page = visitor.page
    name = f"importer {visitor.scheme} {visitor.width}"
    page.get_by_role("navigation").get_by_role("link", name="Service accounts").click()
    visitor.judge("service-accounts-before")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Role", exact=True).select_option("viewer")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"The secret of {name}")
    visitor.judge("service-secret")
    client, secret = page.locator("dd code").all_inner_texts()
    answer = visitor.context.request.post(
        "/api/v1/auth/token", form={"grant_type": "client_credentials", "client_id": client, "client_secret": secret})
    assert answer.status == 200, f"the secret that was shown opens nothing: {answer.status}"
    page.get_by_role("link", name="I have kept it").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    visitor.judge("service-accounts")


def keeps_accounts(visitor):
    """All of the above, and the account as it was before."""
    secret, codes = sets_up_a_second_factor(visitor, visitor.stack.password)
    signs_in_with_it(visitor, secret)
    sees_sessions(visitor)
    makes_a_service_account(visitor)
    turns_it_off(visitor, codes[0])
