/* What cdvdman and isofs link against: the names, types and layouts of the ZSO reader that they have today. */
#ifndef ZSO_H
#define ZSO_H

#include "types.h"

typedef struct
{
    u32 magic;
    u32 header_size;
    u64 total_bytes;
    u32 block_size;
    u8 ver;
    u8 align;
    u8 rsv_06[2];
} ZISO_header;

_Static_assert(sizeof(ZISO_header) == 24, "the file's header");
_Static_assert(__builtin_offsetof(ZISO_header, align) == 21, "the file's header");

#define ZSO_MAGIC 0x4F53495A /* ZISO */
#define SECTOR_SIZE 2048

/* The reader defines these. */
void ziso_init(ZISO_header *header, u32 first_block);
int ziso_read_sector(u8 *buf, u32 sector, unsigned int count);
extern u8 *ziso_tmp_buf;
extern u32 *ziso_idx_cache;
extern int ziso_idx_start_block;
extern u32 ziso_align;
extern u32 ziso_total_block;

/* The module defines these. */
void *ziso_alloc(u32 size);
int read_raw_data(u8 *addr, u32 size, u32 offset, u32 shift);

#endif
