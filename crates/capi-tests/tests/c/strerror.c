/* The texts of all numbers. Usage: strerror ERROR..., with all errors there are */
#include "support.h"

static const char *text(int32_t number)
{
    const char *text = zso_strerror(number);

    CHECK(text != NULL);
    CHECK(strlen(text) > 0 && strlen(text) < 80);
    CHECK(strchr(text, '\n') == NULL);
    CHECK(text == zso_strerror(number));
    return text;
}

int main(int argc, char **argv)
{
    const int32_t unknown[] = {INT32_MIN, INT32_MIN + 1, INT32_MAX, 1, -100};
    size_t i;
    int a, b;

    CHECK(argc > 1);
    for (a = 1; a < argc; a++) {
        const char *mine = text(atoi(argv[a]));

        CHECK(strcmp(mine, text(1)) != 0);
        CHECK(strcmp(mine, text(0)) != 0);
        for (b = 1; b < a; b++)
            CHECK(strcmp(mine, text(atoi(argv[b]))) != 0);
    }
    CHECK(strcmp(text(0), text(1)) != 0);
    for (i = 0; i < sizeof unknown / sizeof *unknown; i++)
        CHECK(strcmp(text(unknown[i]), text(1)) == 0);
    return 0;
}
