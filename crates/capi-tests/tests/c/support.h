/* What the test programs share: checks, guarded buffers, files, and a device in memory. Include it first. */
#ifndef SUPPORT_H
#define SUPPORT_H

#define _DEFAULT_SOURCE /* mmap's MAP_ANONYMOUS */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zso.h"

#define SECTOR 2048u

#define CHECK(condition) \
    ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, #condition))
#define CHECK_EQUAL(got, want) \
    check_equal(__FILE__, __LINE__, #got, (long long)(got), (long long)(want))

void check_failed(const char *file, int line, const char *what);
void check_equal(const char *file, int line, const char *what, long long got, long long want);

/*
 * A buffer with nothing after it but an inaccessible page, and a pattern before it that is checked at the end.
 * The library is not built with the sanitizers, so their red zones alone would not notice what it does.
 */
struct guarded {
    uint8_t *bytes;
    size_t size;
    uint8_t *pages;
    size_t pages_size;
};

struct guarded guarded_alloc(size_t size);
void guarded_free(struct guarded *buffer);

/* A file's bytes, in a heap block of exactly that size. */
struct bytes {
    uint8_t *data;
    size_t size;
};

struct bytes load(const char *path);

uint32_t get32(const uint8_t *at);
void put32(uint8_t *at, uint32_t value);

/* A file in memory, read through device_read(). It holds the library to its promises. */
struct device {
    const uint8_t *file;
    size_t size;
    uint32_t known_sectors; /* what zso_mount() was told */
    int32_t fail_with;      /* if not 0: the code of every call */
    uint32_t calls;
    const struct guarded *workspace;
    const uint8_t *out; /* the buffer of the zso_read() under way */
    size_t out_size;
};

/* The device's code for sectors that the file does not have. */
#define PAST_THE_END (-7777)

int32_t device_read(void *user, uint32_t first_sector, void *buf, uint32_t count);
uint32_t sectors_of(size_t bytes);

/* An image in memory, mounted in a workspace of its own. */
struct mounted {
    struct device device;
    struct guarded workspace;
};

/* zso_mount() with a workspace of `workspace_size` bytes; `known` tells the number of sectors. */
int32_t mount(struct mounted *image, const uint8_t *file, size_t size, uint32_t workspace_size, int known);
void unmount(struct mounted *image);
/* zso_read(), with the buffer announced to the device. */
int32_t read_disc(struct mounted *image, uint32_t lsn, void *buf, uint32_t count);

#endif
