"""Tokens pass both ways between the suite and three libraries in another language.

usage: interop.py LOCKSTEP     (the built executable; scripts/test-interop calls this)

Ours are made by `lockstep token issue` and theirs are judged by `lockstep token verify`: the code that the services run.
"""

import base64
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time

from peers import PEERS, version

ALGORITHMS = ["HS256", "HS384", "HS512"]


class Lockstep:
    """The command line, in a folder and an environment of its own."""

    def __init__(self, executable, folder, secret, algorithm):
        self.executable = executable
        self.folder = folder
        self.environment = {
            "PATH": os.environ.get("PATH", ""),
            "ENVIRONMENT": "test",
            "JWT_SECRET": secret.decode(),
            "JWT_ALGORITHM": algorithm,
        }

    def run(self, *arguments, token=""):
        done = subprocess.run(
            [self.executable, "token", *arguments], input=token, capture_output=True, text=True, cwd=self.folder,
            env=self.environment, timeout=60)
        if done.returncode not in (0, 1):
            raise AssertionError(f"lockstep token {arguments[0]} ended with {done.returncode}: {done.stderr.strip()}")
        return done

    def issue(self, *more):
        done = self.run(
            "issue", "--sub", "u-1", "--email", "ada@example.org", "--role", "admin", "--role", "viewer", "--ttl", "15m",
            "--format", "json", *more)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def verify(self, token, *more):
        """The verdict; its exit code is held to what it says."""
        done = self.run("verify", "--format", "json", *more, token=token)
        verdict = json.loads(done.stdout)
        assert verdict["valid"] == (done.returncode == 0), (verdict, done.returncode)
        return verdict


def claims(**changes):
    now = int(time.time())
    return {
        "iss": "lockstep-platform", "sub": "u-2", "aud": "lockstep", "iat": now, "exp": now + 600,
        "email": "grace@example.org", "roles": ["viewer"],
    } | changes


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def encoded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def tampered(token):
    """Three forgeries: another subject, another signature, and a signature cut short."""
    head, payload, signature = token.split(".")
    content = json.loads(decoded(payload))
    content["sub"] = "root"
    tag = bytearray(decoded(signature))
    tag[0] ^= 1
    return [
        f"{head}.{encoded(json.dumps(content).encode())}.{signature}",
        f"{head}.{payload}.{encoded(bytes(tag))}",
        f"{head}.{payload}.{encoded(bytes(tag[:-1]))}",
    ]


def refuses(peer, token, secret, algorithm):
    try:
        peer.verify(token, secret, algorithm)
    except Exception:  # each library has errors of its own; any of them is a refusal
        return True
    return False


def cases(peer, executable, folder, algorithm):
    """Yields (name, check) for one library and algorithm."""
    secret = secrets.token_urlsafe(64).encode()
    lockstep = Lockstep(executable, folder, secret, algorithm)
    kid = lockstep.issue()["kid"]

    def ours(*more):
        def check():
            token = lockstep.issue(*more)["token"]
            read = peer.verify(token, secret, algorithm)
            assert (read["sub"], read["email"], read["roles"]) == ("u-1", "ada@example.org", ["admin", "viewer"]), read
            assert read["iss"] == "lockstep-platform" and read["exp"] - read["iat"] == 900, read
        return check

    def ours_tampered():
        for token in tampered(lockstep.issue()["token"]):
            assert refuses(peer, token, secret, algorithm), token.split(".")[1]
            assert lockstep.verify(token)["code"] == "bad_signature"

    def ours_under_another_secret():
        assert refuses(peer, lockstep.issue()["token"], secrets.token_urlsafe(64).encode(), algorithm)

    def theirs(name):
        def check():
            verdict = lockstep.verify(peer.sign(claims(), secret, algorithm, name))
            assert verdict["valid"], verdict
            assert (verdict["subject"], verdict["roles"], verdict["kid"]) == ("u-2", ["viewer"], kid), verdict
        return check

    def theirs_refused(code, name=kid, secret=secret, **changes):
        def check():
            verdict = lockstep.verify(peer.sign(claims(**changes), secret, algorithm, name))
            assert verdict.get("code") == code, verdict
        return check

    def theirs_tampered():
        for name in (kid, None):
            for token in tampered(peer.sign(claims(), secret, algorithm, name)):
                assert lockstep.verify(token)["code"] == "bad_signature"

    def any_payload():
        path = os.path.join(folder, "keys.json")
        for name in ("a-key", None):
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"keys": [peer.jwk(secret, algorithm, name)]}, file)
            token = peer.sign_bytes(b"\x00\xff any bytes", secret, algorithm, name)
            verdict = lockstep.verify(token, "--jwks", path, "--signature-only")
            assert verdict["valid"] and verdict["algorithm"] == algorithm, verdict
            forged = token.split(".")
            forged[1] = encoded(b"other bytes")
            assert not lockstep.verify(".".join(forged), "--jwks", path, "--signature-only")["valid"]

    now = int(time.time())
    stranger = secrets.token_urlsafe(64).encode()
    yield "accepts ours", ours()
    yield "accepts ours without kid", ours("--without-kid")
    yield "refuses ours when tampered with", ours_tampered
    yield "refuses ours under another secret", ours_under_another_secret
    yield "is accepted by ours, with kid", theirs(kid)
    yield "is accepted by ours, without kid", theirs(None)
    yield "is refused when tampered with", theirs_tampered
    yield "is refused under an unknown kid", theirs_refused("unknown_key", name="nobody")
    yield "is refused under another secret", theirs_refused("bad_signature", secret=stranger)
    yield "is refused under another secret without kid", theirs_refused("bad_signature", name=None, secret=stranger)
    yield "is refused when expired", theirs_refused("expired", iat=now - 900, exp=now - 300)
    yield "is refused from a stranger", theirs_refused("wrong_issuer", iss="stranger")
    yield "is refused for another audience", theirs_refused("wrong_audience", aud="another")
    yield "is refused for a role beyond its issuer", theirs_refused("role_not_allowed", roles=["customer"])
    yield "signs any bytes, checked with its own JWK", any_payload


def main():
    executable = os.path.abspath(sys.argv[1])
    failed_at_all = False
    with tempfile.TemporaryDirectory() as folder:
        for peer in PEERS:
            passed = failed = 0
            for algorithm in ALGORITHMS:
                for name, check in cases(peer, executable, folder, algorithm):
                    try:
                        check()
                        passed += 1
                    except Exception as error:  # a failing case is told, and the others are run
                        failed += 1
                        print(f"{peer.name}, {algorithm}: {name}: {type(error).__name__}: {error}", file=sys.stderr)
            print(f"interop: {peer.name} {version(peer)}: {passed} passed, {failed} failed")
            failed_at_all = failed_at_all or failed > 0 or passed == 0
    return 1 if failed_at_all else 0


if __name__ == "__main__":
    sys.exit(main())
