/* Reads the next sector of the file on a thread of its own, while the reader is busy with the last one. */
#include "device.h"
#include "imports.h"
#include "zso.h"

#define TH_C 0x02000000
#define PRIORITY 0x0e
#define STACK_SIZE 0x400

static u8 sector_ahead[SECTOR_SIZE] __attribute__((aligned(16)));
static u32 number_ahead;
static int status_ahead;
static int is_asked; /* whether somebody has to wait for the thread to be done */
static int thread;
static int asked;
static int done;

static void work(void *argument)
{
    (void)argument;
    for (;;) {
        WaitSema(asked);
        status_ahead = DeviceReadSectors(number_ahead, sector_ahead, 1);
        SignalSema(done);
    }
}

static int start(void)
{
    iop_thread_t options = {TH_C, 0, work, STACK_SIZE, PRIORITY};
    iop_sema_t none = {0, 0, 0, 1};

    asked = CreateSema(&none);
    done = CreateSema(&none);
    thread = CreateThread(&options);
    if (asked < 0 || done < 0 || thread < 0)
        return -1;
    return StartThread(thread, NULL);
}

int read_with_the_next(u32 sector, u8 *buffer, int more)
{
    int has_it = 0;

    if (thread == 0 && start() != 0)
        thread = -1;
    if (is_asked) {
        WaitSema(done);
        is_asked = 0;
        has_it = number_ahead == sector && status_ahead == SCECdErNO;
    }
    if (has_it)
        memcpy(buffer, sector_ahead, SECTOR_SIZE);
    else if (DeviceReadSectors(sector, buffer, 1) != SCECdErNO)
        return -1;
    if (more && thread > 0) {
        number_ahead = sector + 1;
        is_asked = 1;
        SignalSema(asked);
    }
    return 0;
}
