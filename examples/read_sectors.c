/*
 * Writes the disc image that a ZSO file holds: read_sectors GAME.zso DISC.iso
 *
 * file_read() and memory_alloc() are what a platform brings along; here they are the C library's. The rest is the same
 * everywhere: look at the header, ask for the workspace's size, mount, read.
 *
 * include/zso.h says how to build the library that it is linked with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zso.h"

#define SECTOR 2048
/* Sectors of the file to read ahead, and sectors of the disc in a request. */
#define AHEAD 16
#define CHUNK 64

static void *workspace;

/*
 * Fills `buf` and returns 0, or returns anything else. The file's last sector may be partial: zeros fill it up.
 * Where a long has 32 bits, files of 2 GiB and more need the system's own functions for this and for the size.
 */
static int32_t file_read(void *file, uint32_t first_sector, void *buf, uint32_t count)
{
    size_t size = (size_t)count * SECTOR;
    size_t got;

    if (fseek(file, (long)first_sector * SECTOR, SEEK_SET) != 0)
        return -1;
    got = fread(buf, 1, size, file);
    if (ferror((FILE *)file) || got + SECTOR <= size)
        return -1;
    memset((uint8_t *)buf + got, 0, size - got);
    return 0;
}

/* Returns the file's sectors, a last partial one included; 0 if they cannot be known, which zso_mount() takes, too. */
static uint32_t file_sectors(FILE *file)
{
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;

    return size > 0 ? (uint32_t)((size - 1) / SECTOR + 1) : 0;
}

/* The workspace is aligned to 64 bytes; it is never freed here. */
static void *memory_alloc(uint32_t size)
{
    uint8_t *memory = malloc(size + 63);

    return memory != NULL ? memory + (64 - (uintptr_t)memory % 64) % 64 : NULL;
}

/* Returns the disc's sectors, 0 if the file is not a ZSO, or a negative error. */
static int32_t disc_open(void *file, uint32_t sectors)
{
    static uint32_t first[SECTOR / 4];
    const uint8_t *field = (const uint8_t *)first + 16;
    uint32_t block_size, size;
    int32_t error;

    if (file_read(file, 0, first, 1) != 0)
        return ZSO_E_DEVICE;
    if (!zso_probe(first))
        return 0;
    block_size = field[0] | (uint32_t)field[1] << 8 | (uint32_t)field[2] << 16 | (uint32_t)field[3] << 24;
    size = zso_workspace_size(block_size, AHEAD);
    workspace = size != 0 ? memory_alloc(size) : NULL;
    if (workspace == NULL)
        return ZSO_E_MEMORY;
    error = zso_mount(workspace, size, file_read, file, sectors);
    return error != 0 ? error : (int32_t)zso_sector_count(workspace);
}

/* Writes all sectors of the disc. Returns 0, or an error. */
static int32_t disc_copy(FILE *out)
{
    static uint32_t buf[CHUNK * SECTOR / 4];
    uint32_t lsn = 0;
    int32_t count;

    /* At the disc's end zso_read() delivers fewer sectors than it is asked for, then 0. */
    while ((count = zso_read(workspace, lsn, buf, CHUNK)) > 0) {
        if (fwrite(buf, SECTOR, (size_t)count, out) != (size_t)count)
            return ZSO_E_DEVICE;
        lsn += (uint32_t)count;
    }
    return count;
}

/* Says what went wrong, and returns the program's status. */
static int failed(const char *name, const char *why)
{
    fprintf(stderr, "%s: %s\n", name, why);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    FILE *file, *out;
    int32_t result;

    if (argc != 3)
        return failed("usage", "read_sectors GAME.zso DISC.iso");
    file = fopen(argv[1], "rb");
    if (file == NULL)
        return failed(argv[1], "cannot be opened");
    result = disc_open(file, file_sectors(file));
    if (result <= 0)
        return failed(argv[1], result == 0 ? "not a ZSO" : zso_strerror(result));
    out = fopen(argv[2], "wb");
    if (out == NULL)
        return failed(argv[2], "cannot be made");
    result = disc_copy(out);
    if (fclose(out) != 0 || result != 0)
        return failed(argv[1], result != 0 ? zso_strerror(result) : "not all of the disc was written");
    fclose(file);
    return EXIT_SUCCESS;
}
