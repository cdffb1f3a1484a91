"""Portals of the built executables, for tests that people's browsers and others' servers take part in."""

import http.cookiejar
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Stay(urllib.request.HTTPRedirectHandler):
    """Redirects are looked at before they are followed."""

    def redirect_request(self, *_):
        return None


class Browser:
    def __init__(self):
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(Stay, urllib.request.HTTPCookieProcessor(self.jar))

    def send(self, url, form=None):
        """(status, location, text)"""
        data = None if form is None else urllib.parse.urlencode(form).encode()
        try:
            with self.opener.open(urllib.request.Request(url, data), timeout=20) as answer:
                return answer.status, answer.headers["Location"], answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers["Location"], error.read().decode()


def check(holds, told):
    if not holds:
        raise AssertionError(told)


def wait(url, process):
    deadline = time.monotonic() + 40
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            check(process.poll() is None, f"{url}: the process ended with {process.returncode}")
            check(time.monotonic() < deadline, f"{url} does not answer in 40 s")
            time.sleep(0.05)


class World:
    def __init__(self, executables, folder, names):
        self.executables, self.folder = executables, folder
        self.ports = dict(zip(names, free_ports(len(names))))
        self.secret, self.password = secrets.token_urlsafe(48), secrets.token_urlsafe(18)
        self.processes = []

    def url(self, name):
        return f"http://127.0.0.1:{self.ports[name]}"

    def start(self, name, arguments, environment, path):
        with open(os.path.join(self.folder, f"{name}.log"), "ab") as log:
            process = subprocess.Popen(
                arguments, env={"PATH": os.environ.get("PATH", "")} | environment, cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.processes.append(process)
        wait(self.url(name) + path, process)

    def start_portal(self, name, kind, public, **extra):
        self.start(name, [os.path.join(self.executables, "portal")], {
            "ENVIRONMENT": "test", "PORTAL_KIND": kind, "PORT": str(self.ports[name]), "JWT_SECRET": self.secret,
            "DATABASE_URL": f"sqlite://{self.folder}/{kind}.sqlite", "LOCKSTEP_INTERNAL_TOKEN": "i" * 40,
            "PLANT_BACKEND_URL": "http://127.0.0.1:9", "PORTAL_PUBLIC_URL": self.url(public),
            "PORTAL_ADMIN_EMAIL": "admin@example.com", "PORTAL_ADMIN_PASSWORD": self.password,
        } | extra, "/health")

    def stop(self):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def tails(self):
        parts = []
        for name in sorted(self.ports):
            path = os.path.join(self.folder, f"{name}.log")
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as log:
                    parts.append(f"--- {name}\n{log.read()[-4000:]}")
        return "\n".join(parts)

    def see(self, what, steps):
        """Tells each thing that the steps yield; where one fails, what the processes said last. Stops all of them."""
        count = 0
        try:
            for told in steps:
                count += 1
                print(f"{what}: {told}")
        except BaseException:
            print(self.tails(), file=sys.stderr)
            raise
        finally:
            self.stop()
        return count
