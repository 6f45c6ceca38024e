/* Each map over a file in memory, alone and under the reader: arguments are the ZSO file and the disc in it. */
#include "support.h"

static struct bytes file;

/* What the file is read from; it checks what it is asked for. */
struct medium
{
    uint32_t calls;
    uint32_t largest;
    int32_t error;
};

static int32_t deliver(struct medium *medium, uint64_t offset, void *buf, uint32_t size)
{
    CHECK(((uintptr_t)buf & 3) == 0);
    CHECK(size > 0);
    medium->calls++;
    if (size > medium->largest)
        medium->largest = size;
    if (medium->error != 0)
        return medium->error;
    memset(buf, 0xEE, size);
    if (offset < file.size)
        memcpy(buf, file.data + offset, size < file.size - offset ? size : file.size - offset);
    return 0;
}

/* The file's second half lies before its first, each with a hole after it. */
static uint64_t half(void)
{
    return file.size / 2 / 512 * 512;
}

#define FIRST_AT 1000000u

static int32_t read_blocks(void *user, uint64_t first_block, void *buf, uint32_t count)
{
    if (first_block >= FIRST_AT)
        return deliver(user, (first_block - FIRST_AT) * 512, buf, count * 512);
    return deliver(user, half() + first_block * 512, buf, count * 512);
}

static int32_t read_large(void *user, uint64_t first_block, void *buf, uint32_t count)
{
    return deliver(user, first_block * 4096, buf, count * 4096);
}

#define PART_SECTORS 7u

static int32_t read_part(void *user, uint32_t part, uint32_t first_sector, void *buf, uint32_t count)
{
    CHECK(part < 10 && first_sector + count <= PART_SECTORS * 100);
    return deliver(user, ((uint64_t)part * PART_SECTORS * 100 + first_sector) * SECTOR, buf, count * SECTOR);
}

static struct medium handle;

static uint32_t handle_size(int32_t file_handle)
{
    CHECK(file_handle == 3);
    return (uint32_t)(file.size / 512);
}

static int32_t handle_read(int32_t file_handle, void *buffer, uint32_t sector_start, uint32_t sector_count)
{
    CHECK(file_handle == 3);
    return deliver(&handle, (uint64_t)sector_start * 512, buffer, sector_count * 512) == 0 ? (int32_t)sector_count : -1;
}

static int32_t read_bytes(void *user, uint64_t offset, void *buf, uint32_t size)
{
    /* At most an odd number at a time. */
    uint32_t now = size < 1001 ? size : 1001;
    struct medium *medium = user;

    medium->calls++;
    if (medium->error != 0)
        return medium->error;
    if (offset >= file.size)
        return 0;
    if (now > file.size - offset)
        now = (uint32_t)(file.size - offset);
    memcpy(buf, file.data + offset, now);
    return (int32_t)now;
}

/* Reads the whole disc through a map. */
static void reads_the_disc(zso_read_sectors_fn read, void *state, uint32_t file_sectors, const struct bytes *disc)
{
    uint32_t size = zso_workspace_size(SECTOR, 16), lsn;
    struct guarded memory = guarded_alloc(size), buffer = guarded_alloc(8 * SECTOR);
    void *workspace = memory.bytes;
    uint8_t *buf = buffer.bytes;

    CHECK(zso_mount(workspace, size, read, state, file_sectors) == 0);
    for (lsn = 0; lsn < zso_sector_count(workspace); lsn += 8) {
        int32_t got = zso_read(workspace, lsn, buf, 8);
        uint64_t at = (uint64_t)lsn * SECTOR;
        uint64_t left = disc->size - at;

        CHECK(got > 0);
        CHECK(memcmp(buf, disc->data + at, left < (uint64_t)got * SECTOR ? left : (uint64_t)got * SECTOR) == 0);
    }
    guarded_free(&buffer);
    guarded_free(&memory);
}

static void fragments(const struct bytes *disc, uint32_t file_sectors)
{
    struct medium medium = {0, 0, 0};
    struct guarded memory = guarded_alloc(ZSO_FRAGMENTS_SIZE);
    void *state = memory.bytes;
    uint32_t first = (uint32_t)(half() / 512), rest = (uint32_t)((file.size - half() + 511) / 512), i;

    CHECK(zso_fragments_init(0, read_blocks, &medium) == ZSO_E_ARGUMENT);
    CHECK(zso_fragments_init(state, 0, &medium) == ZSO_E_ARGUMENT);
    CHECK(zso_fragments_init(state, read_blocks, &medium) == 0);
    CHECK(zso_fragments_add(state, (uint64_t)1 << 63, 1) == ZSO_E_MAP);
    CHECK(zso_fragments_add(state, 0, 0x80000000) == ZSO_E_MAP);
    /* Nothing of these fits, however it is shifted. */
    CHECK(zso_fragments_add_larger(state, (uint64_t)1 << 61, 1, 3) == ZSO_E_MAP);
    CHECK(zso_fragments_add_larger(state, 0, 0x20000000, 3) == ZSO_E_MAP);
    CHECK(zso_fragments_add_larger(state, 0, 1, 4) == ZSO_E_MAP);
    CHECK(zso_fragments_add_larger(state, 0, 1, UINT32_MAX) == ZSO_E_MAP);
    /* Two that adjoin are one. */
    CHECK(zso_fragments_add(state, FIRST_AT, 1) == 1);
    CHECK(zso_fragments_add(state, FIRST_AT + 1, first - 1) == (int32_t)((first + 3) / 4));
    CHECK(zso_fragments_add(state, 0, rest) == (int32_t)file_sectors);
    reads_the_disc(zso_fragments_read, state, file_sectors, disc);
    medium.error = -77;
    CHECK(zso_fragments_read(state, 0, state, 1) == -77);
    CHECK(zso_fragments_read(state, file_sectors, state, 1) == ZSO_E_PAST_END);
    CHECK(zso_fragments_init(state, read_blocks, &medium) == 0);
    for (i = 0; i < 65; i++)
        CHECK(zso_fragments_add(state, i * 8, 4) == (int32_t)i + 1);
    CHECK(zso_fragments_add(state, 8000, 4) == ZSO_E_MAP);
    CHECK(zso_fragments_add(state, 64 * 8 + 4, 4) == 66);
    guarded_free(&memory);
}

static void large(const struct bytes *disc, uint32_t file_sectors)
{
    struct medium medium = {0, 0, 0};
    struct guarded below = guarded_alloc(ZSO_LARGE_SIZE), memory = guarded_alloc(ZSO_FRAGMENTS_SIZE);
    void *device_state = below.bytes, *state = memory.bytes;

    CHECK(zso_large_init(0, read_large, &medium) == ZSO_E_ARGUMENT);
    CHECK(zso_large_init(device_state, 0, &medium) == ZSO_E_ARGUMENT);
    CHECK(zso_large_init(device_state, read_large, &medium) == 0);
    CHECK(zso_fragments_init(state, zso_large_read, device_state) == 0);
    CHECK(zso_fragments_add_larger(state, 0, 1, 3) == 2);
    CHECK(zso_fragments_add_larger(state, 2, file_sectors, 2) == (int32_t)file_sectors + 2);
    reads_the_disc(zso_fragments_read, state, file_sectors, disc);
    guarded_free(&memory);
    guarded_free(&below);
}

static int32_t read_header(void *user, uint64_t first_block, void *buf, uint32_t count)
{
    static const uint8_t start[4] = {0xED, 0xFE, 0xAD, 0xDE};
    uint32_t part[4] = {1, 0, 5000, 3 * SECTOR};
    uint8_t *header = buf, *at = header + 0xF0;
    int i, byte;

    (void)user;
    CHECK(first_block == 12345 && count == 2);
    memset(header, 0, 1024);
    memcpy(header, start, sizeof start);
    for (i = 0; i < 4; i++)
        for (byte = 0; byte < 4; byte++)
            *at++ = (uint8_t)(part[i] >> 8 * byte);
    return 0;
}

static void game(void)
{
    struct guarded memory = guarded_alloc(ZSO_FRAGMENTS_SIZE), sectors = guarded_alloc(1024);
    void *state = memory.bytes, *header = sectors.bytes;

    CHECK(zso_hdl_add(0, 1, header) == ZSO_E_ARGUMENT);
    CHECK(zso_fragments_init(state, read_header, 0) == 0);
    CHECK(zso_hdl_add(state, 1, 0) == ZSO_E_ARGUMENT);
    CHECK(zso_hdl_add(state, 12345, header) == 3);
    CHECK(((uint8_t *)header)[ZSO_HDL_MEDIA] == 0);
    guarded_free(&sectors);
    guarded_free(&memory);
}

static void parts(const struct bytes *disc, uint32_t file_sectors)
{
    struct medium medium = {0, 0, 0};
    struct guarded memory = guarded_alloc(ZSO_PARTS_SIZE);
    void *state = memory.bytes;
    const uint32_t part = PART_SECTORS * 100;

    CHECK(zso_parts_init(0, part, file_sectors, 4, read_part, &medium) == ZSO_E_ARGUMENT);
    CHECK(zso_parts_init(state, part, file_sectors, 4, 0, &medium) == ZSO_E_ARGUMENT);
    CHECK(zso_parts_init(state, 0, file_sectors, 4, read_part, &medium) == ZSO_E_MAP);
    CHECK(zso_parts_init(state, 1, 11, 4, read_part, &medium) == ZSO_E_MAP);
    CHECK(zso_parts_init(state, part, file_sectors, 4, read_part, &medium) == 0);
    reads_the_disc(zso_parts_read, state, file_sectors, disc);
    CHECK(medium.largest <= 4 * SECTOR);
    CHECK(zso_parts_read(state, file_sectors - 1, state, 2) == ZSO_E_PAST_END);
    guarded_free(&memory);
}

static void handles(const struct bytes *disc)
{
    struct guarded memory = guarded_alloc(ZSO_FHI_SIZE);
    void *state = memory.bytes;

    CHECK(zso_fhi_init(0, 3, handle_size, handle_read) == ZSO_E_ARGUMENT);
    CHECK(zso_fhi_init(state, 3, 0, handle_read) == ZSO_E_ARGUMENT);
    CHECK(zso_fhi_init(state, 3, handle_size, 0) == ZSO_E_ARGUMENT);
    CHECK(zso_fhi_init(state, 3, handle_size, handle_read) == (int32_t)(file.size / 512 / 4 + 1));
    reads_the_disc(zso_fhi_read, state, 0, disc);
    guarded_free(&memory);
}

static void bytes(const struct bytes *disc, uint32_t file_sectors)
{
    struct medium medium = {0, 0, 0};
    struct guarded memory = guarded_alloc(ZSO_BYTES_SIZE);
    void *state = memory.bytes;

    CHECK(zso_bytes_init(0, file.size, read_bytes, &medium) == ZSO_E_ARGUMENT);
    CHECK(zso_bytes_init(state, file.size, 0, &medium) == ZSO_E_ARGUMENT);
    CHECK(zso_bytes_init(state, (uint64_t)1 << 42, read_bytes, &medium) == ZSO_E_MAP);
    CHECK(zso_bytes_init(state, file.size, read_bytes, &medium) == (int32_t)file_sectors);
    reads_the_disc(zso_bytes_read, state, file_sectors, disc);
    guarded_free(&memory);
}

int main(int argc, char **argv)
{
    struct bytes disc;
    uint32_t file_sectors;

    CHECK(argc == 3);
    file = load(argv[1]);
    disc = load(argv[2]);
    file_sectors = (uint32_t)((file.size + SECTOR - 1) / SECTOR);
    fragments(&disc, file_sectors);
    large(&disc, file_sectors);
    game();
    parts(&disc, file_sectors);
    handles(&disc);
    bytes(&disc, file_sectors);
    return 0;
}
