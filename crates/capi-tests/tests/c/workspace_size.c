/* The sizes that include/zso.h promises. */
#include "support.h"

int main(void)
{
    const uint32_t invalid[] = {0, 1, 1024, 2047, 2049, 0x20000800, 0x60000000, 0x80000000, 0xFFFFF800, UINT32_MAX};
    uint32_t state = sizeof(void *) == 8 ? 192 : 128;
    uint32_t ahead;
    size_t i;

    CHECK_EQUAL(zso_workspace_size(2048, 16), 17 * SECTOR + state);
    CHECK_EQUAL(zso_workspace_size(2048, 0), 4 * SECTOR + state);
    for (ahead = 0; ahead <= 3; ahead++)
        CHECK_EQUAL(zso_workspace_size(2048, ahead), zso_workspace_size(2048, 0));
    for (ahead = 3; ahead < 100; ahead++)
        CHECK_EQUAL(zso_workspace_size(2048, ahead + 1), zso_workspace_size(2048, ahead) + SECTOR);
    /* A block as it is, 8 sectors, and one compressed: at most 10 sectors touched; and one for header and index. */
    CHECK_EQUAL(zso_workspace_size(16384, 0), (8 + 10 + 1) * SECTOR + state);
    CHECK(zso_workspace_size(1u << 29, 1u << 19) > 1u << 30);
    CHECK_EQUAL(zso_workspace_size(2048, UINT32_MAX), 0);
    CHECK_EQUAL(zso_workspace_size(2048, (1u << 19) + 1), 0);
    CHECK_EQUAL(zso_workspace_size(2048, 1u << 19), ((1u << 19) + 1) * SECTOR + state);
    for (i = 0; i < sizeof invalid / sizeof *invalid; i++)
        CHECK_EQUAL(zso_workspace_size(invalid[i], 0), 0);
    return 0;
}
