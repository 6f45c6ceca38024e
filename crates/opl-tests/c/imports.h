/* Functions that the module imports; imports.s has the stubs. */
#ifndef IMPORTS_H
#define IMPORTS_H

#include "types.h"

/* sysmem */
void *AllocSysMemory(int mode, u32 size, void *place);

/* sysclib */
void *memcpy(void *to, const void *from, u32 size);

/* medium: not a library of the console's but the tests' end of the wire. Results are what was read, or below 0. */
int medium_blocks(u64 lba, void *buffer, u32 blocks_of_512);
int medium_message(u32 part, u32 position, void *buffer, u32 size);

/* thbase: threads; those with a smaller number as priority go first */
typedef struct
{
    u32 attr;
    u32 option;
    void (*thread)(void *argument);
    u32 stacksize;
    u32 priority;
} iop_thread_t;

int CreateThread(iop_thread_t *thread);
int StartThread(int thread, void *argument);

/* thsemap: semaphores */
typedef struct
{
    u32 attr;
    u32 option;
    int initial;
    int max;
} iop_sema_t;

int CreateSema(iop_sema_t *sema);
int SignalSema(int sema);
int WaitSema(int sema);

/* ioman */
int read(int fd, void *buffer, int size);
int lseek(int fd, int offset, int whence);

#endif
