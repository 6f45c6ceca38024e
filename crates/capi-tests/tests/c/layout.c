/* What the header promises to a compiler, checked without running anything; also for 32-bit machines. C11. */
#include "zso.h"

_Static_assert(sizeof(zso_workspace_size(0, 0)) == 4, "sizes have 32 bits");
_Static_assert(sizeof(zso_probe(0)) == 4, "results have 32 bits");
_Static_assert(sizeof(enum zso_error) == 4, "errors have 32 bits");
_Static_assert(sizeof(zso_read_sectors_fn) == sizeof(void *), "functions have the size of pointers");
_Static_assert(ZSO_E_ARGUMENT < 0, "errors are negative");
/* The prototypes, once more: a changed one does not compile. */
uint32_t zso_workspace_size(uint32_t, uint32_t);
int32_t zso_probe(const void *);
int32_t zso_mount(void *, uint32_t, int32_t (*)(void *, uint32_t, void *, uint32_t), void *, uint32_t);
int32_t zso_read(void *, uint32_t, void *, uint32_t);
uint32_t zso_sector_count(const void *);
int32_t zso_last_device_error(const void *);
const char *zso_strerror(int32_t);
int32_t zso_decode_block(const void *, uint32_t, void *, uint32_t);
int32_t zso_fragments_init(void *, int32_t (*)(void *, uint64_t, void *, uint32_t), void *);
int32_t zso_fragments_add(void *, uint64_t, uint32_t);
int32_t zso_fragments_add_larger(void *, uint64_t, uint32_t, uint32_t);
int32_t zso_fragments_read(void *, uint32_t, void *, uint32_t);
int32_t zso_hdl_add(void *, uint32_t, void *);
int32_t zso_parts_init(void *, uint32_t, uint32_t, uint32_t, int32_t (*)(void *, uint32_t, uint32_t, void *, uint32_t), void *);
int32_t zso_parts_read(void *, uint32_t, void *, uint32_t);
int32_t zso_fhi_init(void *, int32_t, uint32_t (*)(int32_t), int32_t (*)(int32_t, void *, uint32_t, uint32_t));
int32_t zso_fhi_read(void *, uint32_t, void *, uint32_t);
int32_t zso_bytes_init(void *, uint64_t, int32_t (*)(void *, uint64_t, void *, uint32_t), void *);
int32_t zso_bytes_read(void *, uint32_t, void *, uint32_t);
int32_t zso_large_init(void *, int32_t (*)(void *, uint64_t, void *, uint32_t), void *);
int32_t zso_large_read(void *, uint64_t, void *, uint32_t);
