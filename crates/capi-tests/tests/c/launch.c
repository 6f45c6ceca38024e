/* Which core starts what, and titles in names. Usage: launch */
#include "support.h"

static int32_t today(uint32_t core, uint32_t transport, uint32_t image)
{
    return zso_launch(core, transport, image, 0);
}

static void rules(void)
{
    CHECK(today(ZSO_CORE_OPL, ZSO_TRANSPORT_USB, ZSO_IMAGE_ZSO) == ZSO_LAUNCH_OPL);
    CHECK(today(ZSO_CORE_NEUTRINO, ZSO_TRANSPORT_USB, ZSO_IMAGE_ISO) == ZSO_LAUNCH_NEUTRINO);
    CHECK(today(ZSO_CORE_NEUTRINO, ZSO_TRANSPORT_HDD_APA, ZSO_IMAGE_ZSO) == ZSO_LAUNCH_OPL_FOR_ZSO);
    CHECK(today(ZSO_CORE_NEUTRINO, ZSO_TRANSPORT_SMB, ZSO_IMAGE_ISO) == ZSO_LAUNCH_OPL_FOR_TRANSPORT);
    CHECK(today(ZSO_CORE_NEUTRINO, ZSO_TRANSPORT_UDPFS, ZSO_IMAGE_ZSO) == ZSO_LAUNCH_REFUSED_ZSO);
    CHECK(today(ZSO_CORE_OPL, ZSO_TRANSPORT_UDPBD, ZSO_IMAGE_ISO) == ZSO_LAUNCH_REFUSED_TRANSPORT);
    CHECK(zso_launch(ZSO_CORE_NEUTRINO, ZSO_TRANSPORT_UDPFS, ZSO_IMAGE_ZSO, 1) == ZSO_LAUNCH_NEUTRINO);
    CHECK(zso_launch(ZSO_CORE_NEUTRINO, ZSO_TRANSPORT_UDPFS, ZSO_IMAGE_ZSO, UINT32_MAX) == ZSO_LAUNCH_NEUTRINO);
    CHECK(today(2, ZSO_TRANSPORT_USB, ZSO_IMAGE_ZSO) == ZSO_E_ARGUMENT);
    CHECK(today(ZSO_CORE_OPL, ZSO_TRANSPORT_UDPFS + 1, ZSO_IMAGE_ZSO) == ZSO_E_ARGUMENT);
    CHECK(today(ZSO_CORE_OPL, UINT32_MAX, ZSO_IMAGE_ZSO) == ZSO_E_ARGUMENT);
    CHECK(today(ZSO_CORE_OPL, ZSO_TRANSPORT_USB, 2) == ZSO_E_ARGUMENT);
}

/* With nothing but an inaccessible page behind the name: it needs no NUL. */
static int32_t title(const char *name)
{
    struct guarded copy = guarded_alloc(strlen(name));
    int32_t result;

    memcpy(copy.bytes, name, copy.size);
    result = zso_title((const char *)copy.bytes, (uint32_t)copy.size);
    guarded_free(&copy);
    return result;
}

static void names(void)
{
    CHECK(title("SLES_123.45.Title.zso") == 12);
    CHECK(title("SLES_123.45.T.ISO") == 12);
    CHECK(title("SLES_123.45.ISO") == 0);
    CHECK(title("Title.Zso") == 0);
    CHECK(title(".zso") == ZSO_E_ARGUMENT);
    CHECK(title("zso") == ZSO_E_ARGUMENT);
    CHECK(title("") == ZSO_E_ARGUMENT);
    CHECK(title("SLES_123.45.Title.cue") == ZSO_E_ARGUMENT);
    CHECK(zso_title(NULL, 0) == ZSO_E_ARGUMENT);
    CHECK(zso_title("", UINT32_C(1) << 31) == ZSO_E_ARGUMENT);
}

int main(void)
{
    rules();
    names();
    return 0;
}
