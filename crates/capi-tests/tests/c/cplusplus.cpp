// All functions from C++: their names are those of C.
#include "zso.h"
#include "zso.h"

#include <cstring>

static int32_t fails(void *, uint32_t, void *, uint32_t)
{
    return 42;
}

static int32_t no_blocks(void *, uint64_t, void *, uint32_t)
{
    return 43;
}

static int32_t no_part(void *, uint32_t, uint32_t, void *, uint32_t)
{
    return 44;
}

static uint32_t no_size(int32_t)
{
    return 0;
}

static int32_t no_handle(int32_t, void *, uint32_t, uint32_t)
{
    return 45;
}

static int32_t no_bytes(void *, uint64_t, void *, uint32_t)
{
    return -46;
}

alignas(64) static unsigned char state[ZSO_LARGE_SIZE], header[1024];

static bool maps()
{
    bool good = zso_fragments_init(state, no_blocks, nullptr) == 0;
    good = good && zso_fragments_add(state, 0, 4) == 1;
    good = good && zso_fragments_add_larger(state, 1, 1, 2) == 2;
    good = good && zso_fragments_read(state, 0, header, 0) == 0;
    good = good && zso_hdl_add(state, 0, header) == 43;
    good = good && zso_parts_init(state, ZSO_UL_PART_SECTORS, 1, 1, no_part, nullptr) == 0;
    good = good && zso_parts_read(state, 1, header, 1) == ZSO_E_PAST_END;
    good = good && zso_fhi_init(state, 0, no_size, no_handle) == 0;
    good = good && zso_bytes_init(state, 1, no_bytes, nullptr) == 1;
    good = good && zso_bytes_read(state, 0, header, 1) == -46;
    good = good && zso_large_init(state, no_blocks, nullptr) == 0;
    good = good && zso_large_read(state, 0, header, 1) == 43;
    zso_read_sectors_fn read = zso_fhi_read;
    return good && read != nullptr;
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
    return good && maps() ? 0 : 1;
}
