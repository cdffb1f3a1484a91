"""AWS: our store and signer against moto, with its checks of signatures and policies on, and boto3 on the other side.

usage: aws_moto.py LOCKSTEP TESTS     (scripts/test-stores says more)
"""

import json
import os
import socket
import subprocess
import sys
import time

import boto3
import botocore.config
import botocore.exceptions

import swift_tests
from store_check import FIRST, RING, SECOND, expect

REGION = "eu-central-1"
THIRD = "H4jL9sW2xP7vN1cT6bM3qR8dF5gK0zAyEuIoB-tGhJmXrVnC"
BINARY = bytes([0xFF, 0, 1, 0x80])


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def client(service, url, key):
    return boto3.client(
        service, endpoint_url=url, region_name=REGION, aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        config=botocore.config.Config(retries={"max_attempts": 1}, proxies={}))


def user(iam, name, actions):
    """Three calls: user, policy, key."""
    iam.create_user(UserName=name)
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    iam.put_user_policy(
        UserName=name, PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    return iam.create_access_key(UserName=name)["AccessKey"]


def wait_until_open(port, process):
    for _ in range(300):
        if process.poll() is not None:
            sys.exit(f"stores: moto ended with {process.returncode}")
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("stores: moto did not open its port within 30 s")


def staged(manager, name):
    """The values under each label that boto3 finds."""
    found = {}
    for label in ("AWSCURRENT", "AWSPENDING", "AWSPREVIOUS", "lockstep-writing"):
        try:
            found[label] = manager.get_secret_value(SecretId=name, VersionStage=label)["SecretString"]
        except manager.exceptions.ResourceNotFoundException:
            continue
    return found


def check(url, tests):
    allowed = user(
        client("iam", url, {"AccessKeyId": "none", "SecretAccessKey": "none"}), "allowed",
        ["secretsmanager:*", "kms:*", "iam:*"])
    describing = user(client("iam", url, allowed), "describing", ["secretsmanager:DescribeSecret"])
    manager = client("secretsmanager", url, allowed)

    # From here on a signature counts; without this the tests below would show nothing.
    wrong = client("secretsmanager", url, dict(allowed, SecretAccessKey="wrong"))
    try:
        wrong.list_secrets()
        sys.exit("stores: moto does not check signatures")
    except botocore.exceptions.ClientError:
        pass

    manager.create_secret(Name="from-boto3/staged", SecretString=FIRST)
    manager.put_secret_value(SecretId="from-boto3/staged", SecretString=SECOND)
    manager.put_secret_value(SecretId="from-boto3/staged", SecretString=THIRD, VersionStages=["AWSPENDING"])
    manager.create_secret(Name="from-boto3/binary", SecretBinary=BINARY)
    key = client("kms", url, allowed).create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]

    count = swift_tests.run(
        tests, "SecretStoresTests.MotoTests", LOCKSTEP_MOTO_URL=url,
        LOCKSTEP_MOTO_ALLOWED_ID=allowed["AccessKeyId"], LOCKSTEP_MOTO_ALLOWED_KEY=allowed["SecretAccessKey"],
        LOCKSTEP_MOTO_DESCRIBING_ID=describing["AccessKeyId"],
        LOCKSTEP_MOTO_DESCRIBING_KEY=describing["SecretAccessKey"], LOCKSTEP_MOTO_KMS_KEY=key["KeyId"])

    expect(staged(manager, "from-lockstep/staged") == {"AWSCURRENT": FIRST, "AWSPENDING": SECOND},
           "boto3 does not find the stages that lockstep wrote")
    expect(staged(manager, "from-lockstep/ring") == {"AWSCURRENT": RING},
           "boto3 does not find the ring that lockstep wrote")
    expect(manager.get_secret_value(SecretId="from-lockstep/binary")["SecretBinary"] == BINARY,
           "boto3 does not find the bytes that lockstep wrote")
    return count


def main():
    _, _, tests = sys.argv
    port = free_port()
    environment = dict(os.environ, INITIAL_NO_AUTH_ACTION_COUNT="3")
    server = subprocess.Popen(
        [os.path.join(os.path.dirname(sys.executable), "moto_server"), "-H", "127.0.0.1", "-p", str(port)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_open(port, server)
        count = check(f"http://127.0.0.1:{port}", tests)
    finally:
        server.terminate()
        server.wait(timeout=10)
    print(f"stores: AWS held to moto (signatures and policies checked) and boto3, both ways; {count} Swift tests")


if __name__ == "__main__":
    main()
