/// A library for LD_PRELOAD that shifts the wall clock of a program, as an administrator can set it.
///
/// FAULTS_CLOCK names a file with one long long, the seconds that are added to CLOCK_REALTIME. It may be changed at any
/// time. The boot clock and the times of files stay as the kernel has them. A static program cannot be changed in this
/// way.

#define _GNU_SOURCE
#include <fcntl.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const long long none;
static const volatile long long *shift = &none;

__attribute__((constructor)) static void open_shift(void)
{
    const char *path = getenv("FAULTS_CLOCK");
    const int file_fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file_fd < 0) return;
    void *mapped = mmap(NULL, sizeof none, PROT_READ, MAP_SHARED, file_fd, 0);
    close(file_fd);
    if (mapped != MAP_FAILED) shift = mapped;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (syscall(SYS_clock_gettime, clock, now) != 0) return -1;
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec += *shift;
    return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    if (syscall(SYS_gettimeofday, now, zone) != 0) return -1;
    now->tv_sec += *shift;
    return 0;
}

time_t time(time_t *now)
{
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (now != NULL) *now = precise.tv_sec;
    return precise.tv_sec;
}

/// libdispatch waits until a time of the wall clock, which the kernel compares with its own.
int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict deadline)
{
    const struct timespec real = {deadline->tv_sec - *shift, deadline->tv_nsec};
    return sem_clockwait(semaphore, CLOCK_REALTIME, &real);
}
