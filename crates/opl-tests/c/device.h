/* A variant's device, and the results that cdvdman knows. */
#ifndef DEVICE_H
#define DEVICE_H

#include "types.h"

#define SCECdErNO 0x00
#define SCECdErREAD 0x30
#define SCECdErTRMOPN 0x31
#define SCECdErEOM 0x32

int DeviceInit(void);

/* Reads sectors of 2048 bytes of the image's file. */
int DeviceReadSectors(u64 lsn, void *buffer, unsigned int sectors);

#endif
