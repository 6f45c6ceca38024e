#!/usr/bin/env python3
"""Another ZSO tool, on Python's binding of liblz4: what files it writes and reads, `ziso` has to read and write.

It works as the script does that players have had so far, with the same arguments: block by block, with a pool of
processes for -m, and with padding taken away by trying. --floor-end rounds the end entry down, as that script does, and
--whole-blocks leaves out what follows the last whole block, in the index and in the data, but not in the header.
"""

import argparse
import struct
import sys
from functools import partial
from itertools import islice
from multiprocessing import Pool

import lz4.block

HEADER = struct.Struct("<4sIQIBBxx")
PLAIN = 0x8000_0000
# Blocks that the pool is given at a time.
BATCH = 16 * 1024


def encode(block, level):
    mode = {"mode": "default"} if level == 1 else {"mode": "high_compression", "compression": level}
    return lz4.block.compress(block, store_size=False, **mode)


def decode(stored, size):
    """Takes bytes like the last one away until what is left is a block."""
    while stored:
        try:
            return lz4.block.decompress(stored, uncompressed_size=size)
        except lz4.block.LZ4BlockError:
            stored = stored.rstrip(stored[-1:])
    raise ValueError("not an LZ4 block")


def encoded(blocks, args):
    """Blocks, each with what it is compressed to."""
    if not args.m:
        for block in blocks:
            yield block, encode(block, args.c)
        return
    with Pool() as pool:
        while batch := list(islice(blocks, BATCH)):
            yield from zip(batch, pool.map(partial(encode, level=args.c), batch))


def smallest_align(end):
    return next(align for align in range(12) if end >> align < PLAIN)


def compress(source, target, args):
    total = source.seek(0, 2)
    source.seek(0)
    count = total // args.b if args.whole_blocks else -(-total // args.b)
    start = HEADER.size + 4 * (count + 1)
    align = max(args.a, smallest_align(start + total + (1 << args.a)))
    unit = 1 << align
    index = []
    offset = start
    target.seek(start)
    blocks = islice(iter(lambda: source.read(args.b), b""), count)
    for block, stored in encoded(blocks, args):
        fill = -offset % unit
        target.write(args.p * fill)
        offset += fill
        plain = 100 * len(stored) >= args.t * len(block)
        if plain:
            stored = block
        index.append(offset >> align | (PLAIN if plain else 0))
        target.write(stored)
        offset += len(stored)
    index.append((offset if args.floor_end else offset + unit - 1) >> align)
    if not args.floor_end:
        target.write(args.p * (-offset % unit))
    target.seek(0)
    target.write(HEADER.pack(b"ZISO", HEADER.size, total, args.b, 1, align))
    target.write(struct.pack(f"<{count + 1}I", *index))


def decompress(source, target, args):
    magic, _, total, size, _, align = HEADER.unpack(source.read(HEADER.size))
    if magic != b"ZISO":
        sys.exit("not a ZSO file")
    count = -(-total // size)
    index = struct.unpack(f"<{count + 1}I", source.read(4 * (count + 1)))
    for i, (entry, after) in enumerate(zip(index, index[1:])):
        offset, end = ((word & ~PLAIN) << align for word in (entry, after))
        source.seek(offset)
        length = min(size, total - i * size)
        if entry & PLAIN:
            target.write(source.read(length))
        else:
            # The last block has what is left of the file.
            stored = source.read(-1 if i + 1 == count else end - offset)
            target.write(decode(stored, length))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-c", type=int, required=True, metavar="LEVEL")
    parser.add_argument("-m", action="store_true")
    parser.add_argument("-b", type=int, default=2048, metavar="BYTES")
    parser.add_argument("-t", type=int, default=95, metavar="PERCENT")
    parser.add_argument("-a", type=int, default=0, metavar="ALIGN")
    parser.add_argument("-p", type=lambda text: text.encode("ascii"), default=b"X", metavar="PADDING")
    parser.add_argument("--floor-end", action="store_true")
    parser.add_argument("--whole-blocks", action="store_true")
    parser.add_argument("source", type=argparse.FileType("rb"))
    parser.add_argument("target", type=argparse.FileType("wb"))
    args = parser.parse_args()
    with args.source, args.target:
        (compress if args.c else decompress)(args.source, args.target, args)


if __name__ == "__main__":
    main()
