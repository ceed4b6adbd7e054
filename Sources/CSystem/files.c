#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <unistd.h>

int system_pipe(int end_fd[2])
{
    return pipe2(end_fd, O_CLOEXEC);
}

int system_private_file(void)
{
    return memfd_create("remotisan", MFD_CLOEXEC);
}

int system_try_flock(int file_fd, bool exclusive)
{
    return flock(file_fd, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB);
}

int system_try_ofd_lock(int file_fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(file_fd, F_OFD_SETLK, &lock);
}

int system_is_ofd_locked(int file_fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(file_fd, F_OFD_GETLK, &lock) != 0) return -1;
    return lock.l_type != F_UNLCK;
}

int system_watch_renames(const char *directory)
{
    int inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (inotify_fd < 0) return -1;
    if (inotify_add_watch(inotify_fd, directory, IN_MOVED_TO | IN_ONLYDIR) >= 0) return inotify_fd;
    int error = errno;
    close(inotify_fd);
    errno = error;
    return -1;
}

int system_pending(int pipe_fd)
{
    int count = 0;
    return ioctl(pipe_fd, FIONREAD, &count) == 0 ? count : -1;
}

off_t system_seek_data(int file_fd, off_t offset)
{
    return lseek(file_fd, offset, SEEK_DATA);
}

off_t system_seek_hole(int file_fd, off_t offset)
{
    return lseek(file_fd, offset, SEEK_HOLE);
}

long system_file_system(const char *path, long long *available)
{
    struct statfs status;
    if (statfs(path, &status) != 0) return -1;
    *available = (long long)status.f_bavail * status.f_bsize;
    // The field is signed on some architectures, but the magic numbers of statfs(2) are unsigned and have 32 bits.
    return (long)((unsigned long)status.f_type & 0xFFFFFFFFUL);
}
