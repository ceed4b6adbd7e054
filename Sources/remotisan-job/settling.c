/// Who brings the store into line with a job that has ended: the broker on watch, or one that is started here.

#define _GNU_SOURCE
#include "boot_offset.h"
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/// Milliseconds without a beat after which a broker on watch counts as stalled, as `Beat.limit` of the broker.
enum { BEAT_LIMIT_MS = 10 * 1000 };

/// The kernel's boot clock, without the offset of a time namespace.
static long long kernel_boot_ms(void)
{
    return clock_ms(CLOCK_BOOTTIME) - boot_offset_ns() / 1000000;
}

/// Whether the holder of a lock has not proved for a while that it runs, because somebody has stopped it. It writes
/// "beat MILLISECONDS" of the kernel's boot clock into the file. An earlier version writes nothing, and counts as alive.
static int is_stalled(int lock_fd)
{
    char text[64];
    long long beat_ms;
    const ssize_t got = pread(lock_fd, text, sizeof text - 1, 0);
    if (got <= 0) return 0;
    text[got] = '\0';
    if (sscanf(text, "beat %lld", &beat_ms) != 1) return 0;
    const long long now_ms = kernel_boot_ms();
    return now_ms - beat_ms > BEAT_LIMIT_MS || beat_ms - now_ms > BEAT_LIMIT_MS;
}

/// Whether a broker is on watch and lives. Tests the lock without taking it, so that a broker can always take it.
static int broker_is_on_watch(const struct job *job)
{
    int run_lock_fd = open_own(job->run_lock, O_RDONLY, 0);
    if (run_lock_fd < 0) return 0;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int held = fcntl(run_lock_fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK && !is_stalled(run_lock_fd);
    close(run_lock_fd);
    return held;
}

/// Takes the lock of the broker that is about to start. That broker inherits it, and closes it before it takes the run
/// lock and reads the store. So a supervisor that finds the lock held has ended its job before that broker looks.
///
/// Returns 1 if another broker is about to start. Returns 0 otherwise, with a descriptor in `lock_fd`, or -1 if there is
/// no lock: the disk has no room for the file, or the other broker was stopped.
static int is_broker_starting(const struct job *job, int *lock_fd)
{
    *lock_fd = job->settle_lock != NULL ? open_own(job->settle_lock, O_RDWR | O_CREAT, 0640) : -1;
    if (*lock_fd < 0) return 0;
    if (flock(*lock_fd, LOCK_EX | LOCK_NB) == 0) {
        char beat[64];
        const int length = snprintf(beat, sizeof beat, "beat %lld\n", kernel_boot_ms());
        const int is_kept = fcntl(*lock_fd, F_SETFD, 0) == 0 && pwrite(*lock_fd, beat, (size_t)length, 0) == length;
        if (is_kept) return 0;
        close(*lock_fd);
        *lock_fd = -1;
        return 0;
    }
    const int is_starting = errno == EWOULDBLOCK && !is_stalled(*lock_fd);
    close(*lock_fd);
    *lock_fd = -1;
    return is_starting;
}

int leave_to_broker(const struct job *job)
{
    int lock_fd;
    if (broker_is_on_watch(job) || is_broker_starting(job, &lock_fd)) return 0;
    // A process of its own, because it watches for a while. Brokers would take this one for the supervisor of the job.
    const pid_t broker = fork();
    if (broker > 0) return 0;
    if (broker == 0 && setsid() < 0) return 1;
    char number[16];
    snprintf(number, sizeof number, "%d", lock_fd);
    char *const argv[] = {(char *)job->broker,
                          "settle",
                          (char *)job->uuid,
                          "--config",
                          (char *)job->config,
                          lock_fd < 0 ? NULL : "--settle-lock",
                          number,
                          NULL};
    execve(job->broker, argv, job->broker_environment);
    return 1;  // the next broker pass settles this execution
}
