/// Descriptors: /dev/null, closing everything else, reading the secrets, the bytes in a pipe, and facts about a file.

#define _GNU_SOURCE
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int silence(int first_fd, int last_fd)
{
    const int null_fd = open("/dev/null", O_RDWR);
    if (null_fd < 0) return -1;
    int result = 0;
    for (int target_fd = first_fd; target_fd <= last_fd && result >= 0; target_fd++)
        result = null_fd == target_fd ? target_fd : dup2(null_fd, target_fd);
    if (null_fd < first_fd || null_fd > last_fd) close(null_fd);
    return result < 0 ? -1 : 0;
}

int close_from(unsigned first, unsigned flags)
{
    return (int)syscall(SYS_close_range, first, ~0U, flags);
}

int open_own(const char *path, int flags, mode_t mode)
{
    struct stat status;
    const int file_fd = open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode);
    if (file_fd < 0) return -1;
    if (fstat(file_fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid()) return file_fd;
    close(file_fd);
    errno = EPERM;
    return -1;
}

unsigned char *read_private(size_t *size)
{
    struct stat status;
    if (fstat(PRIVATE_FD, &status) != 0) return NULL;
    unsigned char *bytes = malloc((size_t)status.st_size);
    if (bytes == NULL) return NULL;
    size_t length = 0;
    while (length < (size_t)status.st_size) {
        ssize_t got = pread(PRIVATE_FD, bytes + length, (size_t)status.st_size - length, (off_t)length);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            const int error = got < 0 ? errno : EIO;
            free(bytes);
            errno = error;
            return NULL;
        }
        length += (size_t)got;
    }
    *size = length;
    return bytes;
}

int await_ready(struct pollfd *waiting, nfds_t count, int timeout_ms)
{
    const struct timespec pause = {0, 10 * 1000 * 1000};
    int ready;
    while ((ready = poll(waiting, count, timeout_ms)) < 0 && (errno == ENOMEM || errno == EAGAIN))
        nanosleep(&pause, NULL);
    return ready;
}

size_t pipe_pending(int pipe_fd)
{
    int count = 0;
    return ioctl(pipe_fd, FIONREAD, &count) == 0 && count > 0 ? (size_t)count : 0;
}

int file_facts(int file_fd, unsigned *links, long long *size)
{
    // struct statx of the kernel, which musl does not define.
    struct {
        uint32_t mask, block_size;
        uint64_t attributes;
        uint32_t links, user, group;
        uint16_t mode, padding;
        uint64_t inode, size, rest[26];
    } facts;
    enum { LINKS_AND_SIZE = 0x4 | 0x200 };  // STATX_NLINK | STATX_SIZE
    _Static_assert(sizeof facts == 256, "the size of struct statx");
    if (syscall(SYS_statx, file_fd, "", AT_EMPTY_PATH, LINKS_AND_SIZE, &facts) != 0) return -1;
    *links = facts.links;
    *size = (long long)facts.size;
    return 0;
}
