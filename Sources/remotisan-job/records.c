/// The pid record and the exit record of a job: lines of "key value". Each is written under another name and renamed,
/// so that a reader sees the complete record or none.

#define _GNU_SOURCE
#include "boot_offset.h"
#include "job.h"
#include "process_stat.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_RECORD_MAX = 4096 };  // one block

/// The temporary name of a record. Returns 0, or -1 with errno.
static int temporary_name(char *buffer, size_t size, const char *path)
{
    int length = snprintf(buffer, size, "%s.new", path);
    if (length > 0 && (size_t)length < size) return 0;
    errno = ENAMETOOLONG;
    return -1;
}

/// Reads a small file of /proc into `buffer` and terminates it with NUL. Returns its length, or -1.
static ssize_t read_small(const char *path, char *buffer, size_t size)
{
    int file_fd = open(path, O_RDONLY | O_CLOEXEC);
    if (file_fd < 0) return -1;
    ssize_t got = read(file_fd, buffer, size - 1);
    close(file_fd);
    if (got >= 0) buffer[got] = '\0';
    return got;
}

unsigned long long start_time(pid_t pid)
{
    pid_t parent;
    unsigned long long ticks;
    return read_process(pid, &parent, &ticks) == 0 ? ticks : 0;
}

static void boot_id(char buffer[64])
{
    if (read_small("/proc/sys/kernel/random/boot_id", buffer, 64) <= 0) strcpy(buffer, "unknown");
    buffer[strcspn(buffer, "\n")] = '\0';
}

static int create(const char *path)
{
    int record_fd = open_own(path, O_WRONLY | O_CREAT | O_TRUNC, 0640);
    if (record_fd >= 0 && fchmod(record_fd, 0640) != 0) {
        close(record_fd);
        return -1;
    }
    return record_fd;
}

int write_pid_record(const struct job *job, pid_t command, int has_group)
{
    char text[256 + PATH_MAX], boot[64], name[PATH_MAX];
    boot_id(boot);
    const int has_user = job->user != NULL;
    int length = snprintf(text, sizeof text, "supervisor %d %llu\ncommand %d %llu\nboot %s\n%s%s%s%s%s%s",
                          (int)getpid(), start_time(getpid()), (int)command, start_time(command), boot,
                          has_group ? "group " : "", has_group ? job->group : "", has_group ? "\n" : "",
                          has_user ? "user " : "", has_user ? job->user : "", has_user ? "\n" : "");
    if (length < 0 || (size_t)length >= sizeof text) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (temporary_name(name, sizeof name, job->pid_record) != 0) return -1;
    int record_fd = create(name);
    if (record_fd < 0) return -1;
    // No fsync: after a power cut the boot id differs, so the record has no meaning whether it survived or not.
    ssize_t wrote = write(record_fd, text, (size_t)length);
    if (wrote != length && wrote >= 0) errno = ENOSPC;
    int failed = wrote != length || rename(name, job->pid_record) != 0;
    int error = errno;
    if (failed) unlink(name);
    close(record_fd);
    errno = error;
    return failed ? -1 : 0;
}

int reserve_exit_record(const struct job *job)
{
    char name[PATH_MAX];
    if (temporary_name(name, sizeof name, job->exit_record) != 0) return -1;
    int record_fd = create(name);
    if (record_fd < 0) return -1;
    static const char blank[EXIT_RECORD_MAX];
    ssize_t wrote = pwrite(record_fd, blank, sizeof blank, 0);
    if (wrote == (ssize_t)sizeof blank) return record_fd;
    int error = wrote < 0 ? errno : ENOSPC;
    close(record_fd);
    unlink(name);
    errno = error;
    return -1;
}

void discard_exit_record(const struct job *job, int record_fd)
{
    char name[PATH_MAX];
    close(record_fd);
    if (temporary_name(name, sizeof name, job->exit_record) == 0) unlink(name);
}

/// Syncs the directory of a file, which makes a rename in it durable. Returns 0, or -1.
static int sync_directory_of(const char *path)
{
    char directory[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int length = snprintf(directory, sizeof directory, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    if (length < 0 || (size_t)length >= sizeof directory) return -1;
    int directory_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory_fd < 0) return -1;
    int result = fsync(directory_fd);
    close(directory_fd);
    return result;
}

/// Whether an exit code is in a list of numbers and commas.
static int is_listed(int code, const char *list)
{
    while (*list != '\0') {
        char *end;
        if (strtol(list, &end, 10) == code && end != list) return 1;
        if (end == list) return 0;
        list = *end == ',' ? end + 1 : end;
    }
    return 0;
}

int write_exit_record(const struct job *job, int record_fd, struct ending *ending)
{
    char text[EXIT_RECORD_MAX], boot[64], name[PATH_MAX];
    struct rusage usage;
    boot_id(boot);
    if (getrusage(RUSAGE_CHILDREN, &usage) != 0) memset(&usage, 0, sizeof usage);
    long long cpu_ms = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000LL
                       + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
    int signaled = WIFSIGNALED(ending->status);
    int success = !signaled && is_listed(WEXITSTATUS(ending->status), job->success_codes);
    int length = snprintf(
        text, sizeof text,
        "%s %d\nended %lld\nended_boottime %lld\nran_ms %lld\ncpu_ms %lld\npeak_memory %lld\nleft_behind %ld\n"
        "success %d\n%sboot %s\n%s%s",
        signaled ? "signal" : "code", signaled ? WTERMSIG(ending->status) : WEXITSTATUS(ending->status),
        ending->realtime_ms, ending->boottime_ms - boot_offset_ns() / 1000000, ending->ran_ms, cpu_ms,
        usage.ru_maxrss * 1024LL, ending->left_behind, success, ending->is_log_incomplete ? "log_incomplete 1\n" : "",
        boot, ending->ends_left_behind ? "ending_remaining 1\n" : "", ending->remaining ? ending->remaining : "");
    if (temporary_name(name, sizeof name, job->exit_record) != 0) return -1;
    if (pwrite(record_fd, text, (size_t)length, 0) != length || ftruncate(record_fd, length) != 0) return -1;
    // A record that replaces another is on the disk first. A power cut then leaves one of the two.
    if (ending->remaining != NULL && fsync(record_fd) != 0) return -1;
    if (!ending->is_named && rename(name, job->exit_record) != 0) return -1;
    ending->is_named = 1;
    // The first record is renamed before its sync, so that a journal commits both together. After a power cut it may be
    // blank, which counts as none.
    if (ending->remaining == NULL && fsync(record_fd) != 0) return -1;
    return sync_directory_of(job->exit_record);
}
