#!/usr/bin/env python3
"""Letters of a portal go over TLS to a real mail server (aiosmtpd), and to nobody who only pretends to be it.

usage: mail.py EXECUTABLES        (run by scripts/test-mail)
"""

import email
import email.policy
import logging
import os
import re
import socket
import ssl
import sys
import tempfile
import time
import warnings

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

import portals
from portals import check

# Its warnings are about the servers that we mean to be wrong.
warnings.filterwarnings("ignore", module="aiosmtpd")
logging.getLogger("mail.log").setLevel(logging.CRITICAL)

ADMIN = "admin@example.com"
LOGIN, PASSWORD = b"lockstep", b"a pass word"


class TLSController(Controller):
    def _trigger_server(self):
        # It looks whether it serves; with certificates of an authority of our own it could not.
        with socket.create_connection((self.hostname, self.port), 10) as plain:
            with ssl._create_unverified_context().wrap_socket(plain) as secret:
                secret.recv(1024)


class MailServer:
    """What it was told, by whom, and how.

    tls: `starttls`, `smtps`, or `none`.
    """

    def __init__(self, port, authority, name="localhost", tls="starttls"):
        self.letters, self.senders, self.logins = [], [], []
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(name).configure_cert(context)
        common = {"hostname": "127.0.0.1", "port": port, "authenticator": self.knows, "auth_required": True}
        self.controller = {
            "starttls": lambda: Controller(self, **common, tls_context=context, require_starttls=True),
            "smtps": lambda: TLSController(self, **common, ssl_context=context, auth_require_tls=False),
            "none": lambda: Controller(self, **common, auth_require_tls=False),
        }[tls]()

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    def knows(self, server, session, envelope, mechanism, data):
        self.logins.append((session.ssl is not None, mechanism))
        return AuthResult(success=(data.login, data.password) == (LOGIN, PASSWORD), handled=False)

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.senders.append(address)
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.letters.append((session.ssl, envelope.rcpt_tos, email.message_from_bytes(
            envelope.content, policy=email.policy.default)))
        return "250 OK"


class World(portals.World):
    def start_portal(self, name, authority, server, **extra):
        super().start_portal(name, "platform", name, **{
            "MAIL_URL": f"{server}:{self.ports['mail']}", "MAIL_FROM": "Lockstep <no-reply@example.com>",
            "MAIL_USERNAME": LOGIN.decode(), "MAIL_PASSWORD": PASSWORD.decode(), "MAIL_TLS_CA_FILE": authority,
        } | extra)

    def forgets_the_password(self, name):
        """As a person does, on the page."""
        browser = portals.Browser()
        _, _, page = browser.send(self.url(name) + "/forgot")
        token = re.search(r'name="form_token" value="([^"]+)"', page).group(1)
        status, _, _ = browser.send(self.url(name) + "/forgot", {"email": ADMIN, "form_token": token})
        check(status in (200, 303), f"/forgot answered {status}")

    def log(self, name):
        with open(os.path.join(self.folder, f"{name}.log"), encoding="utf-8") as log:
            return log.read()


def wait_for(what, holds, seconds=60):
    deadline = time.monotonic() + seconds
    while not holds():
        check(time.monotonic() < deadline, f"{what}: not in {seconds} s")
        time.sleep(0.1)


def opens_its_link(world, name, server):
    _, recipients, letter = server.letters[-1]
    check(recipients == [ADMIN] and letter["To"] and ADMIN in letter["To"], f"the letter went to {recipients}")
    link = re.search(r"http://\S+", letter.get_content()).group(0)
    check(link.startswith(world.url(name) + "/"), "the link leads elsewhere")
    status, _, page = portals.Browser().send(link)
    check(status == 200 and "password" in page.lower(), f"the link of the letter answered {status}")


def letters(world, ours, theirs, authority):
    port = world.ports["mail"]
    world.start_portal("starttls", authority, "smtp://localhost")
    world.forgets_the_password("starttls")
    for server in (
        MailServer(port, theirs), MailServer(port, ours, name="mail.elsewhere.example"),
        MailServer(port, ours, tls="none"),
    ):
        with server:
            told = len(world.log("starttls"))
            wait_for("the portal says why the letter did not go", lambda: "SSL" in world.log("starttls")[told:])
        check(not server.letters and not server.senders, "a letter went to a server that is not ours")
        check(not server.logins, "the password went to a server that is not ours")
    yield "a server of another authority, of another name, or without TLS gets neither letter nor password"

    with MailServer(port, ours) as server:
        wait_for("the letters arrive after all", lambda: server.letters, 120)
        check(server.logins and all(is_secret for is_secret, _ in server.logins), f"logins: {server.logins}")
        check(all(tls is not None for tls, _, _ in server.letters), "a letter came without TLS")
        opens_its_link(world, "starttls", server)
    yield "what waited arrives at the right server by STARTTLS, after a login; its link opens"

    with MailServer(port, ours, tls="smtps") as server:
        world.start_portal("smtps", authority, "smtps://localhost")
        world.forgets_the_password("smtps")
        wait_for("the letter", lambda: server.letters)
        opens_its_link(world, "smtps", server)
    yield "a letter arrives by smtps"
    for name in ("starttls", "smtps"):
        check(PASSWORD.decode() not in world.log(name), f"{name}: the log holds the mail server's password")
    yield "no log holds the mail server's password"


def main(executables):
    with tempfile.TemporaryDirectory() as folder:
        world = World(os.path.abspath(executables), folder, ("mail", "starttls", "smtps"))
        ours, theirs = trustme.CA(), trustme.CA()
        authority = os.path.join(folder, "authority.pem")
        ours.cert_pem.write_to_path(authority)
        count = world.see("mail", letters(world, ours, theirs, authority))
        print(f"mail: {count} things seen, with a real mail server")


if __name__ == "__main__":
    main(*sys.argv[1:])
