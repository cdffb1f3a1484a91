"""A member of the fleet that speaks its protocol itself: nothing but Python's standard library.

Three calls, all with `Authorization: Bearer LOCKSTEP_INTERNAL_TOKEN`:

    GET    PORTAL/internal/v1/keys/probe            a token signed with the issuer's current key, to be verified here
    POST   KEEPER/internal/v1/fleet/reports         how that went
    DELETE KEEPER/internal/v1/fleet/reports/SERVICE/INSTANCE?started_at=…     goodbye

Variables: JWT_SECRET, LOCKSTEP_INTERNAL_TOKEN, PORTAL_URLS (the first keeps the fleet table), ENVIRONMENT (production),
SERVICE, INSTANCE. Every FLEET_REPORT_INTERVAL_SECONDS (5) until SIGTERM.
"""

import base64
import hashlib
import hmac
import json
import os
import signal
import threading
import time
import urllib.error
import urllib.request

LEEWAY = 60
# The internal token goes to nobody that a redirect names.
NO_REDIRECT = type("NoRedirect", (urllib.request.HTTPRedirectHandler,), {"redirect_request": lambda *_: None})
OPENER = urllib.request.build_opener(NO_REDIRECT, urllib.request.ProxyHandler({}))


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def key_id(secret):
    """What every service calls this key; tells nothing about it."""
    digest = hmac.new(secret, b"lockstep/kid/v1", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:16]


def probe_fault(token, secret, environment, now):
    """Why the probe does not prove that issuer and member hold one key; None: it does."""
    try:
        head, payload, signature = token.split(".")
        header, claims = json.loads(decode(head)), json.loads(decode(payload))
        presented = decode(signature)
    except ValueError:
        return "the probe is no token"
    if header.get("alg") != "HS256" or header.get("typ") != "probe+jwt":
        return "the probe is not what was asked for"
    expected = hmac.new(secret, f"{head}.{payload}".encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(expected, presented):
        return "signed with another key"
    audience = claims.get("aud")
    if "lockstep-probe" not in (audience if isinstance(audience, list) else [audience]):
        return "the probe is for somebody else"
    if not claims["iat"] - LEEWAY <= now < claims["exp"] + LEEWAY:
        return "the clocks differ by more than the leeway"
    if claims.get("environment") != environment:
        return "the key is the same and the environment is not"
    return None


class Member:
    def __init__(self, variables):
        self.secret = variables["JWT_SECRET"].encode()
        self.authorization = "Bearer " + variables["LOCKSTEP_INTERNAL_TOKEN"]
        self.portals = [url.strip().rstrip("/") for url in variables["PORTAL_URLS"].split(",") if url.strip()]
        self.environment = variables.get("ENVIRONMENT", "production")
        self.service = variables["SERVICE"]
        self.instance = variables["INSTANCE"]
        self.started_at = int(time.time())
        self.has_agreed = False

    def call(self, method, url, body=None):
        headers = {"Authorization": self.authorization, "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(
            url, method=method, headers=headers, data=None if body is None else json.dumps(body).encode())
        with OPENER.open(request, timeout=3) as response:
            return json.loads(response.read(65536) or b"null")

    def agreement(self):
        """`agreed`, `disagreed` or `unconfirmed`, and why."""
        unheard = None
        for portal in self.portals:
            try:
                probe = self.call("GET", portal + "/internal/v1/keys/probe")
            except (OSError, ValueError) as error:
                unheard = f"{portal}: {error}"
                continue
            fault = probe_fault(probe["token"], self.secret, self.environment, time.time())
            if fault:
                return "disagreed", (
                    f"{portal}: {fault}; this service holds {key_id(self.secret)} from env:JWT_SECRET for "
                    f"{self.environment}; {probe['issuer']} signs with {probe['kid']} from {probe['source']} for "
                    f"{probe['environment']}")
        return ("unconfirmed", unheard) if unheard else ("agreed", None)

    def report(self):
        agreement, detail = self.agreement()
        self.has_agreed = self.has_agreed or agreement == "agreed"
        return {
            "service": self.service, "instance": self.instance, "environment": self.environment,
            "source": "env:JWT_SECRET", "delivery": "pinned", "ring_version": 1,
            "keys": [{
                "kid": key_id(self.secret), "algorithm": "HS256", "state": "current",
                "verified": agreement == "agreed",
            }],
            "agreement": agreement, "detail": detail, "layouts": ["names"], "leeway": LEEWAY,
            "started_at": self.started_at, "build": "python",
            # What never agreed serves nobody, and speaks against nobody.
            "ready": self.has_agreed,
        }

    def run(self, stopped, interval):
        reports = self.portals[0] + "/internal/v1/fleet/reports"
        while not stopped.is_set():
            try:
                self.call("POST", reports, self.report())
            except (OSError, ValueError) as error:
                print(f"the fleet keeper does not hear us: {error}", flush=True)
            stopped.wait(interval)
        try:
            self.call("DELETE", f"{reports}/{self.service}/{self.instance}?started_at={self.started_at}")
        except (OSError, ValueError) as error:
            print(f"no goodbye: {error}", flush=True)


def main():
    stopped = threading.Event()
    # Whoever started us may have blocked it, and a child inherits that.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM, signal.SIGINT])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    Member(os.environ).run(stopped, float(os.environ.get("FLEET_REPORT_INTERVAL_SECONDS", "5")))


if __name__ == "__main__":
    main()
