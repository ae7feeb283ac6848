# SPDX-License-Identifier: Apache-2.0
"""The first record of a TLS client, made by hand: it offers what no library of today would (B.4)."""

import os


def client_hello(cipher: int, *, tls_1_3: bool) -> bytes:
    """Write the record with which a client that knows one cipher begins, as no library of today would."""

    def sized(width: int, content: bytes) -> bytes:
        return len(content).to_bytes(width, "big") + content

    def extension(number: int, content: bytes) -> bytes:
        return number.to_bytes(2, "big") + sized(2, content)

    groups, signatures = sized(2, b"\x00\x1d\x00\x17"), sized(2, b"\x04\x03\x08\x04\x04\x01")
    extensions = extension(10, groups) + extension(11, b"\x01\x00") + extension(13, signatures)
    if tls_1_3:
        extensions += extension(43, sized(1, b"\x03\x04")) + extension(51, sized(2, b"\x00\x1d" + sized(2, os.urandom(32))))
    said = b"\x03\x03" + os.urandom(32) + sized(1, b"") + sized(2, cipher.to_bytes(2, "big")) + sized(1, b"\x00")
    return b"\x16\x03\x01" + sized(2, b"\x01" + sized(3, said + sized(2, extensions)))
