"""What pages offer follows what the plant lets roles do: an administrator takes a permission from a role, and its forms go."""

import json
import secrets
import time
import urllib.request

from playwright.sync_api import expect

from people import link_to
from stack import ADMIN_EMAIL

ROLE = "industry_manager"


def asks(url, method, body=None, token=None):
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=10) as answer:
        text = answer.read()
        return json.loads(text) if text else None


def loses_a_permission(browser, stack):
    """Somebody of the role sees the form for a farm, and then its permission is taken; the page, as they left it."""
    portal, address, password = stack.url("pp-backend"), "mary@example.com", secrets.token_urlsafe(18)
    token = asks(f"{portal}/api/v1/auth/login", "POST", {"email": ADMIN_EMAIL, "password": stack.password})["access_token"]
    asks(f"{portal}/api/v1/auth/invitations", "POST", {"email": address, "roles": [ROLE]}, token)
    context = browser.new_context(java_script_enabled=False, base_url=portal)
    page = context.new_page()
    page.goto(link_to(stack, "pp-backend", address, "invited"))
    page.get_by_label("Name").fill("Mary")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Accept the invitation").click()
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Farms").click()
    expect(page.locator("#form-farm")).to_have_count(1)
    asks(f"{stack.url('plant-gateway')}/api/v1/roles/{ROLE}/permissions/farm.manage", "DELETE", token=token)
    return page


def is_offered_less(page):
    """After half a minute at the latest, with whatever else went on meanwhile."""
    deadline = time.monotonic() + 60
    while page.reload() and page.locator("#form-farm").count():
        assert time.monotonic() < deadline, "the form is still offered 60 s after its permission was taken"
        time.sleep(1)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.context.close()
