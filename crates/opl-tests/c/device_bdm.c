/* A file on a block device: runs of 512-byte sectors, which the loader has looked up in the file system. */
#include "device.h"
#include "imports.h"
#include "settings.h"

#define BLOCKS 4 /* in a sector of the disc */

struct cdvdman_settings cdvdman_settings = {.common = {.zso_cache = 16}};

int DeviceInit(void)
{
    return 0;
}

int DeviceReadSectors(u64 lsn, void *buffer, unsigned int sectors)
{
    u64 skip = lsn * BLOCKS;
    u32 left = sectors * BLOCKS;
    u8 *to = buffer;
    u32 i;

    for (i = 0; i < cdvdman_settings.frag_count && left > 0; i++) {
        const struct bd_fragment *fragment = &cdvdman_settings.frags[cdvdman_settings.frag_start + i];
        u32 run;

        if (skip >= fragment->count) {
            skip -= fragment->count;
            continue;
        }
        run = fragment->count - (u32)skip;
        if (run > left)
            run = left;
        if (medium_blocks(fragment->sector + skip, to, run) != (int)run)
            return SCECdErREAD;
        skip = 0;
        left -= run;
        to += run * 512;
    }
    return left == 0 ? SCECdErNO : SCECdErREAD;
}
