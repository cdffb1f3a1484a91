"""Keys rotated under constant load: prints how many requests each rotation saw and how many failed, which must be none.

Started by scripts/test-rotations, which has built the executables and started PostgreSQL. Each scenario has a stack of its
own: a gateway and two replicas each of portal and plant, behind HAProxy, on PostgreSQL.
"""

import argparse
import json
import pathlib
import re
import secrets
import subprocess
import sys
import tempfile
import time

from load import Load, call
from page import Person
from stack import EMAIL, Stack, wait_for
from vault import Vault

PATH = "/api/v1/customers?perPage=1"
# Seconds beyond what rotation waits for anyway.
MARGIN = "2"
RATE = 1200


class Failed(Exception):
    pass


def check(condition, message):
    if not condition:
        raise Failed(message)


def rotate(stack, *arguments, timeout=180):
    """One `lockstep rotate …` to its end: (exit code, decoded answer, what it said)."""
    process = stack.lockstep(
        "rotate", *arguments, "--store", stack.reference, "--margin", MARGIN, "--format", "json")
    try:
        answer, said = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise Failed(f"lockstep rotate {' '.join(arguments)} did not end within {timeout} s:\n"
                     + process.communicate()[1][-1500:])
    try:
        return process.returncode, json.loads(answer), said
    except ValueError:
        return process.returncode, None, answer + said


def must_rotate(stack, *arguments):
    before = time.monotonic()
    code, answer, said = rotate(stack, "run", *arguments)
    check(code == 0, f"lockstep rotate run {' '.join(arguments)} ended with {code}: {answer} {said[-1500:]}")
    kid = None

    def settled():
        nonlocal kid
        kid = stack.settled_on()
        return kid is not None

    wait_for("every replica on the new ring", settled, 30)
    print(f"  rotated to {kid} in {time.monotonic() - before:.1f} s", flush=True)
    return kid


# The scenarios. Each takes a running stack under load.


def in_a_row(stack, count):
    """Rotations in a row."""
    kids = {stack.settled_on()}
    for _ in range(count):
        kids.add(must_rotate(stack))
    check(len(kids) == count + 1, f"{count} rotations came by {len(kids)} keys: {kids}")


def algorithms(stack, _):
    """HS256 to ES256 to EdDSA to HS256, by ordinary rotations."""
    for algorithm in ("ES256", "EdDSA", "HS256"):
        must_rotate(stack, "--algorithm", algorithm, "--layout", "jwks")
        # Every replica has let go of the old key by now; the keeper hears of it with their next reports.
        wait_for(f"reports of {algorithm} alone", lambda: reported(stack) == {(algorithm,)}, 30)
        status, body = call(f"{stack.portal_url}/.well-known/jwks.json")
        published = body.get("keys", []) if status == 200 else []
        check(len(published) == (0 if algorithm == "HS256" else 1), f"published for {algorithm}: {status} {body}")


def reported(stack):
    """The algorithms of each replica's keys, as the keeper was told."""
    replicas = stack.fleet()["replicas"]
    return {tuple(key["algorithm"] for key in replica["report"]["keys"]) for replica in replicas}


def lagging(stack, _):
    """A replica whose mounted copy comes 10 s late: promotion waits."""
    stack.courier.lag["plant-2"] = 10
    before = time.monotonic()
    must_rotate(stack)
    check(time.monotonic() - before >= 10, "the rotation did not wait for the late replica")


def partitioned(stack, _):
    """A replica that serves and can't reach the portal: promotion is blocked, by name; healed, it goes on."""
    stack.relay.cut()
    time.sleep(8)
    code, answer, said = rotate(stack, "run", "--timeout", "6")
    check(code == 1, f"a rotation past a partitioned replica ended with {code}: {answer} {said}")
    check("plant-2" in json.dumps(answer) + said, f"the replica that holds it up is not named: {answer} {said}")
    states = {state for replica in stack.replicas for state in replica.keys().values()}
    check("previous" not in states, f"promoted past a partitioned replica: {states}")
    stack.relay.heal()
    must_rotate(stack)


def killed(stack, _):
    """The rotating command is killed with -9 after each of its steps; the next one goes on where it was."""
    for moment in ("begun", "promoted", "confirmed", "finished"):
        process = stack.lockstep("rotate", "run", "--store", stack.reference, "--margin", MARGIN)
        for line in process.stderr:
            if re.search(rf"\b{moment}\b", line):
                break
        process.kill()
        process.wait()
        print(f"  killed at {moment}", flush=True)
        if moment == "finished":
            break
        code, answer, said = rotate(stack, "run")
        check(code == 0, f"after kill -9 at {moment}: {code} {answer} {said[-1500:]}")
        wait_for("every replica on one key", stack.settled_on, 30)
    must_rotate(stack)


def together(stack, _):
    """Two commands at once: one rotates, the other waits or gives way; one rotation at a time."""
    first = stack.lockstep("rotate", "run", "--store", stack.reference, "--margin", MARGIN)
    second = stack.lockstep("rotate", "run", "--store", stack.reference, "--margin", MARGIN)
    outputs = [process.communicate(timeout=240) for process in (first, second)]
    codes = [first.returncode, second.returncode]
    check(0 in codes and set(codes) <= {0, 1}, f"two at once ended with {codes}: {outputs}")
    wait_for("every replica on one key", stack.settled_on, 60)


def store_down(stack, _):
    """The store (a Vault) answers nothing for 8 s in the middle of a rotation."""
    process = stack.lockstep("rotate", "run", "--store", stack.reference, "--margin", MARGIN)
    for line in process.stderr:
        if re.search(r"\bbegun\b", line):
            break
    stack.store.down()
    time.sleep(8)
    ready = [replica.name for replica in stack.replicas if not replica.is_ready()]
    check(not ready, f"not ready while the store is down: {ready}")
    stack.store.up()
    _, said = process.communicate(timeout=180)
    check(process.returncode == 0, f"the rotation ended with {process.returncode}: {said[-1500:]}")
    wait_for("every replica on one key", stack.settled_on, 30)


def from_the_page(stack, _):
    """Begun, taken back and begun again on the portal's keys page, which names a late replica meanwhile."""
    person = Person(stack.portal_url)
    person.sign_in(EMAIL, stack.password)
    old = stack.settled_on()
    stack.courier.lag["plant-2"] = 6
    person.rotate("begin")
    wait_for("the late replica on the page", lambda: re.search(
        r"plant plant-2</strong> does not hold the new key yet", person.get("/keys")), 20)
    person.rotate("rollback")
    wait_for("the old ring everywhere", lambda: stack.settled_on() == old, 60)
    wait_for("the page that says it was taken back", lambda: "was taken back" in person.get("/keys"), 30)
    stack.courier.lag.clear()
    person.rotate("begin")
    wait_for("the end on the page", lambda: "; finished at" in person.get("/keys"), 120)
    wait_for("every replica on one key", stack.settled_on, 30)
    check(stack.settled_on() != old, "the key is the old one")


SCENARIOS = {
    scenario.__name__: scenario
    for scenario in (in_a_row, algorithms, lagging, partitioned, killed, together, store_down, from_the_page)
}


def perform(name, options):
    with tempfile.TemporaryDirectory(prefix="lockstep-rotations-") as folder:
        folder = pathlib.Path(folder)
        secret = secrets.token_urlsafe(48)
        store = Vault(folder, secret) if name == "store_down" else None
        stack = Stack(folder, options.executables, options.postgres, store)
        stack.ring.write_text(secret)
        stack.portals_write = name == "from_the_page"
        if name == "partitioned":
            stack.plants[1].variables = lambda: {**stack.plant_variables(), "PORTAL_URLS": stack.relay.url}
        try:
            stack.start()
            load = Load(stack.gateway.url, {"email": EMAIL, "password": stack.password}, folder, PATH, RATE,
                        interval=1.5)
            with load:
                SCENARIOS[name](stack, options.rotations)
        except Exception:
            for replica in stack.replicas:
                if replica.log.exists():
                    print(f"--- {replica.name}\n{replica.log.read_text()[-1500:]}", file=sys.stderr)
            raise
        finally:
            stack.stop()
            if store:
                store.stop()
        print(f"rotations: {name}: {load.result}", flush=True)
        check(not load.result.failures, f"{name}: {load.result.failures[:10]}")
        check(load.result.requests > 200, f"{name}: the load stood still")
        for log in folder.glob("*.log"):
            text = log.read_text()
            check(not any(value in text for value in (secret, stack.internal_token, stack.password)),
                  f"{name}: {log.name} holds a secret")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--executables", type=pathlib.Path, required=True)
    parser.add_argument("--postgres", required=True, help="URL of a server where databases may be made")
    parser.add_argument("--rotations", type=int, default=5)
    parser.add_argument("scenarios", nargs="*", choices=[*SCENARIOS, []], default=[], help="all without any")
    options = parser.parse_args()
    for name in options.scenarios or SCENARIOS:
        print(f"rotations: {name}: {SCENARIOS[name].__doc__}", flush=True)
        try:
            perform(name, options)
        except (Failed, RuntimeError) as fault:
            sys.exit(f"rotations: {name} FAILED: {fault}")


if __name__ == "__main__":
    main()
