"""A gateway and two replicas each of portal and plant on PostgreSQL, as real processes, each portal and plant pair behind
HAProxy as behind any balancer. Each replica mounts its own copy of the ring, as a node of a cluster does.
"""

import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time

from load import call

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EMAIL = "admin@lockstep.example"
# Seconds; short, so that a rotation takes seconds, and long beside the pauses of a busy machine.
TOKEN_LIFE = 12
LEEWAY = 5


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"{what}: not within {seconds} s")


class Replica:
    def __init__(self, stack, service, executable, number, variables):
        self.stack, self.service, self.executable = stack, service, executable
        self.name = f"{service}-{number}"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ring = stack.folder / self.name / "ring"
        self.ring.parent.mkdir()
        self.mount = Mount(self.ring.parent)
        self.variables, self.process = variables, None
        self.log = stack.folder / f"{self.name}.log"

    def start(self):
        variables = {
            "PATH": os.environ["PATH"], "ENVIRONMENT": "staging", "HOST": "127.0.0.1", "PORT": str(self.port),
            "LOCKSTEP_INSTANCE": self.name, "LOCKSTEP_INTERNAL_TOKEN": self.stack.internal_token,
            "LOG_LEVEL": "info", "LOG_FORMAT": "json", "KEY_AGREEMENT_INTERVAL_SECONDS": "1",
            "FLEET_REPORT_INTERVAL_SECONDS": "1", "FLEET_MISSING_SECONDS": "5",
            "JWT_LEEWAY_SECONDS": str(LEEWAY), "JWT_SECRET_REFRESH_SECONDS": "1",
            "PORTAL_URLS": self.stack.portal_url,
        }
        variables.update(self.stack.source(self))
        variables.update(self.variables())
        self.process = subprocess.Popen(
            [str(self.stack.executables / self.executable)], env=variables, stdin=subprocess.DEVNULL,
            stdout=self.log.open("a"), stderr=subprocess.STDOUT)

    def is_ready(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self.process.returncode}:\n{self.log.read_text()[-2000:]}")
        return call(f"{self.url}/ready", timeout=2)[0] == 200

    def keys(self):
        """kid → state, as the replica itself says."""
        status, body = call(f"{self.url}/internal/v1/keys", token=self.stack.internal_token)
        if status != 200:
            raise RuntimeError(f"{self.name}: {status} {body}")
        return {key["kid"]: key["state"] for key in body["secrets"]["keys"]}

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


NAMES = ("ring", "ring_NEXT", "ring_PREVIOUS")


class Mount:
    """A folder as a kubelet makes one of a Secret: the files are links into `..data`, which is swapped whole."""

    def __init__(self, folder):
        self.folder, self.count, self.content = folder, 0, None
        for name in NAMES:
            (folder / name).symlink_to(f"..data/{name}")

    def hold(self, content):
        if content == self.content:
            return
        self.count += 1
        version = self.folder / f"..{self.count}"
        version.mkdir()
        for name, value in content:
            (version / name).write_bytes(value)
        fresh = self.folder / "..fresh"
        fresh.symlink_to(version.name)
        fresh.rename(self.folder / "..data")
        self.content = content


class Courier(threading.Thread):
    """Brings the store's files to each replica's mount, as a kubelet does; to some of them late."""

    def __init__(self, stack):
        super().__init__(daemon=True)
        self.stack, self.stopped, self.lag = stack, threading.Event(), {}
        self.seen = {}

    def run(self):
        while not self.stopped.wait(0.2):
            self.deliver()

    def content(self):
        """What lies there, all of one moment."""
        while True:
            looks = []
            for _ in range(2):
                files = [(name, self.stack.ring.with_name(name)) for name in NAMES]
                looks.append(tuple((name, file.read_bytes()) for name, file in files if file.exists()))
                time.sleep(0.02)
            if looks[0] == looks[1]:
                return looks[0]

    def deliver(self):
        content, now = self.content(), time.monotonic()
        for replica in self.stack.replicas:
            waiting = self.seen.setdefault(replica.name, [])
            if not waiting or waiting[-1][1] != content:
                waiting.append((now, content))
            due = [value for since, value in waiting if now - since >= self.lag.get(replica.name, 0)]
            if due or replica.mount.content is None:
                replica.mount.hold(due[-1] if due else content)


class Relay:
    """Passes connections on to a port; while it is cut, ends those there are and takes no new ones."""

    def __init__(self, target):
        self.target, self.is_cut, self.open = target, False, set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            if self.is_cut:
                client.close()
                continue
            try:
                upstream = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            self.open |= {client, upstream}
            for one, other in ((client, upstream), (upstream, client)):
                threading.Thread(target=self.pump, args=(one, other), daemon=True).start()

    def pump(self, one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            self.open.discard(end)
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        self.is_cut = True
        for end in list(self.open):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def heal(self):
        self.is_cut = False


class Stack:
    def __init__(self, folder, executables, postgres, store=None):
        """`postgres`: URL of a server where databases may be made. `store`: a reference that all replicas read in place
        of their mounted copies, with the variables that it needs."""
        self.folder, self.executables, self.store = folder, executables, store
        self.internal_token = secrets.token_urlsafe(32)
        self.password = secrets.token_urlsafe(18)
        self.data_key = secrets.token_urlsafe(48)
        self.portal_port, self.plant_port = free_port(), free_port()
        self.portal_url = f"http://127.0.0.1:{self.portal_port}"
        # One replica reaches the portal through this, so that it can be cut off alone.
        self.relay = Relay(self.portal_port)
        self.databases = {name: self.database(postgres, name) for name in ("portal", "plant")}
        # What the command line writes; in a folder of its own, as it leaves a lock there.
        (folder / "store").mkdir()
        self.ring = folder / "store" / "ring"
        self.gateway = Replica(self, "gateway", "gateway", 1, self.gateway_variables)
        self.portals = [Replica(self, "portal", "portal", n, self.portal_variables) for n in (1, 2)]
        self.plants = [Replica(self, "plant", "plant", n, self.plant_variables) for n in (1, 2)]
        self.replicas = [self.gateway, *self.portals, *self.plants]
        self.courier = Courier(self)
        self.haproxy = None
        # Whether portals read the store itself, which they may write to then, in place of a mounted copy.
        self.portals_write = False

    @staticmethod
    def database(postgres, name):
        own = f"rotations_{name}_{os.getpid()}_{secrets.token_hex(4)}"
        subprocess.run(["psql", "-q", postgres, "-c", f"CREATE DATABASE {own}"], check=True)
        base, _, query = postgres.partition("?")
        return base.rsplit("/", 1)[0] + "/" + own + (f"?{query}" if query else "")

    def source(self, replica):
        if self.store:
            return {"JWT_SECRET_STORE": self.store.reference, **self.store.variables}
        if self.portals_write and replica in self.portals:
            return {"JWT_SECRET_STORE": self.reference}
        return {"JWT_SECRET_STORE": f"file://{replica.ring}"}

    def portal_variables(self):
        return {
            # The keeper itself: behind a balancer that asks for readiness it could not reach its own address before it
            # is ready.
            "PORTAL_URLS": "",
            "PORTAL_KIND": "platform", "DATABASE_URL": self.databases["portal"], "PORTAL_DATA_KEY": self.data_key,
            "PORTAL_COOKIE_SECURE": "false", "PORTAL_ADMIN_EMAIL": EMAIL, "PORTAL_ADMIN_PASSWORD": self.password,
            "ACCESS_TOKEN_EXPIRE_SECONDS": str(TOKEN_LIFE), "PLANT_GATEWAY_URL": self.gateway.url,
            **{f"{limit}_LIMIT_PER_MINUTE": "100000" for limit in ("LOGIN_ADDRESS", "LOGIN_ACCOUNT")},
        }

    def plant_variables(self):
        return {"DATABASE_URL": self.databases["plant"]}

    def gateway_variables(self):
        return {
            "PLANT_BACKEND_URL": f"http://127.0.0.1:{self.plant_port}", "GW_AUTH_RATE_LIMIT_PER_MINUTE": "100000",
        }

    def start(self):
        if not self.store:
            self.courier.deliver()
            self.courier.start()
        self.start_balancer()
        for replica in self.replicas:
            replica.start()
        for replica in self.replicas:
            wait_for(f"{replica.name} ready", replica.is_ready, 90)
        for port in (self.portal_port, self.plant_port):
            wait_for("the balancer", lambda port=port: call(f"http://127.0.0.1:{port}/health")[0] == 200)
        wait_for("the fleet", lambda: len(self.fleet()["replicas"]) == len(self.replicas))

    def start_balancer(self):
        def pair(name, port, replicas):
            servers = "\n".join(
                f"    server {one.name} 127.0.0.1:{one.port} check inter 500ms fall 2 rise 1" for one in replicas)
            return (f"listen {name}\n    bind 127.0.0.1:{port}\n    balance roundrobin\n    option httpchk GET /ready\n"
                    f"{servers}\n")

        file = self.folder / "haproxy.cfg"
        file.write_text(
            "global\n    maxconn 2000\ndefaults\n    mode http\n    timeout connect 2s\n    timeout client 60s\n"
            "    timeout server 60s\n    retries 3\n    option redispatch\n"
            + pair("portal", self.portal_port, self.portals) + pair("plant", self.plant_port, self.plants))
        self.haproxy = subprocess.Popen(
            ["haproxy", "-f", str(file)], stdout=(self.folder / "haproxy.log").open("w"), stderr=subprocess.STDOUT)

    def stop(self):
        self.courier.stopped.set()
        for replica in self.replicas:
            replica.stop()
        if self.haproxy:
            self.haproxy.terminate()
            self.haproxy.wait(20)

    def fleet(self):
        status, body = call(f"{self.portal_url}/internal/v1/fleet", token=self.internal_token)
        if status != 200:
            raise RuntimeError(f"fleet: {status} {body}")
        return body

    # The command line, as an operator has it.

    def lockstep(self, *arguments, **options):
        """Starts `lockstep`; its output is read from the pipes."""
        variables = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "ENVIRONMENT": "staging",
            "LOCKSTEP_INTERNAL_TOKEN": self.internal_token, "PORTAL_URLS": self.portal_url,
            **(self.store.variables if self.store else {}),
        }
        return subprocess.Popen(
            [str(self.executables / "lockstep"), *arguments], env=variables, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    @property
    def reference(self):
        return self.store.reference if self.store else f"file://{self.ring}"

    def settled_on(self):
        """The one kid that every replica holds, or None."""
        rings = [replica.keys() for replica in self.replicas]
        if any(ring != rings[0] for ring in rings) or len(rings[0]) != 1:
            return None
        return next(iter(rings[0]))
