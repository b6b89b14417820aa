"""Ed25519 signatures over heads of the chain, bundles and edition manifests (library: cryptography)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safeconduct.records.chain import canonical


class SigningError(ValueError):
    """A key or signature cannot be read or does not fit."""


def make_key(path: Path) -> str:
    """Write a new private key (PEM, readable by its owner only) and return the public key as hex.

    Raises:
        SigningError: the file exists.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SigningError(f"{path}: exists; a key is never overwritten") from None
    with os.fdopen(fd, "wb") as f:
        f.write(pem)
    return key.public_key().public_bytes_raw().hex()


def sign(body: Mapping[str, Any], key_file: Path) -> dict[str, Any]:
    """The body with ``public_key`` and ``signature`` over its canonical JSON (all keys but the signature).

    Raises:
        SigningError: the key file is missing or not an Ed25519 private key.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as e:
        raise SigningError(f"{key_file}: not a private key that can be read: {e}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningError(f"{key_file}: expected an Ed25519 private key")
    signed = {k: v for k, v in body.items() if k != "signature"} | {
        "public_key": key.public_key().public_bytes_raw().hex()
    }
    return signed | {"signature": key.sign(canonical(signed)).hex()}


def check_signature(body: Mapping[str, Any], public_key: str | None = None) -> str:
    """The public key whose signature holds over the body.

    Args:
        public_key: hex of the key expected; without it any key is taken and only named.
    Raises:
        SigningError: no signature, a wrong one, or one of another key.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        named = str(body["public_key"])
        signature = bytes.fromhex(str(body["signature"]))
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(named))
    except (KeyError, ValueError) as e:
        raise SigningError(f"no signature that can be read: {e!r}") from None
    if public_key is not None and named != public_key.strip().lower():
        raise SigningError(f"signed by {named}, expected {public_key}")
    try:
        key.verify(signature, canonical({k: v for k, v in body.items() if k != "signature"}))
    except InvalidSignature:
        raise SigningError(f"the signature of {named} does not fit the content") from None
    return named
