/* Reads an image in many ways. Usage: read IMAGE.zso DISC.iso */
#include "support.h"

static struct bytes file;
static struct bytes disc; /* whole sectors */
static uint32_t total;    /* sectors of the disc */

static void load_both(char **paths)
{
    size_t whole;

    file = load(paths[0]);
    disc = load(paths[1]);
    total = sectors_of(disc.size);
    whole = (size_t)total * SECTOR;
    disc.data = realloc(disc.data, whole);
    CHECK(disc.data != NULL);
    memset(disc.data + disc.size, 0, whole - disc.size);
    disc.size = whole;
}

/* Reads `count` sectors to a guarded buffer of exactly that size, `shift` bytes off its alignment. */
static void check_read(struct mounted *image, uint32_t lsn, uint32_t count, size_t shift)
{
    size_t size = (size_t)count * SECTOR;
    uint32_t rest = lsn < total ? total - lsn : 0;
    uint32_t want = count < rest ? count : rest;
    struct guarded buffer = guarded_alloc(size + shift);
    uint8_t *out = buffer.bytes;
    size_t i;

    memset(buffer.bytes, 0x5A, buffer.size);
    CHECK_EQUAL(read_disc(image, lsn, out, count), want);
    if (want != 0)
        CHECK(memcmp(out, disc.data + (size_t)lsn * SECTOR, (size_t)want * SECTOR) == 0);
    for (i = (size_t)want * SECTOR; i < buffer.size; i++)
        CHECK_EQUAL(buffer.bytes[i], 0x5A);
    guarded_free(&buffer);
}

static void runs(struct mounted *image)
{
    const uint32_t counts[] = {1, 2, 7, 16, 33};
    size_t i;
    uint32_t lsn;

    for (i = 0; i < sizeof counts / sizeof *counts; i++)
        for (lsn = 0; lsn < total; lsn += counts[i])
            check_read(image, lsn, counts[i], i % 4 * 4);
    for (lsn = total; lsn-- > 0;)
        check_read(image, lsn, 2, 0);
    check_read(image, 0, total, 0);
}

static void misaligned_buffers(struct mounted *image)
{
    size_t shift;

    for (shift = 1; shift < 8; shift++) {
        check_read(image, 0, total, shift);
        check_read(image, total / 2, 3, shift);
    }
}

static void random_requests(struct mounted *image)
{
    uint32_t seed = 1;
    int i;

    for (i = 0; i < 80; i++) {
        seed = seed * 1664525u + 1013904223u;
        check_read(image, (seed >> 8) % (total + 3), (seed >> 20) % 40, 0);
    }
}

static void end_of_media(struct mounted *image)
{
    struct guarded buffer = guarded_alloc(SECTOR);
    void *workspace = image->workspace.bytes;
    uint8_t *out = malloc(disc.size); /* a red zone of the heap after it */

    CHECK(out != NULL);
    check_read(image, total - 1, 2, 0);
    check_read(image, total, 1, 0);
    check_read(image, UINT32_MAX, 1, 0);
    /* Nothing to read: any buffer, or none. */
    CHECK_EQUAL(zso_read(workspace, 0, NULL, 0), 0);
    CHECK_EQUAL(zso_read(workspace, UINT32_MAX, NULL, 0), 0);
    CHECK_EQUAL(zso_read(workspace, total, NULL, UINT32_MAX), 0);
    CHECK_EQUAL(zso_read(workspace, UINT32_MAX, NULL, UINT32_MAX), 0);
    CHECK_EQUAL(zso_read(workspace, total - 1, NULL, 1), ZSO_E_ARGUMENT);
    /* A huge count: only what the disc has is touched. */
    image->device.out = buffer.bytes;
    image->device.out_size = SECTOR;
    CHECK_EQUAL(zso_read(workspace, total - 1, buffer.bytes, UINT32_MAX), 1);
    CHECK(memcmp(buffer.bytes, disc.data + disc.size - SECTOR, SECTOR) == 0);
    image->device.out = out;
    image->device.out_size = disc.size;
    CHECK_EQUAL(zso_read(workspace, 0, out, UINT32_MAX), total);
    CHECK(memcmp(out, disc.data, disc.size) == 0);
    image->device.out = NULL;
    guarded_free(&buffer);
    free(out);
}

static void two_images_side_by_side(uint32_t size)
{
    struct mounted a, b;
    uint32_t i;

    CHECK_EQUAL(mount(&a, file.data, file.size, size, 1), 0);
    CHECK_EQUAL(mount(&b, file.data, file.size, size, 0), 0);
    for (i = 0; i < total; i++) {
        check_read(&a, i, 1, 0);
        check_read(&b, total - 1 - i, 2, 0);
    }
    unmount(&a);
    unmount(&b);
}

static void mounted_again(uint32_t size)
{
    struct mounted image;

    CHECK_EQUAL(mount(&image, file.data, file.size, size, 1), 0);
    check_read(&image, 0, 3, 0);
    CHECK_EQUAL(zso_mount(image.workspace.bytes, size, device_read, &image.device, image.device.known_sectors), 0);
    check_read(&image, 0, 3, 0);
    unmount(&image);
}

int main(int argc, char **argv)
{
    const uint32_t aheads[] = {0, 16, 64};
    uint32_t block_size, size;
    size_t i;
    int known;

    CHECK_EQUAL(argc, 3);
    load_both(argv + 1);
    block_size = get32(file.data + 16);
    CHECK_EQUAL(zso_probe(file.data), 1);

    for (i = 0; i < sizeof aheads / sizeof *aheads; i++) {
        for (known = 0; known < 2; known++) {
            struct mounted image;

            size = zso_workspace_size(block_size, aheads[i]);
            CHECK(size != 0 && size % 64 == 0);
            CHECK_EQUAL(mount(&image, file.data, file.size, size, known), 0);
            CHECK_EQUAL(image.device.calls, 1);
            CHECK_EQUAL(zso_sector_count(image.workspace.bytes), total);
            CHECK_EQUAL(zso_last_device_error(image.workspace.bytes), 0);
            runs(&image);
            misaligned_buffers(&image);
            random_requests(&image);
            end_of_media(&image);
            CHECK_EQUAL(zso_sector_count(image.workspace.bytes), total);
            unmount(&image);
        }
    }
    size = zso_workspace_size(block_size, 0);
    two_images_side_by_side(size);
    mounted_again(size);
    mounted_again(size + 3 * SECTOR + 64); /* more than was asked for */
    free(file.data);
    free(disc.data);
    return 0;
}
