"""Vault: our store and hvac on two sides of the fake, each reading what the other wrote.

usage: hvac_client.py LOCKSTEP TESTS     (scripts/test-stores says more)
"""

import sys

import hvac
import hvac.exceptions

import swift_tests
from store_check import FIRST, RING, SECOND, expect, fake, refuses


def check(url, tests):
    client = hvac.Client(url=url, namespace="team")
    login = client.auth.approle.login(role_id="role", secret_id="secret-id")
    expect(login["auth"]["renewable"] and client.is_authenticated(), "hvac does not log in to the fake")
    expect(client.auth.token.renew_self()["auth"]["lease_duration"] > 0, "hvac does not renew its token at the fake")
    expect(refuses(hvac.exceptions.InvalidRequest,
                   lambda: hvac.Client(url=url).auth.approle.login(role_id="role", secret_id="wrong")),
           "the fake takes a wrong secret id")
    expect(refuses(hvac.exceptions.Forbidden,
                   lambda: hvac.Client(url=url, token="wrong").secrets.kv.v2.read_secret_version(
                       path="x", raise_on_deleted_version=True)), "the fake takes a wrong token")

    kv = client.secrets.kv.v2
    kv.create_or_update_secret(path="from-hvac/staged", secret={"value": FIRST, "other": {"n": [1, "x"]}}, cas=0)
    kv.create_or_update_secret(path="from-hvac/staged", secret={"value": FIRST, "value_NEXT": SECOND, "other": {"n": [1, "x"]}}, cas=1)
    expect(refuses(hvac.exceptions.InvalidRequest,
                   lambda: kv.create_or_update_secret(path="from-hvac/staged", secret={}, cas=1)),
           "the fake writes over a version that has changed")
    kv.create_or_update_secret(path="from-hvac/deleted", secret={"value": FIRST})
    kv.delete_latest_version_of_secret(path="from-hvac/deleted")
    expect(refuses(hvac.exceptions.InvalidPath,
                   lambda: kv.read_secret_version(path="from-hvac/deleted", raise_on_deleted_version=True)),
           "hvac reads a version that it deleted")

    count = swift_tests.run(tests, "SecretStoresTests.VaultPeerTests", LOCKSTEP_VAULT_FAKE_URL=url)

    read = lambda path: kv.read_secret_version(path=path, raise_on_deleted_version=True)["data"]
    found = read("from-lockstep/staged")
    expect(found["data"] == {"value": FIRST, "value_NEXT": SECOND} and found["metadata"]["version"] == 2,
           "hvac does not find the fields that lockstep wrote")
    expect(read("from-lockstep/ring")["data"] == {"value": RING}, "hvac does not find the ring that lockstep wrote")
    found = read("from-hvac/staged")
    expect(found["data"] == {"value": SECOND, "value_PREVIOUS": FIRST, "other": {"n": [1, "x"]}},
           "a promotion by lockstep did not leave the secret as hvac should find it")
    return count


def main():
    _, _, tests = sys.argv
    with fake("vault_kv.py") as (url,):
        count = check(url, tests)
    print(f"stores: Vault's fake held to hvac, which reads what lockstep wrote and the other way round; {count} Swift tests")


if __name__ == "__main__":
    main()
