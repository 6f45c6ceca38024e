/* A file on a server, or several of a gigabyte each, read in messages. */
#include "device.h"
#include "imports.h"
#include "settings.h"

#define PART_SECTORS 0x80000
#define MESSAGE 8192
#define SECTOR 2048

struct cdvdman_settings cdvdman_settings = {.common = {.zso_cache = 16}};

int DeviceInit(void)
{
    return 0;
}

/* Reads within one part. The file's last message is shorter than what was asked for. */
static int read_part(u32 part, u32 sector, u8 *to, u32 sectors)
{
    while (sectors > 0) {
        u32 run = sectors < MESSAGE / SECTOR ? sectors : MESSAGE / SECTOR;
        int got = medium_message(part, sector * SECTOR, to, run * SECTOR);

        if (got < 0 || (u32)got + SECTOR <= run * SECTOR)
            return SCECdErREAD;
        sector += run;
        to += run * SECTOR;
        sectors -= run;
    }
    return SCECdErNO;
}

int DeviceReadSectors(u64 lsn, void *buffer, unsigned int sectors)
{
    u32 at = (u32)lsn;
    u8 *to = buffer;

    while (sectors > 0) {
        u32 run = PART_SECTORS - at % PART_SECTORS;

        if (run > sectors)
            run = sectors;
        if (read_part(at / PART_SECTORS, at % PART_SECTORS, to, run) != SCECdErNO)
            return SCECdErREAD;
        at += run;
        to += run * SECTOR;
        sectors -= run;
    }
    return SCECdErNO;
}
