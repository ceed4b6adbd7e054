/// Facts of a process, for the supervisor and remotisan-as.
#ifndef REMOTISAN_PROCESS_STAT_H
#define REMOTISAN_PROCESS_STAT_H

#include "boot_offset.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/// How far this process is ahead of the kernel's own boot clock. It is read when the program begins, because a program
/// that has changed its user may not read it.
static long long own_boot_offset_ticks;

__attribute__((constructor)) static void read_boot_offset(void)
{
    own_boot_offset_ticks = boot_offset_ticks();
}

/// Reads the parent of a process and its start time in clock ticks since boot; proc(5), fields 4 and 22 of
/// /proc/PID/stat. The time is the kernel's own, also in a time namespace. Returns 0, or -1.
static inline int read_process(pid_t pid, pid_t *parent, unsigned long long *start_time)
{
    char path[40], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    const int stat_fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t got = stat_fd >= 0 ? read(stat_fd, text, sizeof text - 1) : -1;
    if (stat_fd >= 0) close(stat_fd);
    text[got > 0 ? got : 0] = '\0';
    // Fields are counted after the last ')', because the program's name before it may contain any character.
    const char *field = strrchr(text, ')');
    if (field == NULL || sscanf(field + 1, " %*c %d", parent) != 1) return -1;
    for (int skipped = 0; field != NULL && skipped < 20; skipped++) field = strchr(field + 1, ' ');
    if (field == NULL || sscanf(field, " %llu", start_time) != 1) return -1;
    *start_time -= (unsigned long long)own_boot_offset_ticks;
    return 0;
}

#endif
