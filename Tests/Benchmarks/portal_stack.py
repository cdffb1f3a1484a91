"""The stack of the browser's test with 100 people in it: invited, by the letters that they get, as anybody is."""

import email
import email.policy
import http.client
import json
import pathlib
import re
import secrets
import subprocess
import sys
import time
import urllib.parse

from processes import Failed

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Browser"))

from stack import ADMIN_EMAIL, SERVICES, Stack  # noqa: E402

PLATFORM = "pp-backend"


class PortalStack(Stack):
    def __init__(self, executables, folder, postgres=None):
        """postgres: URL of a server in place of SQLite."""
        super().__init__(str(executables), str(folder))
        self.databases = {}
        for name in SERVICES if postgres else ():
            database = f"bench_{name.replace('-', '_')}_{secrets.token_hex(4)}"
            subprocess.run(["psql", "-q", postgres, "-c", f"CREATE DATABASE {database}"], check=True)
            self.databases[name] = urllib.parse.urlunsplit(urllib.parse.urlsplit(postgres)._replace(path=f"/{database}"))

    def environment(self, name):
        values = super().environment(name) | {"LOG_LEVEL": "info", "TRUSTED_PROXIES": "127.0.0.0/8"}
        del values["KEY_AGREEMENT_INTERVAL_SECONDS"]
        if "DATABASE_URL" in values and name in self.databases:
            values["DATABASE_URL"] = self.databases[name]
        if name == PLATFORM:
            # One administrator asks a hundred people in.
            values |= {"REGISTER_ADDRESS_LIMIT_PER_MINUTE": "100000", "LOGIN_ADDRESS_LIMIT_PER_MINUTE": "100000"}
        return values

    def pid(self, name):
        return self.processes[name].pid

    def seed(self, farms, blocks):
        subprocess.run(
            [f"{self.executables}/plant", "seed", "farm", "--farms", str(farms), "--blocks", str(blocks)],
            env=self.environment("plant-backend"), cwd=self.folder, check=True, stdout=subprocess.DEVNULL, timeout=300)

    def call(self, service, method, path, body=None, token=None, headers=None):
        """→ what the JSON of a success says, or None without any."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[service], timeout=30)
        sent = {"Content-Type": "application/json"} | (headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, sent)
            answer = connection.getresponse()
            said = answer.read()
            if answer.status >= 300:
                raise Failed(f"{method} {path} answers {answer.status}: {said[:300]!r}")
            return json.loads(said) if said else None
        finally:
            connection.close()

    def admin_token(self):
        return self.call(
            PLATFORM, "POST", "/api/v1/auth/login", {"email": ADMIN_EMAIL, "password": self.password})["access_token"]

    def invite(self, count):
        """Administrators, so that every page is theirs → (address, password) of each."""
        admin = self.admin_token()
        people = {f"person-{number}@example.com": secrets.token_urlsafe(18) for number in range(count)}
        for address in people:
            self.call(PLATFORM, "POST", "/api/v1/auth/invitations", {"email": address, "roles": ["admin"]}, admin)
        for address, token in self.letters(people).items():
            self.call(PLATFORM, "POST", "/api/v1/auth/invitations/accept", {
                "token": token, "name": address.split("@")[0], "password": people[address]})
        return list(people.items())

    def letters(self, people):
        """Address → the token in its letter."""
        found, read = {}, set()
        deadline = time.monotonic() + 120
        while len(found) < len(people):
            for file in pathlib.Path(self.mail(PLATFORM)).glob("*.eml"):
                if file in read:
                    continue
                read.add(file)
                letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
                link = re.search(r"http://\S+", letter.get_content())
                if link:
                    found[letter["To"].addresses[0].addr_spec] = urllib.parse.parse_qs(
                        urllib.parse.urlsplit(link[0]).query)["token"][0]
            if time.monotonic() > deadline:
                raise Failed(f"{len(found)} of {len(people)} invitations have come in two minutes")
            time.sleep(0.2)
        return found

    def answered(self):
        """Request id → milliseconds, of the platform portal's log."""
        found = {}
        with open(self.log(PLATFORM), encoding="utf-8", errors="replace") as log:
            for line in log:
                if '"Request answered"' in line:
                    told = json.loads(line)
                    found[told["request_id"]] = float(told["duration_ms"])
        return found
