/// The control group of a job, version 2, cgroups(7). It keeps together all processes that the command starts, whatever
/// they do to their environment, their session and their parents.

#define _GNU_SOURCE
#include "job.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// Writes a text to a file of the group. Returns 0, or -1.
static int write_file(const struct job *job, const char *name, const char *text)
{
    char path[PATH_MAX];
    if (job->group == NULL) return -1;
    int length = snprintf(path, sizeof path, "%s/%s", job->group, name);
    if (length < 0 || (size_t)length >= sizeof path) return -1;
    int file_fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file_fd < 0) return -1;
    ssize_t wrote = write(file_fd, text, strlen(text));
    close(file_fd);
    return wrote == (ssize_t)strlen(text) ? 0 : -1;
}

int enter_control_group(const struct job *job, pid_t command)
{
    char pid[16];
    if (job->group == NULL || mkdir(job->group, 0755) != 0) return -1;
    snprintf(pid, sizeof pid, "%d", (int)command);
    if (write_file(job, "cgroup.procs", pid) == 0) return 0;
    leave_control_group(job);
    return -1;
}

int kill_control_group(const struct job *job)
{
    return write_file(job, "cgroup.kill", "1");
}

void leave_control_group(const struct job *job)
{
    if (job->group != NULL) rmdir(job->group);
}
