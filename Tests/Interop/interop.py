"""Tokens and keys pass both ways between the suite and three libraries in another language.

usage: interop.py LOCKSTEP     (the built executable, `portal` beside it; scripts/test-interop calls this)

Ours are made by `lockstep token issue` and theirs are judged by `lockstep token verify`: the code that the services run.
Asymmetric keys are made by `lockstep secret generate`, and the libraries read them as they are written; what a portal
publishes at /.well-known/jwks.json verifies our tokens in each library.
"""

import base64
import contextlib
import hmac
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from peers import PEERS, version

SYMMETRIC = ["HS256", "HS384", "HS512"]
ASYMMETRIC = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
PUBLIC_MEMBERS = {"kty", "kid", "alg", "use", "crv", "x", "y", "n", "e"}


class Key:
    """A key of one algorithm, as a value of JWT_SECRET and as the JWK that the libraries read."""

    def __init__(self, executable, folder, algorithm):
        self.algorithm = algorithm
        if algorithm in SYMMETRIC:
            secret = secrets.token_urlsafe(64)
            self.value = secret
            self.jwk = self.public = {"kty": "oct", "k": encoded(secret.encode())}
            return
        made = subprocess.run(
            [executable, "secret", "generate", "--algorithm", algorithm], capture_output=True, text=True, cwd=folder,
            check=True, timeout=60)
        self.value = made.stdout.strip()
        (ours,) = json.loads(self.value)["keys"]
        # `state` is ours; libraries ignore it, and are not made to.
        self.jwk = {name: member for name, member in ours.items() if name != "state"}
        self.public = {name: member for name, member in self.jwk.items() if name in PUBLIC_MEMBERS}


class Lockstep:
    """The command line, in a folder and an environment of its own."""

    def __init__(self, executable, folder, key):
        self.executable = executable
        self.folder = folder
        self.environment = {
            "PATH": os.environ.get("PATH", ""),
            "ENVIRONMENT": "test",
            "JWT_SECRET": key.value,
            "JWT_ALGORITHM": key.algorithm,
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


def refuses(peer, token, key):
    try:
        peer.verify(token, key.public, key.algorithm)
    except Exception:  # each library has errors of its own; any of them is a refusal
        return True
    return False


def cases(peer, executable, folder, key, stranger):
    """Yields (name, check) for one library and key; the stranger is another key of the same algorithm."""
    algorithm = key.algorithm
    lockstep = Lockstep(executable, folder, key)
    kid = lockstep.issue()["kid"]

    def ours(*more):
        def check():
            token = lockstep.issue(*more)["token"]
            read = peer.verify(token, key.public, algorithm)
            assert (read["sub"], read["email"], read["roles"]) == ("u-1", "ada@example.org", ["admin", "viewer"]), read
            assert read["iss"] == "lockstep-platform" and read["exp"] - read["iat"] == 900, read
        return check

    def ours_tampered():
        for token in tampered(lockstep.issue()["token"]):
            assert refuses(peer, token, key), token.split(".")[1]
            assert lockstep.verify(token)["code"] == "bad_signature"

    def ours_under_another_key():
        assert refuses(peer, lockstep.issue()["token"], stranger)

    def theirs(name):
        def check():
            verdict = lockstep.verify(peer.sign(claims(), key.jwk, algorithm, name))
            assert verdict["valid"], verdict
            assert (verdict["subject"], verdict["roles"], verdict["kid"]) == ("u-2", ["viewer"], kid), verdict
        return check

    def theirs_refused(code, name=kid, signer=key, **changes):
        def check():
            verdict = lockstep.verify(peer.sign(claims(**changes), signer.jwk, algorithm, name))
            assert verdict.get("code") == code, verdict
        return check

    def theirs_tampered():
        for name in (kid, None):
            for token in tampered(peer.sign(claims(), key.jwk, algorithm, name)):
                assert lockstep.verify(token)["code"] == "bad_signature"

    def any_payload():
        path = os.path.join(folder, "keys.json")
        for name in ("a-key", None):
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"keys": [peer.verification_jwk(key.jwk, algorithm, name)]}, file)
            token = peer.sign_bytes(b"\x00\xff any bytes", key.jwk, algorithm, name)
            verdict = lockstep.verify(token, "--jwks", path, "--signature-only")
            assert verdict["valid"] and verdict["algorithm"] == algorithm, verdict
            forged = token.split(".")
            forged[1] = encoded(b"other bytes")
            assert not lockstep.verify(".".join(forged), "--jwks", path, "--signature-only")["valid"]

    def kid_is_thumbprint():
        assert peer.thumbprint(key.public) in (kid, None), (peer.thumbprint(key.public), kid)

    def key_confusion():
        """The text of the public key as an HMAC's secret: what a library that believes the header would let pass.

        Made by hand, as some of the libraries refuse to make it.
        """
        for name in (kid, None):
            parts = [{"alg": "HS256"} | ({"kid": name} if name else {}), claims()]
            signed = ".".join(encoded(json.dumps(part).encode()) for part in parts)
            tag = hmac.digest(json.dumps(key.public).encode(), signed.encode(), "sha256")
            verdict = lockstep.verify(f"{signed}.{encoded(tag)}")
            assert verdict.get("code") == "unsupported_algorithm", verdict

    now = int(time.time())
    yield "accepts ours", ours()
    yield "accepts ours without kid", ours("--without-kid")
    yield "refuses ours when tampered with", ours_tampered
    yield "refuses ours under another key", ours_under_another_key
    yield "is accepted by ours, with kid", theirs(kid)
    yield "is accepted by ours, without kid", theirs(None)
    yield "is refused when tampered with", theirs_tampered
    yield "is refused under an unknown kid", theirs_refused("unknown_key", name="nobody")
    yield "is refused under another key", theirs_refused("bad_signature", signer=stranger)
    yield "is refused under another key without kid", theirs_refused("bad_signature", name=None, signer=stranger)
    yield "is refused when expired", theirs_refused("expired", iat=now - 900, exp=now - 300)
    yield "is refused from a stranger", theirs_refused("wrong_issuer", iss="stranger")
    yield "is refused for another audience", theirs_refused("wrong_audience", aud="another")
    yield "is refused for a role beyond its issuer", theirs_refused("role_not_allowed", roles=["customer"])
    yield "signs any bytes, checked with its own JWK", any_payload
    if algorithm in ASYMMETRIC:
        yield "names the key as we do", kid_is_thumbprint
        yield "is refused with the public key as a secret", key_confusion


@contextlib.contextmanager
def published(executable, folder, keys):
    """What a portal publishes of these keys, the first of them current: the set's text, as it is served."""
    ring = []
    for place, key in enumerate(keys):
        ring += [member | {"state": "next" if place else "current"} for member in json.loads(key.value)["keys"]]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with open(portal_log(folder), "wb") as log:
        portal = subprocess.Popen(
            [os.path.join(os.path.dirname(executable), "portal")], cwd=folder, stdout=log, stderr=log,
            env={
                "PATH": os.environ.get("PATH", ""), "ENVIRONMENT": "test", "JWT_SECRET": json.dumps({"keys": ring}),
                "PORT": str(port), "PORTAL_KIND": "platform", "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite",
            })
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/.well-known/jwks.json", timeout=5) as answer:
                    assert "max-age" in answer.headers["Cache-Control"] and answer.headers["ETag"]
                    yield answer.read().decode()
                    return
            except ConnectionError:
                pass
            except urllib.error.URLError as error:
                if not isinstance(error.reason, ConnectionError):
                    raise
            if portal.poll() is not None:
                with open(portal_log(folder), encoding="utf-8") as log:
                    raise AssertionError(f"the portal ended: {log.read()[-2000:]}")
            time.sleep(0.1)
        raise AssertionError("the portal published nothing within 30 s")
    finally:
        portal.terminate()
        portal.wait(timeout=30)


def portal_log(folder):
    return os.path.join(folder, "portal.log")


def published_cases(peer, executable, folder, keys, text):
    """Yields (name, check): our token of each key, verified with the key that the library finds in the published set."""
    def check(key):
        def verified():
            lockstep = Lockstep(executable, folder, key)
            issued = lockstep.issue()
            found = peer.published(text, issued["kid"])
            assert not set(found) & {"d", "p", "q", "dp", "dq", "qi", "k"}, sorted(found)
            assert peer.verify(issued["token"], found, key.algorithm)["sub"] == "u-1"
        return verified

    for key in keys:
        yield f"{key.algorithm}: verifies ours with the published set", check(key)


def main():
    executable = os.path.abspath(sys.argv[1])
    failed_at_all = False
    with tempfile.TemporaryDirectory() as folder:
        pairs = [
            (Key(executable, folder, algorithm), Key(executable, folder, algorithm))
            for algorithm in SYMMETRIC + ASYMMETRIC]
        public = [key for key, _ in pairs if key.algorithm in ASYMMETRIC]
        with published(executable, folder, public) as text:
            for peer in PEERS:
                passed = failed = 0
                checks = [
                    (f"{key.algorithm}: {name}", check) for key, stranger in pairs
                    for name, check in cases(peer, executable, folder, key, stranger)]
                checks += published_cases(peer, executable, folder, public, text)
                for name, check in checks:
                    try:
                        check()
                        passed += 1
                    except Exception as error:  # a failing case is told, and the others are run
                        failed += 1
                        print(f"{peer.name}, {name}: {type(error).__name__}: {error}", file=sys.stderr)
                print(f"interop: {peer.name} {version(peer)}: {passed} passed, {failed} failed")
                failed_at_all = failed_at_all or failed > 0 or passed == 0
    return 1 if failed_at_all else 0


if __name__ == "__main__":
    sys.exit(main())
