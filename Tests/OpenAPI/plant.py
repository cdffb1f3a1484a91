"""A plant of its own for a test: one process, one database, gone afterwards."""

import json
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request


class Plant:
    """Used as a context. `database` is a DATABASE_URL, or None for SQLite in `folder`."""

    def __init__(self, programs: pathlib.Path, folder: pathlib.Path, database: str | None):
        self.programs, self.folder = programs, folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.internal_token = secrets.token_hex(32)
        self.environment = {
            "PATH": os.environ["PATH"],
            "ENVIRONMENT": "test",
            "JWT_SECRET": secrets.token_hex(32),
            "LOCKSTEP_INTERNAL_TOKEN": self.internal_token,
            "DATABASE_URL": database or f"sqlite://{folder}/plant.sqlite",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "LOG_LEVEL": "warning",
            # Served here, and refused: no request of these comes through a gateway.
            "ENABLE_DB_UPDATES": "true",
        }
        self.log = folder / "plant.log"

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [self.programs / "plant"], env=self.environment, stdout=log, stderr=log, cwd=self.folder)
        for _ in range(600):
            if self.process.poll() is not None:
                raise SystemExit(f"openapi: the plant did not start\n{self.log.read_text()}")
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=5):
                    return self
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"openapi: the plant does not answer\n{self.log.read_text()}")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def token(self, *roles: str, customer: str | None = None) -> str:
        """For an hour, signed by the command line with the plant's own key."""
        arguments = [self.programs / "lockstep", "token", "issue", "--sub", f"u-{roles[0]}", "--ttl", "1h"]
        for role in roles:
            arguments += ["--role", role]
        if customer:
            arguments += ["--customer-id", customer]
        answer = subprocess.run(
            arguments, env=self.environment, cwd=self.folder, capture_output=True, text=True, check=True)
        return answer.stdout.strip()

    def call(self, method: str, path: str, body=None, token: str | None = None):
        """Status and JSON of an answer."""
        request = urllib.request.Request(
            self.url + path, method=method, data=None if body is None else json.dumps(body).encode())
        if body is not None:
            request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Bearer {token or self.internal_token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or "null")
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.loads(refusal.read() or "null")


# Several plants are made at once: none is told a port that another has not taken yet.
given: set[int] = set()


def free_port() -> int:
    while True:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        if port not in given:
            given.add(port)
            return port
