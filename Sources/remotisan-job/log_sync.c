/// How a log reaches the disk.
///
/// The collector starts the writing while the job runs. The supervisor waits for the rest at the end. A log of 1 GB
/// that was written in a second would otherwise hold up the end of the job until the disk has all of it.

#define _GNU_SOURCE
#include "job.h"
#include "log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SYNC_WINDOW = 8 << 20,       ///< bytes for which the writing is started, or waited for, at once
    SYNC_TIMEOUT_MS = 5 * 1000,  ///< how long the end of a job waits for a disk
};

void log_begin_sync(struct log *log)
{
    if (log->offset < log->synced) log->synced = log->offset;  // someone has shortened it
    if (log->offset - log->synced < SYNC_WINDOW) return;
    // Failures do not matter here: the supervisor syncs what is left.
    if (sync_file_range(log->file_fd, log->synced, log->offset - log->synced, SYNC_FILE_RANGE_WRITE) != 0) errno = 0;
    log->synced = log->offset;
}

void sync_log(const char *path)
{
    const long long deadline = clock_ms(CLOCK_BOOTTIME) + SYNC_TIMEOUT_MS;
    struct stat status;
    int log_fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (log_fd < 0) return;
    if (fstat(log_fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
        // In windows, so that the time can be checked. One window more than is written is none: the call returns at
        // once.
        for (off_t start = 0; start + SYNC_WINDOW < status.st_size; start += SYNC_WINDOW) {
            if (sync_file_range(log_fd, start, SYNC_WINDOW, SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER) != 0)
                break;
            if (clock_ms(CLOCK_BOOTTIME) >= deadline) goto late;
        }
        if (fdatasync(log_fd) != 0) errno = 0;
    }
late:
    close(log_fd);
}
