#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 8 };

int system_spawn(pid_t *pid, const char *path, char *const argv[], char *const envp[], const int descriptors[],
                 int count, bool session)
{
    if (count < 0 || count > DESCRIPTORS_MAX) return EINVAL;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) return error;
    if ((error = posix_spawnattr_init(&attributes)) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }

    // Copies above all targets: a dup2 to a low number can then never overwrite a source still needed.
    int copies[DESCRIPTORS_MAX];
    int copied = 0;
    for (; copied < count && error == 0; copied++) {
        copies[copied] = fcntl(descriptors[copied], F_DUPFD_CLOEXEC, DESCRIPTORS_MAX);
        if (copies[copied] < 0) {
            error = errno;
            break;
        }
        error = posix_spawn_file_actions_adddup2(&actions, copies[copied], copied);
    }
    // libfcgi's connections are not close-on-exec.
    if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(&actions, count);

    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    if (session) flags |= POSIX_SPAWN_SETSID;
    if (error == 0) error = posix_spawnattr_setsigdefault(&attributes, &all);
    if (error == 0) error = posix_spawnattr_setsigmask(&attributes, &none);
    if (error == 0) error = posix_spawnattr_setflags(&attributes, flags);
    if (error == 0) error = posix_spawn(pid, path, &actions, &attributes, argv, envp);

    for (int i = 0; i < copied; i++) close(copies[i]);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int system_pipe(int ends[2])
{
    return pipe2(ends, O_CLOEXEC);
}

int system_private_file(void)
{
    return memfd_create("remotisan", MFD_CLOEXEC);
}

int system_pidfd_open(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

int system_pidfd_send_signal(int pidfd, int signal)
{
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int system_try_flock(int fd, bool exclusive)
{
    return flock(fd, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB);
}

int system_try_ofd_lock(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_OFD_SETLK, &lock);
}

int system_is_ofd_locked(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_OFD_GETLK, &lock) != 0) return -1;
    return lock.l_type != F_UNLCK;
}

int system_watch_renames(const char *directory)
{
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (fd < 0) return -1;
    if (inotify_add_watch(fd, directory, IN_MOVED_TO | IN_ONLYDIR) >= 0) return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int system_await(const int descriptors[], int count, int milliseconds)
{
    struct pollfd pollers[DESCRIPTORS_MAX];
    if (count < 0 || count > DESCRIPTORS_MAX) {
        errno = EINVAL;
        return -1;
    }
    for (int i = 0; i < count; i++) pollers[i] = (struct pollfd){.fd = descriptors[i], .events = POLLIN};
    int ready = poll(pollers, (nfds_t)count, milliseconds);
    if (ready < 0) return errno == EINTR ? 0 : -1;
    int readable = 0;
    // An error or a hangup, too, is something that reading will tell.
    for (int i = 0; i < count; i++) readable |= (pollers[i].revents != 0) << i;
    return readable;
}

void system_drain(int fd)
{
    char drained[4096];
    while (read(fd, drained, sizeof drained) > 0) continue;
}

int system_is_unix_socket(int fd)
{
    int domain;
    socklen_t length = sizeof domain;
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_UNIX;
}

long system_peer_uid(int fd)
{
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
    return (long)peer.uid;
}

int system_is_listening(int fd)
{
    int listening = 0;
    socklen_t length = sizeof listening;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0 && listening;
}

int system_punch_hole(int fd, off_t offset, off_t length)
{
    return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
}

off_t system_seek_data(int fd, off_t offset)
{
    return lseek(fd, offset, SEEK_DATA);
}

off_t system_seek_hole(int fd, off_t offset)
{
    return lseek(fd, offset, SEEK_HOLE);
}

int system_is_loopback_peer(int fd)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    if (getpeername(fd, (struct sockaddr *)&peer, &length) != 0) return 0;
    if (peer.ss_family == AF_INET)
        return ntohl(((struct sockaddr_in *)&peer)->sin_addr.s_addr) >> 24 == 127;
    return peer.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((struct sockaddr_in6 *)&peer)->sin6_addr);
}

int system_accept(int listening, int seconds)
{
    int connection = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) return -1;
    struct timeval patience = {.tv_sec = seconds};
    if (setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0
        || setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0) {
        int error = errno;
        close(connection);
        errno = error;
        return -1;
    }
    return connection;
}

int system_set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

int system_eventfd(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

int system_eventfd_signal(int fd)
{
    return eventfd_write(fd, 1);
}

int system_await_either(int first, int second, int milliseconds)
{
    struct pollfd both[] = {{.fd = first, .events = POLLIN}, {.fd = second, .events = POLLIN}};
    int ready = poll(both, 2, milliseconds);
    if (ready <= 0) return ready;
    return both[1].revents != 0 ? 2 : 1;
}

int system_waiter(int listening, int stop)
{
    int waiter = epoll_create1(EPOLL_CLOEXEC);
    if (waiter < 0) return -1;
    struct epoll_event connection = {.events = EPOLLIN | EPOLLEXCLUSIVE}, end = {.events = EPOLLIN};
    if (epoll_ctl(waiter, EPOLL_CTL_ADD, listening, &connection) == 0
        && epoll_ctl(waiter, EPOLL_CTL_ADD, stop, &end) == 0)
        return waiter;
    int error = errno;
    close(waiter);
    errno = error;
    return -1;
}

int system_wait(int waiter)
{
    struct epoll_event event;
    return epoll_wait(waiter, &event, 1, -1);
}

int system_close_drained(int fd)
{
    int unread = 0;
    if (ioctl(fd, FIONREAD, &unread) != 0 || unread > 0) return 0;
    close(fd);
    return 1;
}

long system_file_system(const char *path, long long *available)
{
    struct statfs status;
    if (statfs(path, &status) != 0) return -1;
    *available = (long long)status.f_bavail * status.f_bsize;
    // The field is signed on some machines: the magic numbers of statfs(2) have 32 bits.
    return (long)((unsigned long)status.f_type & 0xFFFFFFFFUL);
}
