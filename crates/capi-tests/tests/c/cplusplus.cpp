// The header in C++: all names in it are those of C, and the reader's functions can be called.
#include "zso.h"
#define _Static_assert static_assert
extern "C" {
#include "layout.c"
}

#include <cstring>

static int32_t fails(void *, uint32_t, void *, uint32_t)
{
    return 42;
}

alignas(64) static unsigned char workspace[65536];

int main()
{
    const zso_read_sectors_fn read = fails;
    const uint32_t size = zso_workspace_size(2048, 16);
    const unsigned char block[] = {0x10, 'a'};
    unsigned char byte = 0;

    bool good = zso_probe(workspace) == 0;
    good = good && size <= sizeof workspace;
    good = good && zso_mount(workspace, size, read, nullptr, 0) == ZSO_E_DEVICE;
    good = good && zso_last_device_error(workspace) == 42;
    good = good && zso_read(workspace, 0, &byte, 1) == ZSO_E_NOT_MOUNTED;
    good = good && zso_sector_count(workspace) == 0;
    good = good && std::strlen(zso_strerror(ZSO_E_DEVICE)) > 0;
    good = good && zso_decode_block(block, sizeof block, &byte, 1) == 1 && byte == 'a';
    return good ? 0 : 1;
}
