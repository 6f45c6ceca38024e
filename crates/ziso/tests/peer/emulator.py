#!/usr/bin/env python3
"""Reads a ZSO or CSO file as PCSX2 does, and writes the image in it: emulator.py IN OUT.

Blocks are of a power of two. A plain one is read as a full block, wherever the next begins. Of a ZSO file's compressed
block, decoding goes on until the block is full or its bytes end. A CSO file's has to be a whole raw stream of deflate that
becomes a full block, the last one too. Other readers of CSO files ask for no more than that.
"""

import struct
import sys
import zlib

HEADER = struct.Struct("<4sIQIBBxx")
PLAIN = 0x8000_0000


def length(source, at, nibble):
    """A length that begins in a token, and where the next field is."""
    if nibble < 15:
        return nibble, at
    while source[at] == 255:
        nibble, at = nibble + 255, at + 1
    return nibble + source[at], at + 1


def lz4(source, size):
    out, at = bytearray(), 0
    while len(out) < size and at < len(source):
        token = source[at]
        literals, at = length(source, at + 1, token >> 4)
        out += source[at:at + literals]
        at += literals
        if len(out) >= size or at >= len(source):
            break
        offset = int.from_bytes(source[at:at + 2], "little")
        assert 0 < offset <= len(out), f"a match {offset} bytes back, after {len(out)}"
        match, at = length(source, at + 2, token & 15)
        for _ in range(match + 4):
            out.append(out[-offset])
    assert out, "nothing in a block"
    return out[:size]


def inflate(source, size):
    stream = zlib.decompressobj(-15)
    block = stream.decompress(source)
    assert stream.eof and len(block) == size, f"a block of {len(block)} bytes"
    return block


def main():
    with open(sys.argv[1], "rb") as source:
        file = source.read()
    magic, _, total, size, version, align = HEADER.unpack_from(file)
    decode = {b"ZISO": lz4, b"CISO": inflate}[magic]
    assert version == 1 and size >= 2048 and size & (size - 1) == 0, f"version {version}, blocks of {size} bytes"
    count = -(-total // size)
    index = struct.unpack_from(f"<{count + 1}I", file, HEADER.size)
    places = [(entry & ~PLAIN) << align for entry in index]
    assert places[0] >= HEADER.size + 4 * (count + 1) and places[-1] <= len(file)
    image = bytearray()
    for entry, start, end in zip(index, places, places[1:]):
        assert start < end, f"a block from {start} to {end}"
        image += file[start:start + size] if entry & PLAIN else decode(file[start:end], size)
    assert len(image) >= total, f"{len(image)} bytes"
    with open(sys.argv[2], "wb") as target:
        target.write(image[:total])


if __name__ == "__main__":
    main()
