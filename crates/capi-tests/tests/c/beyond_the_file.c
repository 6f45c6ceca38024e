/* What an image that lies about its size makes the library ask of the device. Usage: see errors.c */
#include "support.h"

int main(int argc, char **argv)
{
    struct bytes file;
    struct mounted image;
    struct guarded buffer = guarded_alloc(SECTOR);
    uint32_t lsn;

    CHECK_EQUAL(argc, 3);
    file = load(argv[1]);
    /* Only the header's sector is left: the index of blocks from 506 on is missing. The device checks each request. */
    CHECK_EQUAL(mount(&image, file.data, SECTOR, zso_workspace_size(2048, 16), 1), 0);
    for (lsn = 0; lsn < zso_sector_count(image.workspace.bytes); lsn++)
        CHECK_EQUAL(read_disc(&image, lsn, buffer.bytes, 1), ZSO_E_TRUNCATED);
    unmount(&image);
    guarded_free(&buffer);
    free(file.data);
    return 0;
}
