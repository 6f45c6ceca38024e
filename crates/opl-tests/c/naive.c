/* A reader with the same names as the one under test, as simple as it can be and with every check, and one sector of
 * the file in memory. What goes wrong with it is the stand-in's fault, or the tests'.
 */
#include "imports.h"
#include "zso.h"

#define ENTRIES 257
#define PLAIN 0x80000000
#define NO_SECTOR 0xFFFFFFFF
#define MAX_SPAN 0x10000u /* a block's bytes in the file, gaps after it included */

u8 *ziso_tmp_buf;
u32 *ziso_idx_cache;
int ziso_idx_start_block = -1;
u32 ziso_align;
u32 ziso_total_block;

static u32 loaded;     /* the file's sector in ziso_tmp_buf */
static u32 last_bytes; /* in the disc's last sector */
static u32 known_end;  /* of the blocks whose index entries are cached, in units of 1 << align bytes */

/* Bytes of the file that are still to come. */
struct input
{
    u32 sector;
    u32 at;
    u32 left;
};

/* Reads a sector; whether there is a use for the next one, too, is only of interest to those who read ahead. */
#if defined(ISOFS)
static int read_file_sector(u32 sector, int more)
{
    (void)more;
    return read_raw_data(ziso_tmp_buf, SECTOR_SIZE, sector << (11 - ziso_align), ziso_align) > 0 ? 0 : -1;
}
#elif defined(AHEAD)
int read_with_the_next(u32 sector, u8 *buffer, int more);

static int read_file_sector(u32 sector, int more)
{
    return read_with_the_next(sector, ziso_tmp_buf, more);
}
#else
#include "device.h"

static int read_file_sector(u32 sector, int more)
{
    (void)more;
    return DeviceReadSectors(sector, ziso_tmp_buf, 1) == SCECdErNO ? 0 : -1;
}
#endif

static int load(u32 sector)
{
    int more = known_end > (sector + 1) << (11 - ziso_align);

    if (sector == loaded)
        return 0;
    loaded = NO_SECTOR;
    if (read_file_sector(sector, more) != 0)
        return -1;
    loaded = sector;
    return 0;
}

/* Makes sure that the next byte is in memory. */
static int have(struct input *in)
{
    if (in->left == 0)
        return -1;
    if (in->at == SECTOR_SIZE) {
        in->sector++;
        in->at = 0;
    }
    return in->sector == loaded ? 0 : load(in->sector);
}

/* The next byte, or -1. */
static int next(struct input *in)
{
    if (have(in) != 0)
        return -1;
    in->left--;
    return ziso_tmp_buf[in->at++];
}

static int header_is_good(const ZISO_header *header)
{
    return header->magic == ZSO_MAGIC && (header->header_size == 0 || header->header_size == 24) &&
           header->block_size == SECTOR_SIZE && header->ver <= 1 && header->align <= 11 &&
           header->total_bytes > 0 && header->total_bytes <= (u64)0x7FFFFFFE * SECTOR_SIZE;
}

void ziso_init(ZISO_header *header, u32 first_block)
{
    u8 *memory;

    (void)first_block;
    ziso_total_block = 0;
    if (!header_is_good(header))
        return;
    if (ziso_tmp_buf == NULL) {
        memory = ziso_alloc(SECTOR_SIZE + ENTRIES * 4 + 64);
        if (memory == NULL)
            return;
        ziso_tmp_buf = (u8 *)(((u32)memory + 63) & ~63u);
        ziso_idx_cache = (u32 *)(ziso_tmp_buf + SECTOR_SIZE);
    }
    ziso_align = header->align;
    ziso_total_block = (header->total_bytes + SECTOR_SIZE - 1) >> 11;
    last_bytes = ((u32)header->total_bytes - 1) % SECTOR_SIZE + 1;
    ziso_idx_start_block = -1;
}

static int fill_index(u32 block)
{
    u32 i;

    ziso_idx_start_block = -1;
    known_end = 0;
    for (i = 0; i < ENTRIES && block + i <= ziso_total_block; i++) {
        u32 word = 6 + block + i; /* in the file, after the header's six */

        if (load(word / (SECTOR_SIZE / 4)) != 0)
            return -1;
        ziso_idx_cache[i] = ((u32 *)ziso_tmp_buf)[word % (SECTOR_SIZE / 4)];
    }
    ziso_idx_start_block = block;
    known_end = ziso_idx_cache[i - 1] & ~PLAIN;
    return 0;
}

/* Two entries, so the last of the window is no start of a block. */
static const u32 *entries_of(u32 block)
{
    u32 first = ziso_idx_start_block;

    if (ziso_idx_start_block < 0 || block < first || block - first >= ENTRIES - 1) {
        if (fill_index(block) != 0)
            return NULL;
        first = block;
    }
    return ziso_idx_cache + (block - first);
}

static int read_plain(struct input *in, u8 *to, u32 size)
{
    while (size > 0) {
        u32 run;

        if (have(in) != 0)
            return -1;
        run = SECTOR_SIZE - in->at;
        if (run > in->left)
            run = in->left;
        if (run > size)
            run = size;
        memcpy(to, ziso_tmp_buf + in->at, run);
        in->at += run;
        in->left -= run;
        to += run;
        size -= run;
    }
    return 0;
}

/* A length that begins in the token and goes on in bytes; -1 where it is longer than any block. */
static int length(struct input *in, int from_token)
{
    int sum = from_token, byte = 255;

    while (from_token == 15 && byte == 255) {
        byte = next(in);
        if (byte < 0 || sum > SECTOR_SIZE)
            return -1;
        sum += byte;
    }
    return sum;
}

/* One match; the number of bytes, or -1. */
static int copy_match(struct input *in, int token, u8 *buf, u32 at, u32 size)
{
    int low = next(in), high = next(in), count = length(in, token & 15);
    u32 offset = low | high << 8, i;

    if (low < 0 || high < 0 || count < 0 || offset == 0 || offset > at || (u32)count + 4 > size - at)
        return -1;
    for (i = 0; i < (u32)count + 4; i++)
        buf[at + i] = buf[at + i - offset];
    return count + 4;
}

static int decode(struct input *in, u8 *buf, u32 size)
{
    u32 at = 0;

    for (;;) {
        int token = next(in), count;

        if (token < 0)
            return -1;
        count = length(in, token >> 4);
        if (count < 0 || (u32)count > size - at || read_plain(in, buf + at, count) != 0)
            return -1;
        at += count;
        if (at == size)
            return 0;
        count = copy_match(in, token, buf, at, size);
        if (count < 0)
            return -1;
        at += count;
    }
}

static int read_block(u8 *buf, u32 block)
{
    const u32 *entry = entries_of(block);
    u32 size = block == ziso_total_block - 1 ? last_bytes : SECTOR_SIZE;
    u32 start, units, i;
    struct input in;

    if (entry == NULL)
        return -1;
    start = entry[0] & ~PLAIN;
    units = (entry[1] & ~PLAIN) - start;
    in.sector = start >> (11 - ziso_align);
    in.at = (start << ziso_align) % SECTOR_SIZE;
    in.left = units < MAX_SPAN >> ziso_align ? units << ziso_align : MAX_SPAN;
    if ((entry[1] & ~PLAIN) < start)
        return -1;
    for (i = size; i < SECTOR_SIZE; i++)
        buf[i] = 0;
    return (entry[0] & PLAIN) != 0 ? read_plain(&in, buf, size) : decode(&in, buf, size);
}

int ziso_read_sector(u8 *buf, u32 sector, unsigned int count)
{
    unsigned int done = 0;

    loaded = NO_SECTOR; /* others use the buffer, too */
    while (done < count && sector + done < ziso_total_block) {
        if (read_block(buf + done * SECTOR_SIZE, sector + done) != 0)
            break;
        done++;
    }
    return done;
}
