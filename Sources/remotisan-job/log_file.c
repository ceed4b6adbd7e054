/// The log of a job: its end, its limit, and the index of times beside it.

#define _GNU_SOURCE
#include "log_file.h"
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    BLOCK = 4096,           ///< holes are made of whole blocks
    STAMP_PAUSE_MS = 10,    ///< minimum time between two records of the index
    STAMPS_FREE = 4 << 20,  ///< bytes that the index may have however short the log is
    STAMPS_SHARE = 64,      ///< beyond that, the index may have a byte for so many bytes of the log
};

static int open_for_appending(const char *path, int flags)
{
    int file_fd = open_own(path, O_CREAT | flags, 0640);
    if (file_fd >= 0 && fchmod(file_fd, 0640) != 0) {
        close(file_fd);
        return -1;
    }
    return file_fd;
}

/// The part at the start that stays when the middle is discarded.
static long long head(const struct log *log)
{
    return log->max_bytes / 4 / BLOCK * BLOCK;
}

/// Finds the end of a hole that an earlier collector has made; lseek(2), SEEK_HOLE.
static long long find_hole_end(const struct log *log)
{
    if (log->max_bytes == 0 || log->offset <= head(log)) return head(log);
    if (lseek(log->file_fd, head(log), SEEK_HOLE) != head(log)) return head(log);
    long long data = lseek(log->file_fd, head(log), SEEK_DATA);
    return data < 0 ? log->offset : data;
}

int log_open(struct log *log, const char *path, const char *times_path, long long max_bytes)
{
    *log = (struct log){.path = path, .times_path = times_path, .max_bytes = max_bytes, .times_fd = -1};
    const int file_fd = open_for_appending(path, O_WRONLY);
    if (file_fd < 0) return -1;
    const int times_fd = times_path != NULL ? open_for_appending(times_path, O_WRONLY | O_APPEND) : -1;
    if (log_adopt(log, file_fd, times_fd) == 0) return 0;
    close(file_fd);
    if (times_fd >= 0) close(times_fd);
    return -1;
}

int log_adopt(struct log *log, int file_fd, int times_fd)
{
    struct stat status;
    log->file_fd = file_fd;
    log->times_fd = times_fd;
    if (fstat(file_fd, &status) != 0) return -1;
    log->offset = status.st_size;
    log->hole_end = find_hole_end(log);
    if (times_fd >= 0 && fstat(times_fd, &status) == 0) log->times_size = status.st_size;
    return 0;
}

static void note(struct log *log, const char *words)
{
    // If the disk is full, there is no place for the note. The output itself is counted elsewhere.
    if (log_write(log, words, strlen(words)) != 0) return;
}

int log_check(struct log *log)
{
    unsigned names;
    long long size;
    if (log->file_fd < 0) return 0;
    if (file_facts(log->file_fd, &names, &size) != 0) return 1;
    if (names == 0) return 0;
    if (size < log->offset) {
        log->offset = size;
        log->hole_end = find_hole_end(log);
        if (log->times_fd >= 0 && ftruncate(log->times_fd, 0) == 0) log->times_size = 0;
        note(log, "\n[Someone shortened this log while its job was running. Output before this line is lost.]\n");
    } else if (size > log->offset) {
        log->offset = size;  // a broker has written a line of its own
    }
    return 1;
}

int log_renew(struct log *log)
{
    if (log->file_fd < 0) {
        // It could not be opened before: its directory was missing, or the disk had no room for a file.
        struct log opened;
        if (log_open(&opened, log->path, log->times_path, log->max_bytes) != 0) return -1;
        *log = opened;
        return 0;
    }
    int new_fd = open_for_appending(log->path, O_WRONLY);
    if (new_fd < 0) return -1;
    struct stat status;
    close(log->file_fd);
    log->file_fd = new_fd;
    log->offset = fstat(new_fd, &status) == 0 ? status.st_size : 0;
    log->hole_end = find_hole_end(log);
    if (log->times_fd >= 0 && ftruncate(log->times_fd, 0) == 0) log->times_size = 0;
    note(log, "[Someone deleted this log while its job was running. The output before this line is lost.]\n");
    return 0;
}

void log_stamp(struct log *log)
{
    if (log->times_fd < 0) return;
    const long long now = clock_ms(CLOCK_BOOTTIME);
    if (log->stamped_ms != 0 && now < log->stamped_ms + STAMP_PAUSE_MS) return;
    if (log->times_size >= STAMPS_FREE + log->offset / STAMPS_SHARE) return;
    const struct log_time record = {(unsigned long long)log->offset, (unsigned long long)clock_ms(CLOCK_REALTIME)};
    // O_APPEND and one write: a reader sees whole records, unless the disk is full. Then it ignores the rest.
    if (write(log->times_fd, &record, sizeof record) != (ssize_t)sizeof record) return;
    log->times_size += (long long)sizeof record;
    log->stamped_ms = now;
}

size_t log_room(struct log *log, size_t wanted)
{
    if (log->max_bytes == 0 || log->has_no_holes || log->file_fd < 0) return wanted;
    long long room = log->max_bytes - head(log) - (log->offset - log->hole_end);
    if (room < (long long)wanted) {
        // Half of the limit stays at the end, so the next hole is due only after another quarter.
        const long long end = (log->offset - log->max_bytes / 2) / BLOCK * BLOCK;
        if (end > log->hole_end) {
            if (fallocate(log->file_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, log->hole_end, end - log->hole_end)
                != 0) {
                log->has_no_holes = errno == EOPNOTSUPP || errno == ENOSYS;
                return wanted;
            }
            log->hole_end = end;
            room = log->max_bytes - head(log) - (log->offset - log->hole_end);
        }
    }
    return room > 0 && room < (long long)wanted ? (size_t)room : wanted;
}

int log_write(struct log *log, const void *bytes, size_t count)
{
    const char *rest = bytes;
    long long end = log->offset;
    while (count > 0) {
        ssize_t wrote = pwrite(log->file_fd, rest, count, end);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) {
            const int error = wrote < 0 ? errno : ENOSPC;
            if (end > log->offset && ftruncate(log->file_fd, log->offset) != 0) log->offset = end;
            errno = error;
            return -1;
        }
        rest += wrote;
        end += wrote;
        count -= (size_t)wrote;
    }
    log->offset = end;
    return 0;
}
