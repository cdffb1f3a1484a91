#!/usr/bin/env python3
"""People sign in at the portals through oidc-provider-mock, as browsers would: redirects, cookies, forms.

usage: oidc.py EXECUTABLES PROVIDER        (run by scripts/test-oidc)
"""

import json
import os
import sys
import tempfile
import urllib.parse

import portals
from portals import check

CLIENT = "lockstep-portal"
# RS256, and neither its tokens nor its key have a kid.
USERS = [
    {"sub": "ada", "email": "ada@example.com", "email_verified": True, "name": "Ada Lovelace"},
    {"sub": "eve", "email": "eve@example.com", "email_verified": False, "name": "Eve"},
    {"sub": "bob", "email": "bob@elsewhere.example", "email_verified": True, "name": "Bob"},
]


class Browser(portals.Browser):
    def sign_in(self, portal, sub, return_to="/", back_at=None):
        """At the portal, to the provider, and back; perhaps to another replica than it came from."""
        status, location, _ = self.send(f"{portal}/auth/oidc/mock/start?return_to={urllib.parse.quote(return_to)}")
        check(status == 303, f"start answered {status}")
        status, back, _ = self.send(location, {"sub": sub} if sub else {"action": "deny"})
        check(status == 302, f"the provider answered {status}")
        self.back = back.replace(portal, back_at) if back_at else back
        return self.send(self.back)

    def holds_token(self):
        return any(cookie.value.count(".") == 2 or "eyJ" in cookie.value for cookie in self.jar)


class World(portals.World):
    def __init__(self, executables, provider, folder):
        super().__init__(executables, folder, ("provider", "platform", "customer", "replica"))
        self.provider = provider

    def start_provider(self):
        arguments = [self.provider, "-p", str(self.ports["provider"]), "--require-nonce", "true"]
        for user in USERS:
            arguments += ["--user-claims", json.dumps(user)]
        self.start("provider", arguments, {}, "/.well-known/openid-configuration")

    def start_portal(self, name, kind, public, **extra):
        super().start_portal(name, kind, public, **{
            "OIDC_PROVIDERS": "mock", "OIDC_MOCK_ISSUER": self.url("provider"), "OIDC_MOCK_CLIENT_ID": CLIENT,
            "OIDC_MOCK_CLIENT_SECRET": "any & every+secret", "OIDC_MOCK_ALLOW_HTTP": "true",
        } | extra)


def customers(world):
    portal = world.url("customer")
    browser = Browser()
    status, location, _ = browser.sign_in(portal, "ada", "/?from=login")
    check((status, location) == (303, "/?from=login"), f"the callback answered {status} {location}")
    status, _, page = browser.send(portal + "/")
    check(status == 200 and "ada@example.com" in page, f"the start page answered {status}")
    check(not browser.holds_token(), "a cookie holds a token")
    yield "a new customer signs in, and no cookie holds a token"

    status, _, _ = browser.send(browser.back)
    check(status == 400, f"the same answer again brought {status}")
    yield "an answer counts once"

    again = Browser()
    status, location, _ = again.sign_in(portal, "ada", back_at=world.url("replica"))
    check((status, location) == (303, "/"), f"the replica answered {status} {location}")
    yield "a browser comes back to another replica than it left"

    thief = Browser()
    _, location, _ = browser.send(f"{portal}/auth/oidc/mock/start")
    _, back, _ = browser.send(location, {"sub": "ada"})
    status, _, _ = thief.send(back)
    check(status == 400, f"another browser's answer brought {status}")
    yield "an answer in another browser than began opens nothing"

    for sub, what in (("eve", "an unverified address"), (None, "who said no at the provider")):
        refused = Browser()
        status, _, page = refused.sign_in(portal, sub)
        check(status in (400, 403) and "<h1" in page, f"{what} brought {status}")
        check(refused.send(portal + "/")[0] == 303, f"{what} is signed in")
        yield f"{what} gets a page that says why, and no session"

    for place in ("//evil.example", "https://evil.example", "/\\evil.example"):
        status, location, _ = Browser().sign_in(portal, "ada", place)
        check((status, location) == (303, "/"), f"return_to={place} led to {location}")
    yield "return_to leads nowhere else"


def platform(world):
    portal = world.url("platform")
    browser = Browser()
    status, _, _ = browser.sign_in(portal, "ada")
    check(status == 303, f"the callback answered {status}")
    check("viewer" in browser.send(portal + "/account")[2], "the role of the settings is not there")
    yield "a colleague of the allowed domain becomes a viewer"
    status, _, _ = Browser().sign_in(portal, "bob")
    check(status == 403, f"another domain brought {status}")
    yield "somebody of another domain stays outside"


def all_of(world):
    world.start_provider()
    world.start_portal("customer", "customer", "customer")
    world.start_portal("replica", "customer", "customer")
    world.start_portal(
        "platform", "platform", "platform", OIDC_MOCK_ROLES="viewer", OIDC_MOCK_ALLOWED_DOMAINS="example.com")
    yield from customers(world)
    yield from platform(world)


def main(executables, provider):
    with tempfile.TemporaryDirectory() as folder:
        world = World(os.path.abspath(executables), os.path.abspath(provider), folder)
        count = world.see("oidc", all_of(world))
        print(f"oidc: {count} things seen, with a real provider")


if __name__ == "__main__":
    main(*sys.argv[1:])
