/// Descriptors: /dev/null, closing everything else, reading the secrets, and the bytes in a pipe.

#define _GNU_SOURCE
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int silence(int target_fd)
{
    int null_fd = open("/dev/null", O_RDWR);
    if (null_fd < 0) return -1;
    int result = null_fd == target_fd ? target_fd : dup2(null_fd, target_fd);
    if (null_fd != target_fd) close(null_fd);
    return result < 0 ? -1 : 0;
}

int close_from(unsigned first, unsigned flags)
{
    return (int)syscall(SYS_close_range, first, ~0U, flags);
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

size_t pipe_pending(int pipe_fd)
{
    int count = 0;
    return ioctl(pipe_fd, FIONREAD, &count) == 0 && count > 0 ? (size_t)count : 0;
}
