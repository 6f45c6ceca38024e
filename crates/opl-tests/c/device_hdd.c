/* An image installed to a partition and its sub-partitions, whose table is in the partition's header. */
#include "device.h"
#include "imports.h"
#include "settings.h"

#define BLOCKS 4         /* in a sector of the disc */
#define MAX_COMMAND 256  /* blocks in one ATA command */
#define MAX_PARTS 65
#define HEADER_BLOCK 2056 /* of the partition: byte 0x101000 */
#define HEADER_MAGIC 0xDEADFEED
#define HEADER_PARTS 0xF0

struct part
{
    u32 offset; /* in the image, sectors of 2048 bytes */
    u32 start;  /* on the drive, 256 blocks each */
    u32 size;   /* 256 bytes each */
};

struct cdvdman_settings cdvdman_settings = {.common = {.zso_cache = 8}};

static u32 part_count;
static struct part parts[MAX_PARTS];

int DeviceInit(void)
{
    static u32 header[256];
    const u32 *table = header + HEADER_PARTS / 4;
    u32 i;

    if (medium_blocks(cdvdman_settings.lba_start + HEADER_BLOCK, header, 2) != 2 || header[0] != HEADER_MAGIC)
        return 1;
    part_count = table[0] < MAX_PARTS ? table[0] : MAX_PARTS;
    for (i = 0; i < part_count; i++) {
        parts[i].offset = table[1 + 3 * i];
        parts[i].start = table[2 + 3 * i];
        parts[i].size = table[3 + 3 * i];
    }
    return 0;
}

static int read_blocks(u32 lba, u8 *to, u32 blocks)
{
    while (blocks > 0) {
        u32 run = blocks < MAX_COMMAND ? blocks : MAX_COMMAND;

        if (medium_blocks(lba, to, run) != (int)run)
            return SCECdErREAD;
        lba += run;
        to += run * 512;
        blocks -= run;
    }
    return SCECdErNO;
}

int DeviceReadSectors(u64 lsn, void *buffer, unsigned int sectors)
{
    u32 at = (u32)lsn;
    u8 *to = buffer;
    u32 i;

    for (i = 0; i < part_count && sectors > 0; i++) {
        const struct part *part = &parts[i];
        u32 size = part->size / 8;
        u32 run;

        if (at < part->offset || at - part->offset >= size)
            continue;
        run = size - (at - part->offset);
        if (run > sectors)
            run = sectors;
        if (read_blocks((part->start << 8) + (at - part->offset) * BLOCKS, to, run * BLOCKS) != SCECdErNO)
            return SCECdErREAD;
        at += run;
        sectors -= run;
        to += run * 2048;
    }
    return sectors == 0 ? SCECdErNO : SCECdErTRMOPN;
}
