/*
 * zso.h - reads ZSO compressed disc images, on the PlayStation 2's I/O processor and elsewhere.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A ZSO file holds a disc image as LZ4-compressed blocks after an index. Given a function that
 * reads sectors of the file, this library delivers sectors of the disc.
 *
 * Link target/iop/libzso.a into a module for the I/O processor: code only, no variables. It has the
 * reader, the texts of zso_strerror(), and the maps at the end, which tell where a file lies, as
 * objects of their own: a linker takes what is used. They also lie beside the archive.
 * On a host, link the archive that cargo builds from the same sources, without optimisation unless
 * --release is given, and the system libraries that rustc names for it:
 *     cargo rustc -p zso --features capi --lib --crate-type staticlib --
 *         --print native-static-libs
 * It is target/debug/libzso.a.
 *
 *
 * Conventions
 *
 * Units      A sector is 2048 bytes, on the disc and in the file. Sizes and lengths are in bytes,
 *            everything else is counted in sectors, both from 0. Discs have less than 1 TiB and files
 *            up to 4, in 32-bit numbers of sectors: only places on a device can have 64 bits.
 * Results    An int32_t is negative for an error (enum zso_error), else what the function says.
 *            zso_strerror() has a text for each.
 * Pointers   A null pointer where one is needed gives ZSO_E_ARGUMENT or ZSO_E_NOT_MOUNTED, unless a
 *            function says otherwise. All other pointers must be what they claim to be: that cannot
 *            be checked. Buffers of one call do not overlap, and none lies in the workspace.
 * Contents   No byte of the file is trusted. Damage is an error or wrong bytes, never an access
 *            outside of the buffers.
 * Memory     There is no other memory than what the caller hands over, and no variables: as many
 *            images can be mounted as there are workspaces. Nothing has to be closed or freed.
 * Workspace  It is the caller's memory, aligned to 64 bytes, and opaque: nothing in it is of use to
 *            anyone else, and its layout changes between versions. From zso_mount() to the last call
 *            it stays where it is, with pointers to itself inside: not moved, copied, or written.
 *            Once that is over, it can be mounted again or used for anything.
 * Calls      From threads only, never from an interrupt handler. One call at a time per workspace:
 *            the library holds no lock and disables no interrupts, so callers that share a workspace
 *            need a semaphore of their own. Different workspaces are independent. The caller's read
 *            function may block, and must not call back with the same workspace.
 * Stack      Below 512 bytes, what the caller's read function needs not included.
 *
 *
 * Memory use, on the I/O processor
 *
 * zso_workspace_size(2048, 16) is 34944 bytes: 17 sectors and 128 bytes of state.
 * zso_workspace_size(2048, 0) is 8320 bytes, the smallest: 4 sectors and the state.
 * Where pointers have 64 bits, both are 64 bytes more. More buffered sectors mean fewer device
 * requests. Blocks above 2048 bytes need more: room for one block as it is, and one compressed.
 *
 *
 * Example
 *
 * examples/read_sectors.c is a whole program that writes the disc image that a file holds. It calls:
 *
 *     zso_probe()             with the file's first sector: is it a ZSO?
 *     zso_workspace_size()    with the block size, from that sector: how much memory does it take?
 *     zso_mount()             with that memory, and a function that reads sectors of the file
 *     zso_read()              for sectors of the disc, as often as needed
 */
#ifndef ZSO_H
#define ZSO_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Errors. These numbers never change, and none is ever given another meaning.
 *
 * An error of zso_read() concerns the request, not the image: it stays mounted, other sectors can be
 * read, and the same request can be tried again, which helps only after ZSO_E_DEVICE.
 */
enum zso_error {
    /* The call is wrong: a null pointer, a misaligned workspace, or more than 2 GiB at once.
     * Mend the caller. */
    ZSO_E_ARGUMENT = -1,
    /* Nothing is mounted in the workspace. Mount an image first. */
    ZSO_E_NOT_MOUNTED = -2,
    /* The file does not begin with "ZISO". Read it as what it is, a plain image perhaps. */
    ZSO_E_NOT_ZSO = -3,
    /* The file begins with "ZSO\0": a network server's private variant, with another index.
     * Convert the original image again, with ziso for instance. */
    ZSO_E_SERVER_VARIANT = -4,
    /* The header's size is neither 24 nor the 0 that some writers leave: a format from the future,
     * or damage. So are the next four. Convert the image again. */
    ZSO_E_HEADER_SIZE = -5,
    /* The version is neither 1 nor the 0 that some writers leave. */
    ZSO_E_VERSION = -6,
    /* The block size is 0, not a multiple of 2048, or above 512 MiB. */
    ZSO_E_BLOCK_SIZE = -7,
    /* The alignment of blocks is above 11, as a power of two. */
    ZSO_E_ALIGN = -8,
    /* The disc image has 1 TiB or more. */
    ZSO_E_TOO_LARGE = -9,
    /* The workspace is too small for the image's blocks. Mount again with one of
     * zso_workspace_size() bytes, or convert the image with blocks of 2048 bytes. */
    ZSO_E_MEMORY = -10,
    /* The read function failed; zso_last_device_error() has its code. Try again, or tell the user
     * to look after cable, disc or network. */
    ZSO_E_DEVICE = -11,
    /* The index is damaged: a block's entries decrease, lie before the data, or leave it too
     * little room. Get the file anew; so for all errors below. */
    ZSO_E_INDEX = -12,
    /* The file ends inside the block or before it: a copy was cut short, or `file_sectors` is
     * wrong. Installers are known to cut off a last partial sector. */
    ZSO_E_TRUNCATED = -13,
    /* A block's compressed bytes end before it is complete. */
    ZSO_E_INPUT_END = -14,
    /* A match in a block's compressed bytes begins outside the block. */
    ZSO_E_OFFSET = -15,
    /* A run in a block's compressed bytes is longer than the rest of the block. */
    ZSO_E_OVERRUN = -16,
    /* The library broke a rule of its own. It cannot happen; please report it. */
    ZSO_E_INTERNAL = -17,
    /* What a map was given to find a file by cannot be right: too many fragments or parts, a file
     * that is too long, or no game where one was looked for. See the function. */
    ZSO_E_MAP = -18,
    /* A map's read function was asked for a sector that the file does not have, or the file has
     * become shorter. zso_last_device_error() has it. */
    ZSO_E_PAST_END = -19
};

/*
 * The caller's function that reads the file: `count` sectors from `first_sector` on, to `buf`.
 *
 * user          What zso_mount() was given; the library never looks at it.
 * first_sector  Counted from the start of the file. Below the `file_sectors` given to zso_mount(), as
 *               are all that follow; without that, up to 2^31 - 1, so that the function must itself
 *               refuse what the file does not have.
 * buf           Room for `count` sectors: in the workspace, aligned to 64 bytes, or in the buffer
 *               given to zso_read(), aligned to 4. The function must not keep the pointer.
 * count         At least 1.
 *
 * Returns 0 when all of `buf` is filled, else the device's own code, negative or positive, for
 * zso_last_device_error(). What is in `buf` then is not used.
 * Of a last partial sector of the file, the rest is filled with anything, zeros by custom.
 *
 * It is called in the thread that calls zso_mount() or zso_read(), any number of times each.
 */
typedef int32_t (*zso_read_sectors_fn)(void *user, uint32_t first_sector, void *buf,
                                       uint32_t count);

/*
 * The size of a workspace.
 *
 * block_size     Bytes: the little-endian 32-bit number at byte 16 of the file, 2048 on most images.
 * ahead_sectors  Sectors of the file to be kept in memory at a time: how many one device request
 *                reads at most when games read in small steps. 16 is a good number. Fewer than a
 *                block can touch, 3 for blocks of 2048 bytes, are raised to that; so 0 asks for
 *                the smallest workspace.
 *
 * Returns bytes; or 0 if no workspace will do: the block size is not valid (ZSO_E_BLOCK_SIZE), or
 * `ahead_sectors` is above 524288, which is 1 GiB.
 */
uint32_t zso_workspace_size(uint32_t block_size, uint32_t ahead_sectors);

/*
 * Whether a file is a ZSO that zso_mount() takes, by its content; a file's name tells nothing.
 *
 * first_sector  The file's first 2048 bytes, without any alignment.
 *
 * Returns 1 if it is, 0 if not or for a null pointer. A header that is almost right gives 0, too:
 * zso_mount() tells what is wrong with it.
 */
int32_t zso_probe(const void *first_sector);

/*
 * Mounts an image: reads the file's first sector, in one device request, and gets ready to read.
 *
 * workspace       Memory, aligned to 64 bytes, with any content.
 * workspace_size  Its bytes: from zso_workspace_size(). More is used in whole sectors; less will do
 *                 down to the size for 0 buffered sectors.
 * read, user      The function that reads the file, and what it is called with. Both are used until
 *                 the last zso_read().
 * file_sectors    Sectors of the file, a last partial one included, or 0 if that is not known. When
 *                 known, no later sector is ever asked for, a file cut short is told from a damaged
 *                 one (ZSO_E_TRUNCATED), and last blocks that some writers describe badly are read.
 *
 * Returns 0; or ZSO_E_ARGUMENT, ZSO_E_MEMORY, ZSO_E_DEVICE, or one of the header's errors,
 * ZSO_E_NOT_ZSO to ZSO_E_TOO_LARGE. Do not read after an error, but mount again; what was mounted in
 * the workspace before is lost.
 *
 * After ZSO_E_MEMORY the size needed is zso_workspace_size(block_size, 0), with the block size from
 * byte 16 of the file.
 */
int32_t zso_mount(void *workspace, uint32_t workspace_size, zso_read_sectors_fn read, void *user,
                  uint32_t file_sectors);

/*
 * Reads sectors of the disc.
 *
 * workspace  Zeros, or one that zso_mount() has been called with, unless that gave ZSO_E_ARGUMENT or
 *            ZSO_E_MEMORY: it may then not have been written. Only after a 0 is it mounted.
 * lsn        The first sector. Any number; there is nothing to read from zso_sector_count() on.
 * buf        Room for `count` sectors, or any pointer if there is nothing to read. Align it to 4
 *            bytes, or better 64: long requests to other addresses work, with more device requests.
 * count      Sectors. Any number, but no more than 2 GiB may be there to be read.
 *
 * Returns how many sectors were delivered: `count`, or less at the end of the media, down to 0. A
 * last partial sector of the disc is filled up with zeros. What is after the delivered sectors is
 * left as it was.
 * Or returns ZSO_E_NOT_MOUNTED, ZSO_E_ARGUMENT, ZSO_E_DEVICE, or one of those for damaged images,
 * ZSO_E_INDEX to ZSO_E_INTERNAL. What all of `buf` holds is then undefined: compressed data passes
 * through it. To find the sectors that can be read, ask for them one by one.
 */
int32_t zso_read(void *workspace, uint32_t lsn, void *buf, uint32_t count);

/*
 * Sectors of the disc, a last partial one included; 0 if nothing is mounted.
 *
 * This is the truth, whatever a volume descriptor on the disc says. At most 2^31.
 *
 * workspace  As for zso_read().
 */
uint32_t zso_sector_count(const void *workspace);

/*
 * The code that the read function returned when it failed last; 0 if it has not since zso_mount().
 *
 * Of use after ZSO_E_DEVICE from zso_mount() or zso_read(). At other times it may be about a failure
 * that did not matter, of reading ahead.
 *
 * workspace  As for zso_read().
 */
int32_t zso_last_device_error(const void *workspace);

/*
 * A text in English for what another function returned: no line end, at most 79 bytes.
 *
 * error  0, an error, or any other number, all of which have the same text.
 *
 * Returns a string that is never null and always valid; not to be freed.
 */
const char *zso_strerror(int32_t error);

/*
 * Decodes one raw LZ4 block, as a ZSO file holds them. Needs no workspace.
 *
 * src      The block, without any alignment. Bytes after it do no harm: nothing is read once the
 *          destination is full.
 * src_len  Bytes at `src`, up to 2^31 - 1: at least the block's.
 * dst      Where the decoded bytes go, without any alignment; apart from `src`.
 * dst_len  How many there are, up to 2^31 - 1. The block must decode to exactly as many: a prefix
 *          cannot be asked for.
 *
 * Returns `dst_len`, which may be 0. Or returns ZSO_E_ARGUMENT, also for null pointers to no bytes;
 * ZSO_E_INPUT_END, ZSO_E_OFFSET or ZSO_E_OVERRUN. What `dst` holds is then undefined.
 *
 * Safe on any data. LZ4 has no checksum: damage can go unnoticed, but nothing outside of `dst` is
 * written, and nothing outside of `src` and of what was written to `dst` is read.
 */
int32_t zso_decode_block(const void *src, uint32_t src_len, void *dst, uint32_t dst_len);

/*
 * Maps: where a file lies.
 *
 * zso_mount() wants a function that reads sectors of the file. What a loader has is mostly another
 * one: of a disk on which the file lies in fragments, of a server where it is in parts, of a file
 * handle. A map makes the one of the other, in memory of the caller's, the map's state:
 *
 *     static uint32_t state[ZSO_FRAGMENTS_SIZE / 4] __attribute__((aligned(64)));
 *     int32_t sectors = 0;
 *
 *     zso_fragments_init(state, disk_read, disk);
 *     for (i = 0; i < count && sectors >= 0; i++)
 *         sectors = zso_fragments_add(state, table[i].sector, table[i].count);
 *     if (sectors > 0)
 *         error = zso_mount(workspace, size, zso_fragments_read, state, sectors);
 *
 * Each is an object of its own in libzso.a, of 416 to 752 bytes, and a device is asked for one
 * run of sectors at a time, each as long as the map allows.
 *
 * States      Aligned to 64 bytes, of the size that a constant says, and opaque. As with workspaces
 *             one stays where it is from its ..._init() to the last call. Not null, but that
 *             ..._init() gives ZSO_E_ARGUMENT for it and for functions that are.
 * ..._read()  Each is a zso_read_sectors_fn, with the state as its `user`. `buf` is aligned to 4
 *             bytes; what the caller's function gets is aligned as well, to 4 bytes at least.
 *             Returns 0, ZSO_E_PAST_END, or what the caller's function returned.
 * Sectors     What a map returns as the file's sectors is meant for zso_mount(), as `file_sectors`,
 *             unless its function says otherwise.
 *             If the file is known to have fewer, because the file system says how long it is, these
 *             are better.
 */

/*
 * The caller's function that reads a block device: `count` sectors of 512 bytes from `first_block`
 * on, to `buf`. Returns 0 when all of `buf` is filled, else the device's own code.
 *
 * `buf` is aligned to 4 bytes, and `count` at least 1. Where the device's sectors have 1024 or 2048
 * bytes, so have those of its file system, and both numbers can simply be divided. For 4096, see
 * zso_large_init().
 */
typedef int32_t (*zso_read_blocks_fn)(void *user, uint64_t first_block, void *buf, uint32_t count);

/*
 * A file in fragments on a block device: USB, MX4SIO, iLink, exFAT on a hard disk, UDPBD.
 * Object: zso_fragments.o.
 */
#define ZSO_FRAGMENTS_SIZE 832u

/*
 * Begins a map without fragments. `read` is called with `user`.
 *
 * Returns 0 or ZSO_E_ARGUMENT.
 */
int32_t zso_fragments_init(void *state, zso_read_blocks_fn read, void *user);

/*
 * Appends the file's next fragment: `count` sectors of 512 bytes, from `start` of the device on. One
 * that adjoins the one before it becomes a part of it, so that a read of both is one transfer.
 *
 * Returns the file's sectors of 2048 bytes so far, a last partial one included; or ZSO_E_MAP for the
 * 66th run, for a file of 2^31 sectors of 512 bytes (1 TiB), and for a `start` of 2^63 or more. The
 * file is then as before.
 */
int32_t zso_fragments_add(void *state, uint64_t start, uint32_t count);

/*
 * The same for a device whose sectors have 512 << scale bytes, as its file system's tables count them:
 * scale is 1, 2 or 3 for sectors of 1024, 2048 or 4096 bytes, or 0.
 *
 * Returns what zso_fragments_add() does; ZSO_E_MAP also where the numbers do not fit in sectors of 512
 * bytes, and for another scale.
 */
int32_t zso_fragments_add_larger(void *state, uint64_t start, uint32_t count, uint32_t scale);

/* A zso_read_sectors_fn. One call of the device's function for each run that the request touches. */
int32_t zso_fragments_read(void *state, uint32_t first_sector, void *buf, uint32_t count);

/*
 * A game on the internal hard disk, as HDLoader and hdl-dump install it. Its parts are fragments.
 * Object: zso_hdl.o, with zso_fragments.o.
 */
#define ZSO_HDL_HEADER_OFFSET 0x808u /* sectors of 512 bytes from the partition's start */

/* What is at byte... of the header, each as a little-endian uint32_t. */
#define ZSO_HDL_LAYER_BREAK 0xE8u /* where the disc's second layer begins; 0 if it has one */
#define ZSO_HDL_MEDIA       0xECu /* 0x12 for a CD, 0x14 for a DVD */

/*
 * Reads the header of a game at sector `header_block` of the disk, which is ZSO_HDL_HEADER_OFFSET
 * after the start of its partition, and appends the game's parts to `state`, which is that of a map
 * of fragments without any.
 *
 * header  1024 bytes, aligned to 64, of no use to the map afterwards.
 *
 * Returns the image's sectors, a last partial one included: the image may end inside its last block.
 * Or ZSO_E_ARGUMENT for a null pointer, ZSO_E_MAP where there is no game or its parts cannot be where
 * the header says, or what the device's function returned.
 */
int32_t zso_hdl_add(void *state, uint32_t header_block, void *header);

/*
 * A file in up to 10 parts: on SMB servers, USBExtreme's ul. files, and ZSO files in pieces for FAT32.
 * Object: zso_parts.o.
 */
#define ZSO_PARTS_SIZE      64u
#define ZSO_UL_PART_SECTORS 0x80000u /* of each ul. file but the last */

/*
 * The caller's function that reads a part, counted from 0: `count` sectors of 2048 bytes, at least 1,
 * from the part's sector `first_sector` on, to `buf`. Returns 0 when all of `buf` is filled, else the
 * device's own code. Of a last partial sector of the file, the rest may be anything.
 */
typedef int32_t (*zso_read_part_fn)(void *user, uint32_t part, uint32_t first_sector, void *buf,
                                    uint32_t count);

/*
 * part_sectors  Sectors of each part but the last. For a file in one piece, `file_sectors` will do.
 * file_sectors  Sectors of all parts, a last partial one included.
 * most_sectors  The most that a call of `read` asks for: what fits a message of an SMB server, 4 for
 *               instance; or 0xFFFFFFFF.
 *
 * Returns 0; ZSO_E_ARGUMENT; or ZSO_E_MAP if there are more than 10 parts, or a number is 0.
 */
int32_t zso_parts_init(void *state, uint32_t part_sectors, uint32_t file_sectors,
                       uint32_t most_sectors, zso_read_part_fn read, void *user);

/* A zso_read_sectors_fn. Divides a request where a part or a message ends, and nowhere else. */
int32_t zso_parts_read(void *state, uint32_t first_sector, void *buf, uint32_t count);

/*
 * A file of Neutrino's file handle interface. Object: zso_fhi.o.
 */
#define ZSO_FHI_SIZE 64u

/* fhi_size() and fhi_read(), as fhi.h has them. A read that returns another number than it was asked
 * for has failed, whatever that number is. */
typedef uint32_t (*zso_fhi_size_fn)(int32_t file_handle);
typedef int32_t (*zso_fhi_read_fn)(int32_t file_handle, void *buffer, uint32_t sector_start,
                                   uint32_t sector_count);

/*
 * Asks for the file's size. It says only how many whole sectors of 512 bytes there are; the map takes
 * one more to be there. So the file's size is not known: zso_mount() gets 0 as `file_sectors`. Providers
 * that refuse to read that one sector refuse the file's last sector of 2048 bytes with it, if the file
 * is not a whole number of these, as ziso makes it.
 *
 * Returns how many sectors of 2048 bytes there may be; 0 as long as the device is not there yet: call
 * again later; or ZSO_E_ARGUMENT.
 */
int32_t zso_fhi_init(void *state, int32_t file_handle, zso_fhi_size_fn size, zso_fhi_read_fn read);

/* A zso_read_sectors_fn. Asks for at most 65532 sectors of 512 bytes at a time. Any failure is
 * ZSO_E_DEVICE: what providers return has no common meaning. */
int32_t zso_fhi_read(void *state, uint32_t first_sector, void *buf, uint32_t count);

/*
 * A file that is read in bytes: MMCE, and file descriptors. Object: zso_bytes.o.
 */
#define ZSO_BYTES_SIZE 64u

/*
 * The caller's function that reads up to `size` bytes, at least 1, from `offset` of the file on, to
 * `buf`. Returns how many there were, at least 1; 0 at the file's end; or the device's own code, below
 * 0.
 */
typedef int32_t (*zso_read_bytes_fn)(void *user, uint64_t offset, void *buf, uint32_t size);

/*
 * Returns the sectors of a file of `file_bytes` bytes; ZSO_E_ARGUMENT; or ZSO_E_MAP if these are 4 TiB
 * or more.
 */
int32_t zso_bytes_init(void *state, uint64_t file_bytes, zso_read_bytes_fn read, void *user);

/* A zso_read_sectors_fn. Calls again for what is missing when `read` returns fewer bytes, and for
 * nothing after the file's end. */
int32_t zso_bytes_read(void *state, uint32_t first_sector, void *buf, uint32_t count);

/*
 * A block device whose sectors have 4096 bytes, as one with sectors of 512. Object: zso_large.o.
 */
#define ZSO_LARGE_SIZE 4160u

/*
 * read  Reads sectors of 4096 bytes; otherwise as a zso_read_blocks_fn does.
 *
 * Returns 0 or ZSO_E_ARGUMENT.
 */
int32_t zso_large_init(void *state, zso_read_blocks_fn read, void *user);

/* A zso_read_blocks_fn, for zso_fragments_init(). Parts of a sector go through the state, which keeps
 * the last one: a request that begins in the middle of it costs no second transfer. */
int32_t zso_large_read(void *state, uint64_t first_block, void *buf, uint32_t count);

#ifdef __cplusplus
}
#endif

#endif
