/* What docs/neutrino.md gives to a loader, on a file and on damage. Usage: neutrino IMAGE.zso DISC.iso */
#include "support.h"

uint32_t file_read(void *file, uint64_t offset, void *buf, uint32_t size);
int read_sector(void *file, uint32_t lsn, uint8_t *buf);
uint32_t open_image(void *file, uint64_t file_bytes);

static struct bytes image;

uint32_t file_read(void *file, uint64_t offset, void *buf, uint32_t size)
{
    struct bytes *bytes = file;

    if (offset >= bytes->size)
        return 0;
    if (size > bytes->size - offset)
        size = (uint32_t)(bytes->size - offset);
    memcpy(buf, bytes->data + offset, size);
    return size;
}

static void every_sector_is_read(const struct bytes *disc)
{
    uint32_t sectors = (uint32_t)(disc->size / 2048), lsn;
    uint8_t buf[2048];

    CHECK_EQUAL(open_image(&image, image.size), sectors);
    for (lsn = 0; lsn < sectors; lsn++) {
        CHECK_EQUAL(read_sector(&image, lsn, buf), 0);
        CHECK(memcmp(buf, disc->data + (size_t)lsn * 2048, 2048) == 0);
    }
    CHECK_EQUAL(read_sector(&image, sectors, buf), -1);
}

/* Reads no byte too many, whatever the file holds: the sanitizers look. */
static void damage_is_survived(uint32_t sectors)
{
    uint8_t buf[2048];
    size_t at;

    for (at = 24; at < image.size; at += 7) {
        uint8_t sound = image.data[at];

        image.data[at] = (uint8_t)(sound ^ (1u << at % 8));
        (void)read_sector(&image, (uint32_t)(at % sectors), buf);
        image.data[at] = sound;
    }
}

int main(int argc, char **argv)
{
    struct bytes disc;

    CHECK_EQUAL(argc, 3);
    image = load(argv[1]);
    disc = load(argv[2]);
    every_sector_is_read(&disc);
    damage_is_survived((uint32_t)(disc.size / 2048));
    /* The disc itself is an image, too. */
    free(image.data);
    image = disc;
    every_sector_is_read(&disc);
    free(disc.data);
    return 0;
}
