/* A disc manager that reads a compressed image the way OPL's does: through whatever object defines zso.h's reader.
 *
 * Written from a description of what the reader can rely on, to be no kinder to it than the real one.
 */
#include "device.h"
#include "imports.h"
#include "settings.h"
#include "zso.h"

#ifdef VARIANT_HDD
#define BOUNCE_SECTORS 2
#else
#define BOUNCE_SECTORS 1
#endif

#define RAW_2340 2340 /* header and subheader before the data, checksums after it */
#define RAW_2328 2328 /* the data, and what follows it */
#define HEADER_2340 12

/* For the tests. */
u32 cdvdman_read_pos;   /* bytes that the last call of cdvdman_read has passed */
u32 cdvdman_raw_reads;  /* calls of read_raw_data */
u32 cdvdman_media_lsns; /* sectors of the disc; 0 if that is not known yet */

static u8 bounce[BOUNCE_SECTORS * SECTOR_SIZE] __attribute__((aligned(16)));

/* cdvdman's own window on the compressed file. */
static struct
{
    u8 *sectors;
    u32 first;
    u32 count;
    u32 filled;
} cache;

static int read_compressed(u64 lsn, void *buffer, unsigned int sectors);

static int probed;
/* An image is read as it is until a probe says that it is compressed. */
static int (*read_disc)(u64 lsn, void *buffer, unsigned int sectors) = DeviceReadSectors;

/* What OPL could have around its reader, for games that read by two threads at once. */
static int alone;

/* A second thread of the game's, and what it has read. */
u32 second_lsn;
u32 second_read;
u8 second_buffer[8 * SECTOR_SIZE];

int _start(void)
{
    iop_sema_t sema = {0, 0, 1, 1};

    alone = CreateSema(&sema);
    return DeviceInit();
}

int cdvdman_read_alone(u8 *buffer, u32 lsn, unsigned int sectors)
{
    int read;

    WaitSema(alone);
    read = ziso_read_sector(buffer, lsn, sectors);
    SignalSema(alone);
    return read;
}

static void read_second(void *unused)
{
    (void)unused;
    second_read = cdvdman_read_alone(second_buffer, second_lsn, 8);
}

int cdvdman_start_second(u32 lsn, u32 priority)
{
    iop_thread_t thread = {0x02000000, 0, read_second, 0x800, priority};

    second_lsn = lsn;
    second_read = 0;
    return StartThread(CreateThread(&thread), NULL);
}

void *ziso_alloc(u32 size)
{
    return AllocSysMemory(0, size, NULL);
}

/* After the reader has taken its memory, and only if it has left this setting as it was. */
static void init_cache(void)
{
    cache.count = cdvdman_settings.common.zso_cache;
    if (cache.count == 0)
        return;
    cache.sectors = AllocSysMemory(0, cache.count * SECTOR_SIZE, NULL);
    if (cache.sectors == NULL)
        cache.count = 0;
}

/* Small reads go through the window; the reader's index never does. */
static int read_cached(u32 lsn, u8 *buffer, u32 sectors)
{
    if (sectors >= cache.count || buffer == (u8 *)ziso_idx_cache)
        return DeviceReadSectors(lsn, buffer, sectors);
    if (lsn < cache.first || lsn + sectors > cache.first + cache.filled) {
        cache.filled = 0;
        if (DeviceReadSectors(lsn, cache.sectors, cache.count) != SCECdErNO)
            return DeviceReadSectors(lsn, buffer, sectors);
        cache.first = lsn;
        cache.filled = cache.count;
    }
    memcpy(buffer, cache.sectors + (lsn - cache.first) * SECTOR_SIZE, sectors * SECTOR_SIZE);
    return SCECdErNO;
}

/* Part of one sector, by way of the reader's buffer. */
static void read_part(u8 *addr, u32 lsn, u32 from, u32 size)
{
    read_cached(lsn, ziso_tmp_buf, 1);
    memcpy(addr, ziso_tmp_buf + from, size);
}

/* Reads bytes of the compressed file; the first is number offset << shift. Errors are not told. */
int read_raw_data(u8 *addr, u32 size, u32 offset, u32 shift)
{
    u32 lsn = offset >> (11 - shift);
    u32 from = (offset << shift) % SECTOR_SIZE;
    u32 left = size;

    cdvdman_raw_reads++;
    if (from != 0) {
        u32 part = SECTOR_SIZE - from < left ? SECTOR_SIZE - from : left;
        read_part(addr, lsn, from, part);
        addr += part;
        left -= part;
        lsn++;
    }
    if (left >= SECTOR_SIZE) {
        u32 whole = left / SECTOR_SIZE;
        read_cached(lsn, addr, whole);
        addr += whole * SECTOR_SIZE;
        left -= whole * SECTOR_SIZE;
        lsn += whole;
    }
    if (left > 0)
        read_part(addr, lsn, 0, left);
    return size;
}

static int read_compressed(u64 lsn, void *buffer, unsigned int sectors)
{
    int read = ziso_read_sector(buffer, lsn, sectors);
    return read == (int)sectors ? SCECdErNO : SCECdErEOM;
}

/* Looks at the first sector, in the buffer that is about to be read to. */
static int probe(void *buffer)
{
    ZISO_header *header = buffer;
    int status = DeviceReadSectors(0, buffer, 1);

    if (status != SCECdErNO)
        return status;
    probed = 1;
    if (header->magic == ZSO_MAGIC) {
        ziso_init(header, *(u32 *)(header + 1));
        init_cache();
        read_disc = read_compressed;
    }
    return SCECdErNO;
}

static int read_passes(u32 lsn, unsigned int sectors, u8 *buffer)
{
    while (sectors > 0) {
        unsigned int pass = sectors;
        int status;

        if ((cdvdman_settings.common.flags & ACCURATE_READS) && pass > 8)
            pass = 8;
        status = read_disc(lsn, buffer, pass);
        if (status != SCECdErNO)
            return status;
        lsn += pass;
        sectors -= pass;
        buffer += pass * SECTOR_SIZE;
        cdvdman_read_pos += pass * SECTOR_SIZE;
    }
    return SCECdErNO;
}

/* Reads what there is, and says where the disc has ended. */
static int read_sectors(u32 lsn, unsigned int sectors, void *buffer)
{
    u32 end = cdvdman_media_lsns;
    int past_end = 0;

    if (sectors > 0 && !probed) {
        int status = probe(buffer);
        if (status != SCECdErNO)
            return status;
    }
    if (end != 0 && (lsn >= end || sectors > end - lsn)) {
        past_end = 1;
        sectors = lsn < end ? end - lsn : 0;
    }
    int status = read_passes(lsn, sectors, buffer);
    return status == SCECdErNO && past_end ? SCECdErEOM : status;
}

static u8 bcd(u32 number)
{
    return number / 10 << 4 | number % 10;
}

/* A sector as a drive would show it, with all that is not data made up. */
static void put_raw(u8 *to, const u8 *data, u32 lsn, u32 sector_size)
{
    u32 head = sector_size == RAW_2340 ? HEADER_2340 : 0;
    u32 frame = lsn + 150; /* addresses on a disc begin two seconds in */
    u32 i;

    for (i = 0; i < sector_size; i++)
        to[i] = 0;
    if (head != 0) {
        to[0] = bcd(frame / 75 / 60);
        to[1] = bcd(frame / 75 % 60);
        to[2] = bcd(frame % 75);
        to[3] = 1;
    }
    memcpy(to + head, data, SECTOR_SIZE);
}

/* What the drive cannot write straight to the caller goes by way of a buffer. */
static int read_bounced(u32 lsn, unsigned int sectors, u32 sector_size, u8 *buffer)
{
    while (sectors > 0) {
        unsigned int pass = sectors < BOUNCE_SECTORS ? sectors : BOUNCE_SECTORS;
        int status = read_sectors(lsn, pass, bounce);
        unsigned int i;

        if (status != SCECdErNO)
            return status;
        for (i = 0; i < pass; i++, buffer += sector_size) {
            if (sector_size == SECTOR_SIZE)
                memcpy(buffer, bounce + i * SECTOR_SIZE, SECTOR_SIZE);
            else
                put_raw(buffer, bounce + i * SECTOR_SIZE, lsn + i, sector_size);
        }
        lsn += pass;
        sectors -= pass;
    }
    return SCECdErNO;
}

int cdvdman_read(u32 lsn, unsigned int sectors, u32 sector_size, void *buffer)
{
    cdvdman_read_pos = 0;
    if (sector_size != SECTOR_SIZE || (u32)buffer % 4 != 0)
        return read_bounced(lsn, sectors, sector_size, buffer);
    return read_sectors(lsn, sectors, buffer);
}
