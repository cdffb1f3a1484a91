"""What the stand-ins for stores of secrets share: a server on 127.0.0.1 that tests steer through `/_control`.

usage: FAKE [--port 0] [--tls FOLDER]
Prints `port N` once it listens. With a folder it makes a certificate of 127.0.0.1 there that is its own authority
(certificate.pem, key.pem; by openssl), serves the same over TLS, and prints `tls-port M` as its second line.

`POST /_control` sets what the next requests meet, for tests alone; each member replaces what was set before:
  fault     {"status": 403, "times": 1, "body": "...", "path": "..."}; without `times` until it is taken away, with `path`
            for paths that hold it; `location` is sent along as a header
  slow      seconds before each answer
  revoke    true: all tokens that were handed out end now
  reset     true: all content and settings are gone
and what the stand-in's own page names. `GET /_control` answers its counts.
"""

import argparse
import itertools
import json
import pathlib
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

CERTIFICATE = """
[req]
distinguished_name = name
x509_extensions = authority
[name]
[authority]
subjectAltName = IP:127.0.0.1
subjectKeyIdentifier = hash
basicConstraints = critical, CA:TRUE
keyUsage = critical, digitalSignature, keyCertSign
"""


class State:
    """Content and settings of a stand-in. `lock` is held wherever a request is answered."""

    # Members of /_control with what holds at first; each is an attribute too.
    settings = {}

    def __init__(self):
        self.lock = threading.Lock()
        self.reset()

    def reset(self):
        """All that a new stand-in has; its own content comes with an override."""
        self.fault = None
        self.slow = 0
        self.tokens = {}  # whatever was handed out -> when it ends, or more
        self.serial = itertools.count(1)
        self.counts = {}
        for name, value in self.settings.items():
            setattr(self, name, value)

    def control(self, body):
        if body.get("reset"):
            self.reset()
        if body.get("revoke"):
            self.tokens.clear()
        for name in ("fault", "slow", *self.settings):
            if name in body:
                setattr(self, name, body[name])

    def due_fault(self, path):
        """What this request meets in place of an answer, or None."""
        fault = self.fault
        if not fault or fault.get("path", "") not in path:
            return None
        if "times" in fault:
            fault["times"] -= 1
            if fault["times"] <= 0:
                self.fault = None
        return fault


class Handler(BaseHTTPRequestHandler):
    """A stand-in has its `state`, its `refuse(status)`, and `route(path, query, body)`, which answers each request."""

    protocol_version = "HTTP/1.1"
    content_type = "application/json"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=None, headers=()):
        """`body` is text, or what becomes JSON, or nothing."""
        data = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", self.content_type)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def handle_any(self):
        url = urlsplit(self.path)
        path = unquote(url.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if path == "/_control":
            with self.state.lock:
                self.state.control(json.loads(body or b"{}"))
                return self.answer(200, self.state.counts)
        if self.state.slow:
            time.sleep(self.state.slow)
        with self.state.lock:
            fault = self.state.due_fault(path)
            if fault is None:
                return self.route(path, form(url.query), body)
            if "body" not in fault and "location" not in fault:
                return self.refuse(fault["status"])
            headers = [("Location", fault["location"])] if "location" in fault else []
            self.answer(fault["status"], fault.get("body"), headers)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any


def form(text):
    """Names and values of a query or a form, the first of each name."""
    return {name: values[0] for name, values in parse_qs(text).items()}


def certificate(folder):
    """The certificate's path and its key's, made anew."""
    paths = [str(pathlib.Path(folder) / name) for name in ("certificate.pem", "key.pem", "openssl.cnf")]
    pathlib.Path(paths[2]).write_text(CERTIFICATE, encoding="utf-8")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-config", paths[2], "-out", paths[0], "-keyout", paths[1]],
        check=True, capture_output=True)
    return paths[:2]


def serve(handler):
    """Serves until it is ended from outside."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", metavar="FOLDER")
    arguments = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", arguments.port), handler)
    print(f"port {server.server_port}", flush=True)
    if arguments.tls:
        encrypted = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate(arguments.tls))
        encrypted.socket = context.wrap_socket(encrypted.socket, server_side=True)
        print(f"tls-port {encrypted.server_port}", flush=True)
        threading.Thread(target=encrypted.serve_forever, daemon=True).start()
    server.serve_forever()
