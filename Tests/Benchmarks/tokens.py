"""Access tokens as a portal issues them, and files of a million of them in lines of one width."""

import base64
import hashlib
import hmac
import json
import time

HEADER_TYPE = "at+jwt"
USER, EMAIL, ROLE = "bench", "bench@example.org", "super_admin"
# Longer than the longest whole run, and within the verifiers' JWT_MAX_LIFETIME_HOURS (24).
LIFETIME = 12 * 3600
NUMBER = b"%016x"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def kid(secret):
    return base64url(hmac.new(secret.encode(), b"lockstep/kid/v1", hashlib.sha256).digest())[:16].decode()


class Mint:
    """Tokens that differ in `jti` and `sid`, and wherever else a `#` stands for their number: all have one length."""

    def __init__(self, secret, user=USER, email=EMAIL, role=ROLE, issuer="lockstep-platform"):
        now = int(time.time())
        header = json.dumps({"alg": "HS256", "typ": HEADER_TYPE, "kid": kid(secret)}, separators=(",", ":"))
        claims = json.dumps({
            "iss": issuer, "sub": user, "user_id": user, "aud": "lockstep", "iat": now,
            "exp": now + LIFETIME, "jti": "#", "sid": "#", "email": email, "roles": [role],
        }, separators=(",", ":"))
        self.key = secret.encode()
        self.header = base64url(header.encode()) + b"."
        self.parts = claims.encode().split(b"#")

    def token(self, serial):
        number = NUMBER % serial
        signed = self.header + base64url(number.join(self.parts))
        return signed + b"." + base64url(hmac.digest(self.key, signed, "sha256"))

    def write(self, path, count, first=1):
        """Without separators: token n stands at n times the width. Answers the width."""
        with open(path, "wb", buffering=1 << 20) as file:
            for serial in range(first, first + count):
                file.write(self.token(serial))
        return len(self.token(first))
