"""A service that knows nothing of Lockstep but JWT_SECRET: GET /whoami answers the subject of a token it verifies.

Listens on 127.0.0.1:PORT. Its agent speaks for it in the fleet.
"""

import base64
import hashlib
import hmac
import http.server
import json
import os
import signal
import time

SECRET = os.environ["JWT_SECRET"].encode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def subject(authorization):
    """Of a valid HS256 token; else None."""
    try:
        head, payload, signature = authorization.removeprefix("Bearer ").split(".")
        if json.loads(decode(head)).get("alg") != "HS256":
            return None
        expected = hmac.new(SECRET, f"{head}.{payload}".encode(), hashlib.sha256).digest()
        if not hmac.compare_digest(expected, decode(signature)):
            return None
        claims = json.loads(decode(payload))
        in_audience = claims.get("aud") in ("lockstep", ["lockstep"])
        return claims["sub"] if in_audience and claims["exp"] > time.time() else None
    except (KeyError, ValueError):
        return None


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            return self.answer(200, {"status": "ok"})
        name = subject(self.headers.get("Authorization", ""))
        return self.answer(200, {"sub": name}) if name else self.answer(401, {"code": "invalid_token"})

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


# Whoever started us may have blocked it, and a child inherits that.
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
