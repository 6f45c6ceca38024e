#include "support.h"

#include <sys/mman.h>
#include <unistd.h>

#define PATTERN 0xC5

void check_failed(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, what);
    exit(1);
}

void check_equal(const char *file, int line, const char *what, long long got, long long want)
{
    if (got != want) {
        fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", file, line, what, got, want);
        exit(1);
    }
}

struct guarded guarded_alloc(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct guarded buffer;
    size_t inside = (size + 2 * page - 1) / page * page;

    buffer.size = size;
    buffer.pages_size = inside + page;
    buffer.pages = mmap(NULL, buffer.pages_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(buffer.pages != MAP_FAILED);
    CHECK(mprotect(buffer.pages + inside, page, PROT_NONE) == 0);
    memset(buffer.pages, PATTERN, inside);
    buffer.bytes = buffer.pages + inside - size;
    return buffer;
}

void guarded_free(struct guarded *buffer)
{
    const uint8_t *at;

    for (at = buffer->pages; at < buffer->bytes; at++)
        CHECK_EQUAL(*at, PATTERN);
    CHECK(munmap(buffer->pages, buffer->pages_size) == 0);
}

struct bytes load(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct bytes bytes;
    long size;

    CHECK(file != NULL);
    CHECK(fseek(file, 0, SEEK_END) == 0);
    size = ftell(file);
    CHECK(size > 0);
    rewind(file);
    bytes.size = (size_t)size;
    bytes.data = malloc(bytes.size);
    CHECK(bytes.data != NULL);
    CHECK_EQUAL(fread(bytes.data, 1, bytes.size, file), bytes.size);
    CHECK(fclose(file) == 0);
    return bytes;
}

uint32_t get32(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

void put32(uint8_t *at, uint32_t value)
{
    int i;

    for (i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

uint32_t sectors_of(size_t bytes)
{
    return (uint32_t)((bytes + SECTOR - 1) / SECTOR);
}

static int is_inside(const uint8_t *buf, size_t size, const uint8_t *bytes, size_t bytes_size)
{
    return bytes != NULL && buf >= bytes && size <= bytes_size && (size_t)(buf - bytes) <= bytes_size - size;
}

int32_t device_read(void *user, uint32_t first_sector, void *buf, uint32_t count)
{
    struct device *device = user;
    size_t start = (size_t)first_sector * SECTOR;
    size_t size = (size_t)count * SECTOR;
    size_t have;

    device->calls++;
    CHECK(count >= 1);
    if (is_inside(buf, size, device->workspace->bytes, device->workspace->size))
        CHECK_EQUAL((uintptr_t)buf % 64, 0);
    else {
        CHECK(is_inside(buf, size, device->out, device->out_size));
        CHECK_EQUAL((uintptr_t)buf % 4, 0);
    }
    CHECK((uint64_t)first_sector + count <= (uint64_t)1 << 31);
    if (device->known_sectors != 0)
        CHECK((uint64_t)first_sector + count <= device->known_sectors);
    if (device->fail_with != 0) {
        memset(buf, 0xEE, size);
        return device->fail_with;
    }
    if ((uint64_t)first_sector + count > sectors_of(device->size))
        return PAST_THE_END;

    have = device->size - start < size ? device->size - start : size;
    memcpy(buf, device->file + start, have);
    memset((uint8_t *)buf + have, 0xDD, size - have);
    return 0;
}

int32_t mount(struct mounted *image, const uint8_t *file, size_t size, uint32_t workspace_size, int known)
{
    memset(&image->device, 0, sizeof image->device);
    image->workspace = guarded_alloc(workspace_size);
    image->device.file = file;
    image->device.size = size;
    image->device.known_sectors = known ? sectors_of(size) : 0;
    image->device.workspace = &image->workspace;
    return zso_mount(image->workspace.bytes, workspace_size, device_read, &image->device, image->device.known_sectors);
}

void unmount(struct mounted *image)
{
    guarded_free(&image->workspace);
}

int32_t read_disc(struct mounted *image, uint32_t lsn, void *buf, uint32_t count)
{
    int32_t result;

    image->device.out = buf;
    image->device.out_size = (size_t)count * SECTOR;
    result = zso_read(image->workspace.bytes, lsn, buf, count);
    image->device.out = NULL;
    return result;
}
