"""An object store on this machine that speaks S3."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

KEYS = {"access_key": "example", "secret_key": "example-secret"}


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """Its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def bucket(object_store: str) -> Iterator[dict[str, str]]:
    """An empty bucket, as the options of the storage."""
    client = boto3.client(
        "s3",
        endpoint_url=object_store,
        region_name="us-east-1",
        aws_access_key_id=KEYS["access_key"],
        aws_secret_access_key=KEYS["secret_key"],
    )
    client.create_bucket(Bucket="jianheng")
    yield {"bucket_name": "jianheng", "endpoint_url": object_store, "region_name": "us-east-1", **KEYS}
    for found in client.list_objects_v2(Bucket="jianheng").get("Contents", ()):
        client.delete_object(Bucket="jianheng", Key=found["Key"])
    client.delete_bucket(Bucket="jianheng")
