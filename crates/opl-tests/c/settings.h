/* cdvdman's settings, which the loader patches into the module before it starts. Each variant has the common part first. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "types.h"

#define PACKED __attribute__((packed))

struct cdvdman_settings_common
{
    u8 NumParts;
    u8 media;
    u16 flags;
    u32 layer1_start;
    u8 DiscID[5];
    u8 zso_cache; /* sectors of cdvdman's own cache of the compressed file */
    u8 fakemodule_flags;
    u8 padding;
} PACKED;

_Static_assert(sizeof(struct cdvdman_settings_common) == 16, "common settings");
_Static_assert(__builtin_offsetof(struct cdvdman_settings_common, zso_cache) == 13, "common settings");

/* flags: no more than 8 sectors at a time */
#define ACCURATE_READS 1

#ifdef VARIANT_BDM
/* Units of both are sectors of 512 bytes. */
struct bd_fragment
{
    u64 sector;
    u32 count;
} PACKED;

struct cdvdman_settings
{
    struct cdvdman_settings_common common;
    u8 frag_start;
    u8 frag_count;
    u32 bdDeviceId;
    u32 hddIsLBA48;
    struct bd_fragment frags[64];
} PACKED;

_Static_assert(sizeof(struct cdvdman_settings) == 794, "BDM settings");
_Static_assert(__builtin_offsetof(struct cdvdman_settings, frags) == 26, "BDM settings");
#endif

#ifdef VARIANT_HDD
struct cdvdman_settings
{
    struct cdvdman_settings_common common;
    u32 lba_start; /* of the partition */
} PACKED;

_Static_assert(sizeof(struct cdvdman_settings) == 20, "HDD settings");
#endif

#ifdef VARIANT_SMB
struct cdvdman_settings
{
    struct cdvdman_settings_common common;
    char filename[160];
    char rest[146];
} PACKED;

_Static_assert(sizeof(struct cdvdman_settings) == 322, "SMB settings");
#endif

extern struct cdvdman_settings cdvdman_settings;

#endif
