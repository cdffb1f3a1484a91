"""The four services as processes on free ports, each with an environment of its own; and an OpenID provider beside them."""

import json
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

# name → executable
SERVICES = {"pp-backend": "portal", "cp-backend": "portal", "plant-gateway": "gateway", "plant-backend": "plant"}
ADMIN_EMAIL = "admin@lockstep.example"
# What its button says.
PROVIDER = "Acme"


def free_ports(count):
    """Taken together, so that no two are the same."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def status(url):
    """The HTTP status, or None when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


class Stack:
    def __init__(self, executables, folder, provider=None):
        """provider: the executable of oidc-provider-mock; without it nobody signs in through one."""
        self.executables, self.provider = executables, provider
        self.folder = folder
        self.secret = secrets.token_urlsafe(48)
        self.password = secrets.token_urlsafe(18)
        self.internal_token = secrets.token_urlsafe(32)
        self.data_key = secrets.token_urlsafe(32)
        self.ports = dict(zip([*SERVICES, "provider"], free_ports(len(SERVICES) + 1)))
        self.processes = {}

    def url(self, name):
        return f"http://127.0.0.1:{self.ports[name]}"

    @property
    def issuer(self):
        """Another site than the portals' to a browser, which knows sites by their host's name."""
        return f"http://localhost:{self.ports['provider']}"

    def mail(self, name):
        """The folder where a portal leaves its letters."""
        return os.path.join(self.folder, f"{name}-mail")

    def environment(self, name):
        everyone = [self.url(each) for each in SERVICES]
        values = {
            "PATH": os.environ.get("PATH", ""),
            "ENVIRONMENT": "development",
            "JWT_SECRET": self.secret,
            "LOCKSTEP_INTERNAL_TOKEN": self.internal_token,
            "PORTAL_URLS": ",".join(everyone[:2]),
            "KEY_AGREEMENT_INTERVAL_SECONDS": "1",
            "PORT": str(self.ports[name]),
            "PLANT_BACKEND_URL": self.url("plant-backend"),
        }
        if name in ("pp-backend", "plant-backend"):
            values["ENABLE_DB_UPDATES"] = "true"
        if name == "plant-backend":
            # So long somebody can come back to a statement that still runs.
            values["DB_UPDATES_TIMEOUT_SECONDS"] = "10"
        if name != "plant-gateway":
            values["DATABASE_URL"] = f"sqlite://{self.folder}/{name}.sqlite"
        if SERVICES[name] == "portal":
            values |= {
                "PORTAL_KIND": "platform" if name == "pp-backend" else "customer",
                "PORTAL_DATA_KEY": self.data_key,
                "PORTAL_SERVICE_URLS": ",".join(everyone),
                "PLANT_GATEWAY_URL": self.url("plant-gateway"),
                "MAIL_FOLDER": self.mail(name),
            }
            if self.provider:
                values |= {
                    "PORTAL_PUBLIC_URL": self.url(name),
                    "OIDC_PROVIDERS": "acme", "OIDC_ACME_ISSUER": self.issuer, "OIDC_ACME_DISPLAY_NAME": PROVIDER,
                    "OIDC_ACME_CLIENT_ID": name, "OIDC_ACME_CLIENT_SECRET": self.data_key, "OIDC_ACME_ALLOW_HTTP": "true",
                }
        if name == "pp-backend":
            values |= {"PORTAL_ADMIN_EMAIL": ADMIN_EMAIL, "PORTAL_ADMIN_PASSWORD": self.password}
        return values

    def start(self, name, path="/ready", **changes):
        """Waits until `path` answers 200."""
        self.run(name, [os.path.join(self.executables, SERVICES[name])], self.environment(name) | changes)
        if path:
            self.wait(name, path)

    def run(self, name, arguments, environment):
        with open(self.log(name), "ab") as log:
            self.processes[name] = subprocess.Popen(
                arguments, env=environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def start_provider(self):
        """What it signs has no kid, and neither has its key."""
        self.run("provider", [self.provider, "-p", str(self.ports["provider"]), "--require-nonce", "true"],
                 {"PATH": os.environ.get("PATH", "")})
        self.wait("provider", "/.well-known/openid-configuration")

    def provider_knows(self, subject, **claims):
        """From now on somebody can sign in there as `subject`."""
        request = urllib.request.Request(
            f"{self.issuer}/users/{subject}", json.dumps(claims).encode(), {"content-type": "application/json"}, method="PUT")
        with urllib.request.urlopen(request, timeout=10):
            pass

    def wait(self, name, path):
        deadline = time.monotonic() + 40
        while status(self.url(name) + path) != 200:
            code = self.processes[name].poll()
            if code is not None:
                raise AssertionError(f"{name} ended with {code}")
            if time.monotonic() > deadline:
                raise AssertionError(f"{name} does not answer {path} with 200 in 40 s")
            time.sleep(0.05)

    def start_all(self):
        if self.provider:
            self.start_provider()
        for name in SERVICES:
            self.start(name, path=None)
        for name in SERVICES:
            self.wait(name, "/ready")

    def seed_farms(self):
        """Invented farms with a past, as `lockstep seed farm` makes them."""
        subprocess.run(
            [os.path.join(self.executables, "plant"), "seed", "farm"], env=self.environment("plant-backend"),
            cwd=self.folder, check=True, stdout=subprocess.DEVNULL, timeout=60)

    def stop(self, name):
        process = self.processes.pop(name, None)
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop_all(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for name in list(self.processes):
            self.stop(name)

    def log(self, name):
        return os.path.join(self.folder, f"{name}.log")

    def tails(self):
        """The ends of the logs, for a failure."""
        parts = []
        for name in self.ports:
            if os.path.exists(self.log(name)):
                with open(self.log(name), encoding="utf-8", errors="replace") as log:
                    parts.append(f"--- {name}\n{log.read()[-4000:]}")
        return "\n".join(parts)
