/* What isofs does with a compressed image: opens it as a file, and reads it by lseek and read. */
#include "imports.h"
#include "zso.h"

#define SEEK_SET 0

/* For the tests. */
u32 isofs_raw_reads; /* calls of read_raw_data */

static int fd;
static u32 position; /* where the file is, so that reads in sequence do without lseek */
static u8 sector[SECTOR_SIZE] __attribute__((aligned(16)));

int _start(void)
{
    return 0;
}

void *ziso_alloc(u32 size)
{
    return AllocSysMemory(0, size, NULL);
}

/* Reads bytes of the compressed file; the first is number offset << shift. Returns how many were read. */
int read_raw_data(u8 *addr, u32 size, u32 offset, u32 shift)
{
    u32 start = offset << shift;
    int got;

    isofs_raw_reads++;
    if (start != position && lseek(fd, start, SEEK_SET) != (int)start)
        return -1;
    got = read(fd, addr, size);
    position = got < 0 ? ~0u : start + got;
    return got;
}

/* Opens the image; 0 if it is a compressed one. */
int isofs_mount(int file)
{
    ZISO_header *header = (ZISO_header *)sector;

    fd = file;
    position = ~0u;
    if (lseek(fd, 0, SEEK_SET) != 0 || read(fd, sector, SECTOR_SIZE) != SECTOR_SIZE)
        return -1;
    if (header->magic != ZSO_MAGIC)
        return -2;
    ziso_init(header, *(u32 *)(header + 1));
    return 0;
}
