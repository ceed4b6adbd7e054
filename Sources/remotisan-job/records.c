/// The two records of a job: lines of "key value", written aside and renamed, so that a reader sees all or none.

#define _GNU_SOURCE
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_RECORD_MAX = 512 };

/// The name under which a record is written before it gets its own.
static int aside(char *buffer, size_t size, const char *path)
{
    int length = snprintf(buffer, size, "%s.new", path);
    if (length > 0 && (size_t)length < size) return 0;
    errno = ENAMETOOLONG;
    return -1;
}

/// Reads a small file of /proc into `buffer`, terminated. Its length, or -1.
static ssize_t slurp(const char *path, char *buffer, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t got = read(fd, buffer, size - 1);
    close(fd);
    if (got >= 0) buffer[got] = '\0';
    return got;
}

/// Start time in clock ticks since boot, proc(5): field 22, counted after the last ')' because the name
/// before it may hold anything. 0 if it cannot be read.
static unsigned long long start_time(pid_t pid)
{
    char path[32], stat[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (slurp(path, stat, sizeof stat) <= 0) return 0;
    const char *field = strrchr(stat, ')');
    for (int skipped = 0; field != NULL && skipped < 20; skipped++) field = strchr(field + 1, ' ');
    unsigned long long ticks = 0;
    if (field == NULL || sscanf(field, " %llu", &ticks) != 1) return 0;
    return ticks;
}

static void boot_id(char buffer[64])
{
    if (slurp("/proc/sys/kernel/random/boot_id", buffer, 64) <= 0) strcpy(buffer, "unknown");
    buffer[strcspn(buffer, "\n")] = '\0';
}

static int create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
    if (fd >= 0 && fchmod(fd, 0640) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

int write_pid_record(const struct job *job, pid_t command)
{
    char text[256], boot[64], name[PATH_MAX];
    boot_id(boot);
    int length = snprintf(text, sizeof text, "supervisor %d %llu\ncommand %d %llu\nboot %s\n", (int)getpid(),
                          start_time(getpid()), (int)command, start_time(command), boot);
    if (aside(name, sizeof name, job->pid_record) != 0) return -1;
    int fd = create(name);
    if (fd < 0) return -1;
    // Not fsynced: after a power cut the boot id is another one and the record means nothing, lost or not.
    ssize_t wrote = write(fd, text, (size_t)length);
    if (wrote != length && wrote >= 0) errno = ENOSPC;
    int failed = wrote != length || rename(name, job->pid_record) != 0;
    int error = errno;
    if (failed) unlink(name);
    close(fd);
    errno = error;
    return failed ? -1 : 0;
}

int reserve_exit_record(const struct job *job)
{
    char name[PATH_MAX];
    if (aside(name, sizeof name, job->exit_record) != 0) return -1;
    int fd = create(name);
    if (fd < 0) return -1;
    static const char blank[EXIT_RECORD_MAX];
    ssize_t wrote = pwrite(fd, blank, sizeof blank, 0);
    if (wrote == (ssize_t)sizeof blank) return fd;
    int error = wrote < 0 ? errno : ENOSPC;
    close(fd);
    unlink(name);
    errno = error;
    return -1;
}

void discard_exit_record(const struct job *job, int reserved)
{
    char name[PATH_MAX];
    close(reserved);
    if (aside(name, sizeof name, job->exit_record) == 0) unlink(name);
}

/// Makes the rename itself durable.
static int sync_directory_of(const char *path)
{
    char directory[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int length = snprintf(directory, sizeof directory, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    if (length < 0 || (size_t)length >= sizeof directory) return -1;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return -1;
    int result = fsync(fd);
    close(fd);
    return result;
}

int write_exit_record(const struct job *job, int reserved, const struct ending *ending)
{
    char text[EXIT_RECORD_MAX], boot[64], name[PATH_MAX];
    struct rusage usage;
    boot_id(boot);
    if (getrusage(RUSAGE_CHILDREN, &usage) != 0) memset(&usage, 0, sizeof usage);
    long long cpu_ms = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000LL
        + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
    int signaled = WIFSIGNALED(ending->status);
    int length = snprintf(text, sizeof text,
                          "%s %d\nended %lld\nended_boottime %lld\ncpu_ms %lld\npeak_memory %lld\nleft_behind %ld\n"
                          "boot %s\n",
                          signaled ? "signal" : "code", signaled ? WTERMSIG(ending->status) : WEXITSTATUS(ending->status),
                          ending->realtime_ms, ending->boottime_ms, cpu_ms, usage.ru_maxrss * 1024LL,
                          ending->left_behind, boot);
    if (aside(name, sizeof name, job->exit_record) != 0) return -1;
    if (pwrite(reserved, text, (size_t)length, 0) != length || ftruncate(reserved, length) != 0) return -1;
    if (fsync(reserved) != 0 || rename(name, job->exit_record) != 0) return -1;
    return sync_directory_of(job->exit_record);
}
