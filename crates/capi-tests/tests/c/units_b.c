/* The header in a second unit of the same program. */
#include "zso.h"

uint32_t size_in_b(void);

uint32_t size_in_b(void)
{
    return zso_workspace_size(2048, 16);
}
