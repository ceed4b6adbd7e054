#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

int system_pipe(int end_fd[2])
{
    return pipe2(end_fd, O_CLOEXEC);
}

int system_pipe_capacity(int pipe_fd, int wanted)
{
    int capacity = fcntl(pipe_fd, F_GETPIPE_SZ);
    if (capacity < wanted) fcntl(pipe_fd, F_SETPIPE_SZ, wanted);
    return fcntl(pipe_fd, F_GETPIPE_SZ);
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

int system_try_shared_ofd_lock(int file_fd)
{
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
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

int system_watch_closings(int inotify_fd, const char *path)
{
    return inotify_add_watch(inotify_fd, path, IN_CLOSE_WRITE);
}

int system_inotify(void)
{
    return inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
}

int system_watch_growth(int inotify_fd, const char *path)
{
    return inotify_add_watch(inotify_fd, path, IN_MODIFY | IN_DONT_FOLLOW);
}

int system_watch_records(int inotify_fd, const char *directory)
{
    return inotify_add_watch(inotify_fd, directory, IN_MOVED_TO | IN_DELETE | IN_CLOSE_WRITE | IN_ONLYDIR);
}

void system_unwatch(int inotify_fd, int watch)
{
    inotify_rm_watch(inotify_fd, watch);
}

int system_watch_writes(const char *path)
{
    int inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (inotify_fd < 0) return -1;
    const uint32_t events = IN_MODIFY | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ATTRIB;
    if (inotify_add_watch(inotify_fd, path, events) >= 0) return inotify_fd;
    int error = errno;
    close(inotify_fd);
    errno = error;
    return -1;
}

int system_is_being_written(int inotify_fd, int before)
{
    char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    int state = before;
    ssize_t got;
    while ((got = read(inotify_fd, buffer, sizeof buffer)) > 0) {
        for (char *next = buffer; next < buffer + got;) {
            const struct inotify_event *event = (const struct inotify_event *)next;
            if (event->mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF | IN_Q_OVERFLOW)) return -1;
            // The number of links is an attribute: a file under which another was renamed has none left.
            if (event->mask & IN_ATTRIB && state == 0) return -1;
            if (event->mask & IN_MODIFY) state = 1;
            if (event->mask & IN_CLOSE_WRITE) state = 0;
            next += sizeof *event + event->len;
        }
    }
    return state;
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

const void *system_find(const void *bytes, size_t count, const void *text, size_t length)
{
    return memmem(bytes, count, text, length);
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

static pthread_once_t boot_offset_once = PTHREAD_ONCE_INIT;
static long long known_boot_offset_ns, known_boot_offset_ticks;

static void read_boot_offset(void)
{
    known_boot_offset_ns = boot_offset_ns();
    known_boot_offset_ticks = boot_offset_ticks();
}

long long system_boottime_ms(void)
{
    struct timespec now = {0, 0};
    pthread_once(&boot_offset_once, read_boot_offset);
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (now.tv_sec * 1000000000LL + now.tv_nsec - known_boot_offset_ns) / 1000000;
}

long long system_boot_offset_ticks(void)
{
    pthread_once(&boot_offset_once, read_boot_offset);
    return known_boot_offset_ticks;
}

void system_syslog(const char *text)
{
    openlog("remotisan", LOG_PID, LOG_AUTHPRIV);
    syslog(LOG_NOTICE, "%s", text);
}
