/// The boot clock of a process in a time namespace, shared by the supervisor (C) and the Swift programs.
#ifndef REMOTISAN_BOOT_OFFSET_H
#define REMOTISAN_BOOT_OFFSET_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/// How far CLOCK_BOOTTIME of this process is ahead of the kernel's own boot clock, in nanoseconds; time_namespaces(7).
///
/// The clock and the start times in /proc/PID/stat differ between time namespaces, and the boot id does not. Records
/// have times of the kernel's own clock, so that programs in different namespaces can compare them. A kernel without
/// time namespaces has no such file.
static inline long long boot_offset_ns(void)
{
    // The name of the kernel's own namespace (PROC_TIME_INIT_INO), which has no offset. The link is read, because
    // stat(2) of a namespace makes the kernel create an inode.
    static const char kernel_own[] = "time:[4026531834]";
    char own[64], of_children[64];
    const ssize_t length = readlink("/proc/self/ns/time", own, sizeof own);
    if (length <= 0 || ((size_t)length == sizeof kernel_own - 1 && memcmp(own, kernel_own, (size_t)length) == 0))
        return 0;
    // The file has the offsets of the namespace for children. A process can be outside of that one until it executes a
    // program. Our programs never are.
    if (readlink("/proc/self/ns/time_for_children", of_children, sizeof of_children) != length
        || memcmp(own, of_children, (size_t)length) != 0)
        return 0;
    int offsets_fd = open("/proc/self/timens_offsets", O_RDONLY | O_CLOEXEC);
    if (offsets_fd < 0) return 0;
    char text[256];
    ssize_t got = read(offsets_fd, text, sizeof text - 1);
    close(offsets_fd);
    if (got <= 0) return 0;
    text[got] = '\0';
    const char *line = strstr(text, "boottime");
    long long seconds, nanoseconds;
    if (line == NULL || sscanf(line, "boottime %lld %lld", &seconds, &nanoseconds) != 2) return 0;
    return seconds * 1000000000LL + nanoseconds;
}

/// The same in clock ticks, in which /proc/PID/stat has start times. An offset that is no whole number of ticks leaves
/// start times uncertain by one tick.
static inline long long boot_offset_ticks(void)
{
    const long long tick_ns = 1000000000LL / sysconf(_SC_CLK_TCK);
    return boot_offset_ns() / tick_ns;
}

#endif
