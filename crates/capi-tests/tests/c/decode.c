/* zso_decode_block() on good and on damaged blocks. Usage: decode BLOCK.lz4 BYTES */
#include "support.h"

static struct bytes block;
static struct bytes want;

/* A call with the source and the destination in guarded buffers of exactly these sizes. */
static int32_t decode(const uint8_t *src, size_t src_len, size_t dst_len, int same)
{
    struct guarded from = guarded_alloc(src_len);
    struct guarded to = guarded_alloc(dst_len);
    int32_t result;

    memcpy(from.bytes, src, src_len);
    result = zso_decode_block(from.bytes, (uint32_t)src_len, to.bytes, (uint32_t)dst_len);
    CHECK(memcmp(from.bytes, src, src_len) == 0);
    if (same)
        CHECK(memcmp(to.bytes, want.data, want.size) == 0);
    guarded_free(&from);
    guarded_free(&to);
    return result;
}

static int is_decode_error(int32_t result)
{
    return result == ZSO_E_INPUT_END || result == ZSO_E_OFFSET || result == ZSO_E_OVERRUN;
}

static void good(void)
{
    uint8_t *longer = malloc(block.size + 100);

    CHECK(longer != NULL);
    CHECK_EQUAL(decode(block.data, block.size, want.size, 1), want.size);
    /* What follows the block is ignored. */
    memcpy(longer, block.data, block.size);
    memset(longer + block.size, 0xFF, 100);
    CHECK_EQUAL(decode(longer, block.size + 1, want.size, 1), want.size);
    CHECK_EQUAL(decode(longer, block.size + 100, want.size, 1), want.size);
    free(longer);
}

static void other_lengths(void)
{
    size_t step = block.size / 64 + 1;
    size_t len;

    for (len = 0; len < block.size; len += step)
        CHECK_EQUAL(decode(block.data, len, want.size, 0), ZSO_E_INPUT_END);
    CHECK_EQUAL(decode(block.data, block.size - 1, want.size, 0), ZSO_E_INPUT_END);
    CHECK_EQUAL(decode(block.data, block.size, want.size + 1, 0), ZSO_E_INPUT_END);
    if (want.size > 1)
        CHECK_EQUAL(decode(block.data, block.size, want.size - 1, 0), ZSO_E_OVERRUN);
}

static void flipped_bits(void)
{
    size_t step = block.size / 300 + 1;
    size_t i;
    int bit;

    for (i = 0; i < block.size; i += step) {
        for (bit = 0; bit < 8; bit++) {
            int32_t result;

            block.data[i] ^= (uint8_t)(1 << bit);
            result = decode(block.data, block.size, want.size, 0);
            CHECK(result == (int32_t)want.size || is_decode_error(result));
            block.data[i] ^= (uint8_t)(1 << bit);
        }
    }
}

static void no_bytes(void)
{
    uint8_t byte = 0;

    CHECK_EQUAL(zso_decode_block(&byte, 1, &byte + 1, 0), 0);
    CHECK_EQUAL(zso_decode_block(&byte, 0, &byte + 1, 0), 0);
    CHECK_EQUAL(zso_decode_block(NULL, 0, &byte, 0), ZSO_E_ARGUMENT);
    CHECK_EQUAL(zso_decode_block(&byte, 0, NULL, 0), ZSO_E_ARGUMENT);
    CHECK_EQUAL(zso_decode_block(&byte, 0, &byte + 1, 1), ZSO_E_INPUT_END);
}

int main(int argc, char **argv)
{
    CHECK_EQUAL(argc, 3);
    block = load(argv[1]);
    want = load(argv[2]);
    good();
    other_lengths();
    flipped_bits();
    no_bytes();
    free(block.data);
    free(want.data);
    return 0;
}
