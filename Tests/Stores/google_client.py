"""Google: our fake and our store against google-cloud-secret-manager, each reading what the other wrote.

usage: google_client.py LOCKSTEP TESTS     (scripts/test-stores says more)
"""

import os
import subprocess
import sys

import google.api_core.exceptions
import google.oauth2.credentials
import google_crc32c
from google.cloud import secretmanager_v1
from google.cloud.secretmanager_v1.services.secret_manager_service import transports

import swift_tests

PARENT = "projects/acme"
FIRST = b"Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7NbKvRy2WzDh"
SECOND = b"p0OiU8yT6rE4wQ2aSdF5gH7jK9lZ1xC3vB0nM-Yt_RkWqLsE"


def expect(holds, what):
    if not holds:
        sys.exit(f"stores: {what}")


def connect(port):
    transport = transports.SecretManagerServiceRestTransport(
        host=f"127.0.0.1:{port}", url_scheme="http",
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


def refused(call, error, what):
    try:
        call()
    except error:
        return
    sys.exit(f"stores: {what}")


def check(port, tests):
    client = connect(port)
    put(client, "from-google", FIRST, SECOND)
    put(client, "from-google_NEXT", FIRST)
    put(client, "from-google-bytes", bytes([0xFF, 0, 1, 0x80]))
    put(client, "from-google-disabled", FIRST)
    client.disable_secret_version(name=f"{PARENT}/secrets/from-google-disabled/versions/1")

    # The fake refuses in the way that Google's client knows.
    refused(lambda: get(client, "nowhere"), google.api_core.exceptions.NotFound, "a secret that is not there is read")
    refused(lambda: get(client, "from-google-disabled"), google.api_core.exceptions.BadRequest,
            "a version that is disabled is read")
    refused(lambda: put(client, "from-google"), google.api_core.exceptions.Conflict, "a secret is made twice")
    secret = client.get_secret(name=f"{PARENT}/secrets/from-google")
    client.update_secret(
        secret={"name": secret.name, "etag": secret.etag, "annotations": {"a": "b"}},
        update_mask={"paths": ["annotations"]})
    refused(
        lambda: client.update_secret(
            secret={"name": secret.name, "etag": secret.etag, "annotations": {}},
            update_mask={"paths": ["annotations"]}),
        google.api_core.exceptions.BadRequest, "an etag that is over is taken")
    refused(
        lambda: client.add_secret_version(
            parent=secret.name, payload={"data": FIRST, "data_crc32c": google_crc32c.value(SECOND)}),
        google.api_core.exceptions.BadRequest, "a wrong checksum is taken")

    count = swift_tests.run(
        tests, "SecretStoresTests.GoogleClientTests", LOCKSTEP_GOOGLE_URL=f"http://127.0.0.1:{port}")

    expect(get(client, "from-lockstep") == SECOND, "Google's client does not find what lockstep wrote")
    expect(get(client, "from-lockstep", 1) == FIRST, "Google's client does not find the version before")
    expect(get(client, "from-lockstep_PREVIOUS") == FIRST, "Google's client does not find the previous key")
    refused(lambda: get(client, "from-lockstep_NEXT"), google.api_core.exceptions.BadRequest,
            "a key that was taken away is still there")
    expect(get(client, "from-lockstep-ring") == '{"keys":["é"]}\n'.encode(), "Google's client does not find the ring")
    annotations = client.get_secret(name=f"{PARENT}/secrets/from-lockstep").annotations
    expect(not annotations, "a writer's lease stayed")
    return count


def main():
    _, _, tests = sys.argv
    fake = os.path.join(os.path.dirname(__file__), "..", "Fakes", "gcp_secret_manager.py")
    server = subprocess.Popen([sys.executable, "-B", fake, "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        port = int(server.stdout.readline().split()[-1])
        count = check(port, tests)
    finally:
        server.terminate()
        server.wait(timeout=10)
    print(f"stores: Google held to google-cloud-secret-manager, both ways; {count} Swift tests")


if __name__ == "__main__":
    main()
