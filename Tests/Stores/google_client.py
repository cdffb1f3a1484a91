"""Google: our fake and our store against google-cloud-secret-manager, each reading what the other wrote.

usage: google_client.py LOCKSTEP TESTS     (scripts/test-stores says more)
"""

import sys

import google.api_core.exceptions
import google.oauth2.credentials
import google_crc32c
from google.cloud import secretmanager_v1
from google.cloud.secretmanager_v1.services.secret_manager_service import transports

import store_check
import swift_tests
from store_check import expect, fake, refuses

PARENT = "projects/acme"
FIRST, SECOND = store_check.FIRST.encode(), store_check.SECOND.encode()


def connect(url):
    transport = transports.SecretManagerServiceRestTransport(
        host=url.removeprefix("http://"), url_scheme="http",
        credentials=google.oauth2.credentials.Credentials(token="user-token"))
    return secretmanager_v1.SecretManagerServiceClient(transport=transport)


def put(client, name, *values):
    client.create_secret(parent=PARENT, secret_id=name, secret={"replication": {"automatic": {}}})
    for value in values:
        client.add_secret_version(
            parent=f"{PARENT}/secrets/{name}",
            payload={"data": value, "data_crc32c": google_crc32c.value(value)})


def get(client, name, version="latest"):
    answer = client.access_secret_version(name=f"{PARENT}/secrets/{name}/versions/{version}")
    expect(answer.payload.data_crc32c == google_crc32c.value(answer.payload.data), f"the checksum of {name} is wrong")
    return answer.payload.data


def check(url, tests):
    client = connect(url)
    put(client, "from-google", FIRST, SECOND)
    put(client, "from-google_NEXT", FIRST)
    put(client, "from-google-bytes", bytes([0xFF, 0, 1, 0x80]))
    put(client, "from-google-disabled", FIRST)
    client.disable_secret_version(name=f"{PARENT}/secrets/from-google-disabled/versions/1")

    # The fake refuses in the way that Google's client knows.
    expect(refuses(google.api_core.exceptions.NotFound, lambda: get(client, "nowhere")),
           "a secret that is not there is read")
    expect(refuses(google.api_core.exceptions.BadRequest, lambda: get(client, "from-google-disabled")),
           "a version that is disabled is read")
    expect(refuses(google.api_core.exceptions.Conflict, lambda: put(client, "from-google")), "a secret is made twice")
    secret = client.get_secret(name=f"{PARENT}/secrets/from-google")
    client.update_secret(
        secret={"name": secret.name, "etag": secret.etag, "annotations": {"a": "b"}},
        update_mask={"paths": ["annotations"]})
    stale = {"name": secret.name, "etag": secret.etag, "annotations": {}}
    expect(refuses(google.api_core.exceptions.BadRequest,
                   lambda: client.update_secret(secret=stale, update_mask={"paths": ["annotations"]})),
           "an etag that is over is taken")
    wrong = {"data": FIRST, "data_crc32c": google_crc32c.value(SECOND)}
    expect(refuses(google.api_core.exceptions.BadRequest,
                   lambda: client.add_secret_version(parent=secret.name, payload=wrong)),
           "a wrong checksum is taken")

    count = swift_tests.run(tests, "SecretStoresTests.GoogleClientTests", LOCKSTEP_GOOGLE_URL=url)

    expect(get(client, "from-lockstep") == SECOND, "Google's client does not find what lockstep wrote")
    expect(get(client, "from-lockstep", 1) == FIRST, "Google's client does not find the version before")
    expect(get(client, "from-lockstep_PREVIOUS") == FIRST, "Google's client does not find the previous key")
    expect(refuses(google.api_core.exceptions.BadRequest, lambda: get(client, "from-lockstep_NEXT")),
           "a key that was taken away is still there")
    expect(get(client, "from-lockstep-ring") == '{"keys":["é"]}\n'.encode(), "Google's client does not find the ring")
    annotations = client.get_secret(name=f"{PARENT}/secrets/from-lockstep").annotations
    expect(not annotations, "a writer's lease stayed")
    return count


def main():
    _, _, tests = sys.argv
    with fake("gcp_secret_manager.py") as (url,):
        count = check(url, tests)
    print(f"stores: Google held to google-cloud-secret-manager, both ways; {count} Swift tests")


if __name__ == "__main__":
    main()
