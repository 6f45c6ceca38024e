/* The platform around the example of include/zso.h. Usage: example IMAGE.zso DISC.iso */
#include "support.h"

int32_t file_read(void *file, uint32_t first_sector, void *buf, uint32_t count);
void *memory_alloc(uint32_t size, uint32_t alignment);
int32_t disc_open(void *file, uint32_t file_sectors);
int disc_read(uint32_t lsn, void *buf, uint32_t count);

static struct guarded memory;

int32_t file_read(void *file, uint32_t first_sector, void *buf, uint32_t count)
{
    const struct bytes *bytes = file;
    size_t start = (size_t)first_sector * SECTOR;
    size_t size = (size_t)count * SECTOR;

    if (start > bytes->size || sectors_of(bytes->size - start) < count)
        return -1;
    memcpy(buf, bytes->data + start, bytes->size - start < size ? bytes->size - start : size);
    return 0;
}

void *memory_alloc(uint32_t size, uint32_t alignment)
{
    memory = guarded_alloc(size);
    CHECK_EQUAL((uintptr_t)memory.bytes % alignment, 0);
    return memory.bytes;
}

int main(int argc, char **argv)
{
    struct bytes file, disc;
    uint32_t sectors;
    uint8_t *buf;

    CHECK_EQUAL(argc, 3);
    file = load(argv[1]);
    disc = load(argv[2]);
    sectors = (uint32_t)(disc.size / SECTOR);
    buf = malloc(disc.size);
    CHECK(buf != NULL);
    CHECK_EQUAL(disc_open(&disc, sectors), 0); /* not a ZSO */
    CHECK_EQUAL(disc_open(&file, sectors_of(file.size)), sectors);
    CHECK(disc_read(0, buf, sectors));
    CHECK(memcmp(buf, disc.data, disc.size) == 0);
    CHECK(!disc_read(1, buf, sectors));
    guarded_free(&memory);
    free(file.data);
    free(disc.data);
    free(buf);
    return 0;
}
