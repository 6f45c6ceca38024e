/*
 * Provokes every error. Usage: errors IMAGE.zso DISC.iso
 *
 * The image has blocks of 2048 bytes, no align, and 530 of them, so that its index goes beyond the first
 * sector. Blocks 0 to 3 are compressed to 256 bytes or more, the others plain.
 */
#include "support.h"

static struct bytes file;
static struct bytes disc;
static uint32_t seen; /* bit n: the error -n was returned */

/* Notes an error, and compares it. */
static void provoked(int line, int32_t got, int32_t want)
{
    check_equal(__FILE__, line, "the error", got, want);
    seen |= 1u << -got;
}

#define PROVOKED(got, want) provoked(__LINE__, (got), (want))

/* A changed copy of the file, mounted with or without the number of its sectors known. */
struct changed {
    uint8_t *file;
    struct mounted image;
};

static struct changed copy_of_file(void)
{
    struct changed changed;

    memset(&changed, 0, sizeof changed);
    changed.file = malloc(file.size);
    CHECK(changed.file != NULL);
    memcpy(changed.file, file.data, file.size);
    return changed;
}

static uint8_t *entry(struct changed *changed, uint32_t block)
{
    return changed->file + 24 + 4 * (size_t)block;
}

static int32_t mount_changed(struct changed *changed, int known)
{
    return mount(&changed->image, changed->file, file.size, zso_workspace_size(2048, 16), known);
}

static void drop(struct changed *changed)
{
    unmount(&changed->image);
    free(changed->file);
}

/* Reads one sector; a good one is compared. */
static int32_t read_one(struct mounted *image, uint32_t lsn)
{
    struct guarded buffer = guarded_alloc(SECTOR);
    int32_t result = read_disc(image, lsn, buffer.bytes, 1);

    if (result == 1)
        CHECK(memcmp(buffer.bytes, disc.data + (size_t)lsn * SECTOR, SECTOR) == 0);
    guarded_free(&buffer);
    return result;
}

static void bad_arguments(void)
{
    struct mounted image;
    uint32_t size = zso_workspace_size(2048, 16);
    uint8_t byte = 0;
    uint32_t shift;

    CHECK_EQUAL(mount(&image, file.data, file.size, size, 1), 0);
    PROVOKED(zso_mount(NULL, size, device_read, &image.device, 0), ZSO_E_ARGUMENT);
    PROVOKED(zso_mount(image.workspace.bytes, size, NULL, &image.device, 0), ZSO_E_ARGUMENT);
    for (shift = 1; shift < 64; shift++)
        PROVOKED(zso_mount(image.workspace.bytes + shift, size - 64, device_read, &image.device, 0), ZSO_E_ARGUMENT);
    PROVOKED(zso_read(image.workspace.bytes, 0, NULL, 1), ZSO_E_ARGUMENT);
    PROVOKED(zso_decode_block(NULL, 1, &byte, 1), ZSO_E_ARGUMENT);
    PROVOKED(zso_decode_block(&byte, 1, NULL, 1), ZSO_E_ARGUMENT);
    PROVOKED(zso_decode_block(&byte, 1u << 31, &byte, 1), ZSO_E_ARGUMENT);
    PROVOKED(zso_decode_block(&byte, 1, &byte, UINT32_MAX), ZSO_E_ARGUMENT);
    unmount(&image);
}

/* A disc of which more than 2 GiB are asked for at once: its sectors are never looked at. */
static void too_much_at_once(void)
{
    struct changed changed = copy_of_file();
    uint8_t byte = 0;

    put32(changed.file + 8, 0);
    put32(changed.file + 12, 1); /* 4 GiB */
    CHECK_EQUAL(mount_changed(&changed, 0), 0);
    CHECK_EQUAL(zso_sector_count(changed.image.workspace.bytes), 1 << 21);
    PROVOKED(zso_read(changed.image.workspace.bytes, 0, &byte, 1u << 20), ZSO_E_ARGUMENT);
    PROVOKED(zso_read(changed.image.workspace.bytes, 0, &byte, UINT32_MAX), ZSO_E_ARGUMENT);
    drop(&changed);
}

static void check_not_mounted(void *workspace)
{
    uint8_t byte = 0;

    PROVOKED(zso_read(workspace, 0, &byte, 1), ZSO_E_NOT_MOUNTED);
    PROVOKED(zso_read(workspace, 0, NULL, 0), ZSO_E_NOT_MOUNTED);
    CHECK_EQUAL(zso_sector_count(workspace), 0);
}

static void not_mounted(void)
{
    uint32_t size = zso_workspace_size(2048, 0);
    struct guarded zeroed = guarded_alloc(size);
    struct mounted image;

    memset(zeroed.bytes, 0, size);
    check_not_mounted(zeroed.bytes);
    CHECK_EQUAL(zso_last_device_error(zeroed.bytes), 0);
    check_not_mounted(NULL);
    CHECK_EQUAL(zso_last_device_error(NULL), 0);
    guarded_free(&zeroed);

    /* What was mounted before is gone when a mount fails. */
    CHECK_EQUAL(mount(&image, file.data, file.size, size, 1), 0);
    image.device.fail_with = 9;
    CHECK_EQUAL(zso_mount(image.workspace.bytes, size, device_read, &image.device, 0), ZSO_E_DEVICE);
    check_not_mounted(image.workspace.bytes);
    CHECK_EQUAL(zso_last_device_error(image.workspace.bytes), 9);
    unmount(&image);
}

/* Changes a header's field, and mounts: with the size of workspace that the unchanged image has. */
static void bad_header(size_t offset, uint32_t value, int32_t want)
{
    struct changed changed = copy_of_file();

    put32(changed.file + offset, value);
    CHECK_EQUAL(zso_probe(changed.file), 0);
    PROVOKED(mount_changed(&changed, 1), want);
    check_not_mounted(changed.image.workspace.bytes);
    drop(&changed);
}

static void bad_headers(void)
{
    const uint32_t block_sizes[] = {0, 1, 2047, 2049, 3000, 0x20000800, 0x80000000, 0xFFFFF800, UINT32_MAX};
    size_t i;

    bad_header(0, 0, ZSO_E_NOT_ZSO);
    bad_header(0, 0x4F534943, ZSO_E_NOT_ZSO);         /* CISO */
    bad_header(0, 0x004F535A, ZSO_E_SERVER_VARIANT);  /* ZSO\0 */
    bad_header(4, 25, ZSO_E_HEADER_SIZE);
    bad_header(4, UINT32_MAX, ZSO_E_HEADER_SIZE);
    for (i = 0; i < sizeof block_sizes / sizeof *block_sizes; i++)
        bad_header(16, block_sizes[i], ZSO_E_BLOCK_SIZE);
    bad_header(20, 0x0002, ZSO_E_VERSION);
    bad_header(20, 0x2001, ZSO_E_ALIGN);
    bad_header(20, 0xFF01, ZSO_E_ALIGN);
    bad_header(12, 1u << 10, ZSO_E_TOO_LARGE); /* 4 TiB */
    bad_header(12, UINT32_MAX, ZSO_E_TOO_LARGE);
    CHECK_EQUAL(zso_probe(NULL), 0);
}

/* Header fields that some writers leave at 0. */
static void good_headers(void)
{
    struct changed changed = copy_of_file();

    put32(changed.file + 4, 0);
    put32(changed.file + 20, 0);
    CHECK_EQUAL(zso_probe(changed.file), 1);
    CHECK_EQUAL(mount_changed(&changed, 1), 0);
    CHECK_EQUAL(read_one(&changed.image, 0), 1);
    drop(&changed);
}

static void too_small(void)
{
    uint32_t smallest = zso_workspace_size(2048, 0);
    const uint32_t sizes[] = {0, 1, 63, 64, SECTOR, smallest - SECTOR, smallest - 64, smallest - 1};
    const uint32_t block_sizes[] = {4096, 16384, 1u << 29};
    size_t i;

    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct guarded workspace = guarded_alloc(sizes[i] + 64);
        struct device device = {0};
        uint8_t *start = workspace.bytes + (64 - (uintptr_t)workspace.bytes % 64) % 64;
        size_t after = (size_t)(workspace.bytes + workspace.size - start) - sizes[i];

        device.file = file.data;
        device.size = file.size;
        device.workspace = &workspace;
        memset(start + sizes[i], 0x77, after);
        PROVOKED(zso_mount(start, sizes[i], device_read, &device, 0), ZSO_E_MEMORY);
        while (after-- > 0)
            CHECK_EQUAL(start[sizes[i] + after], 0x77);
        guarded_free(&workspace);
    }
    for (i = 0; i < sizeof block_sizes / sizeof *block_sizes; i++) {
        struct changed changed = copy_of_file();

        put32(changed.file + 16, block_sizes[i]);
        PROVOKED(mount(&changed.image, changed.file, file.size, smallest, 1), ZSO_E_MEMORY);
        drop(&changed);
    }
}

static void device_errors(void)
{
    const int32_t codes[] = {5, -5, 1, -1, INT32_MAX, INT32_MIN};
    size_t i;

    for (i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct mounted image;

        /* While reading: the image stays mounted, and the same request succeeds later. */
        CHECK_EQUAL(mount(&image, file.data, file.size, zso_workspace_size(2048, 16), 1), 0);
        image.device.fail_with = codes[i];
        PROVOKED(read_one(&image, 20), ZSO_E_DEVICE);
        CHECK_EQUAL(zso_last_device_error(image.workspace.bytes), codes[i]);
        PROVOKED(read_one(&image, 520), ZSO_E_DEVICE); /* the index */
        image.device.fail_with = 0;
        CHECK_EQUAL(read_one(&image, 20), 1);
        CHECK_EQUAL(read_one(&image, 520), 1);

        /* While mounting. */
        image.device.fail_with = codes[i];
        PROVOKED(zso_mount(image.workspace.bytes, (uint32_t)image.workspace.size, device_read, &image.device, 0),
                 ZSO_E_DEVICE);
        CHECK_EQUAL(zso_last_device_error(image.workspace.bytes), codes[i]);
        check_not_mounted(image.workspace.bytes);
        image.device.fail_with = 0;
        CHECK_EQUAL(zso_mount(image.workspace.bytes, (uint32_t)image.workspace.size, device_read, &image.device,
                              image.device.known_sectors), 0);
        CHECK_EQUAL(zso_last_device_error(image.workspace.bytes), 0);
        CHECK_EQUAL(read_one(&image, 20), 1);
        unmount(&image);
    }
}

static void index_errors(void)
{
    /* Block 2: the entry after it lies before it. Block 3 has the same entry as its own, before the data. */
    struct changed changed = copy_of_file();

    put32(entry(&changed, 3), 32);
    CHECK_EQUAL(mount_changed(&changed, 1), 0);
    PROVOKED(read_one(&changed.image, 2), ZSO_E_INDEX);
    PROVOKED(read_one(&changed.image, 3), ZSO_E_INDEX);
    CHECK_EQUAL(read_one(&changed.image, 1), 1);
    CHECK_EQUAL(read_one(&changed.image, 4), 1);
    drop(&changed);

    /* A plain block with too little room. */
    changed = copy_of_file();
    put32(entry(&changed, 11), get32(entry(&changed, 11)) - 1);
    CHECK_EQUAL(mount_changed(&changed, 1), 0);
    PROVOKED(read_one(&changed.image, 10), ZSO_E_INDEX);
    CHECK_EQUAL(read_one(&changed.image, 9), 1);
    drop(&changed);
}

static void truncated_files(void)
{
    struct mounted image;
    struct changed changed;
    uint32_t last = (uint32_t)(disc.size / SECTOR) - 1;
    uint32_t cut;

    /* The end of the last block is missing. */
    CHECK_EQUAL(mount(&image, file.data, (file.size - 1) / SECTOR * SECTOR, zso_workspace_size(2048, 16), 1), 0);
    PROVOKED(read_one(&image, last), ZSO_E_TRUNCATED);
    CHECK_EQUAL(read_one(&image, last - 1), 1);
    unmount(&image);

    /* A compressed block is cut, not only a plain one. */
    changed = copy_of_file();
    cut = (get32(entry(&changed, 0)) / SECTOR + 1) * SECTOR;
    put32(entry(&changed, 2), cut - 8);
    put32(entry(&changed, 3), cut + 1000);
    memset(changed.file + cut - 8, 0xFF, 8);
    CHECK_EQUAL(mount(&changed.image, changed.file, cut, zso_workspace_size(2048, 16), 1), 0);
    PROVOKED(read_one(&changed.image, 2), ZSO_E_TRUNCATED);
    drop(&changed);

    /* Without the number of sectors, the device has to say it. */
    CHECK_EQUAL(mount(&image, file.data, (file.size - 1) / SECTOR * SECTOR, zso_workspace_size(2048, 16), 0), 0);
    PROVOKED(read_one(&image, last), ZSO_E_DEVICE);
    CHECK_EQUAL(zso_last_device_error(image.workspace.bytes), PAST_THE_END);
    unmount(&image);
}

/* Writes `damage` over the start of compressed block 1. */
static void bad_block(const uint8_t *damage, size_t size, int32_t want)
{
    struct changed changed = copy_of_file();
    uint32_t lsn;

    memcpy(changed.file + get32(entry(&changed, 1)), damage, size);
    CHECK_EQUAL(mount_changed(&changed, 1), 0);
    PROVOKED(read_one(&changed.image, 1), want);
    PROVOKED(read_one(&changed.image, 1), want);
    for (lsn = 0; lsn < 8; lsn++)
        CHECK_EQUAL(read_one(&changed.image, lsn), lsn == 1 ? want : 1);
    drop(&changed);
}

static void damaged_blocks(void)
{
    const uint8_t input_end[] = {0xF0, 255, 255, 255, 255, 255, 255, 255, 0};           /* 1800 literals */
    const uint8_t offset_0[] = {0x10, 'a', 0, 0};
    const uint8_t offset_too_far[] = {0x10, 'a', 2, 0};
    const uint8_t overrun[] = {0x1F, 'a', 1, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0}; /* 1 + 2059 bytes */

    bad_block(input_end, sizeof input_end, ZSO_E_INPUT_END);
    bad_block(offset_0, sizeof offset_0, ZSO_E_OFFSET);
    bad_block(offset_too_far, sizeof offset_too_far, ZSO_E_OFFSET);
    bad_block(overrun, sizeof overrun, ZSO_E_OVERRUN);
}

int main(int argc, char **argv)
{
    int32_t error;

    CHECK_EQUAL(argc, 3);
    file = load(argv[1]);
    disc = load(argv[2]);
    bad_arguments();
    too_much_at_once();
    not_mounted();
    bad_headers();
    good_headers();
    too_small();
    device_errors();
    index_errors();
    truncated_files();
    damaged_blocks();
    /* All but the one that cannot be provoked. */
    for (error = -1; error > ZSO_E_INTERNAL; error--)
        CHECK(seen & 1u << -error);
    free(file.data);
    free(disc.data);
    return 0;
}
