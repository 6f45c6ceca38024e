/* The header, first of all, and a second time. */
#include "zso.h"
#include "zso.h"

uint32_t size_in_b(void);

int main(void)
{
    return zso_workspace_size(2048, 16) == size_in_b() ? 0 : 1;
}
