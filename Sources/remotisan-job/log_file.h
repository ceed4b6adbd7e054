/// The log of a job, as its collector writes it.
#ifndef REMOTISAN_LOG_FILE_H
#define REMOTISAN_LOG_FILE_H

#include <stddef.h>
#include <sys/types.h>

/// An open log. Only one process writes to it, so its end is known and a position can be written again after a crash.
struct log {
    const char *path;
    const char *times_path;  ///< the time index
    int file_fd;
    int times_fd;          ///< -1 if the index could not be opened; then the lines have no times
    long long offset;      ///< where the next byte goes
    long long max_bytes;   ///< maximum disk space; 0 for no limit
    long long hole_end;    ///< end of the discarded middle
    int has_no_holes;      ///< whether the file system cannot release the middle of a file
    long long stamped_ms;  ///< boot clock at the last record of the index
    long long times_size;
    long long synced;  ///< up to here the kernel has begun to write to the disk
};

/// One record of the time index: the bytes from `offset` on arrived at this time, or later.
struct log_time {
    unsigned long long offset;
    unsigned long long realtime_ms;
};

/// Opens the log for writing at its end, with mode 0640 whatever the umask is. A job could have replaced it, so it must be
/// a regular file of this user, see open_own. Returns 0, or -1 with errno.
int log_open(struct log *log, const char *path, const char *times_path, long long max_bytes);

/// Continues with descriptors of ``log_open``. `path`, `times_path` and `max_bytes` are set already. Returns 0, or -1
/// with errno.
int log_adopt(struct log *log, int file_fd, int times_fd);

/// Notices that someone has shortened the log, and writes a line about it. Returns 0 if someone has deleted it, or if
/// it could not be opened; otherwise 1.
int log_check(struct log *log);

/// Opens a new log instead of a missing one, and writes a line that someone has deleted the earlier one. Returns 0, or
/// -1 with errno.
int log_renew(struct log *log);

/// Records that output arrives now, unless the last record is recent.
void log_stamp(struct log *log);

/// Releases space of the middle if `wanted` bytes would exceed the limit. Returns how many bytes may be written now, at
/// least one.
size_t log_room(struct log *log, size_t wanted);

/// Lets the kernel begin to write the output since the last call to the disk, without waiting. So little is left to
/// sync at the end of the job. Call it after output was written.
void log_begin_sync(struct log *log);

/// Makes a log survive a power cut, before the exit record says that the job has ended. Does not wait longer than
/// SYNC_TIMEOUT_MS for a disk that is too slow for the output.
void sync_log(const char *path);

/// Writes all bytes at the end. Returns 0, or -1 with errno if the disk does not take them all. Then none is kept.
int log_write(struct log *log, const void *bytes, size_t count);

#endif
