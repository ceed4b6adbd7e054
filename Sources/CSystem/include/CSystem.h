/// The few Linux calls that Swift cannot see: macros, variadics, constants behind _GNU_SOURCE.
///
/// Every function returns -1 with errno set on failure, as system calls do, unless it says otherwise.
#ifndef REMOTISAN_CSYSTEM_H
#define REMOTISAN_CSYSTEM_H

#include <stdbool.h>
#include <sys/types.h>

/// Starts `path` with exactly the given arguments and environment; descriptor `i` of the new process is
/// `descriptors[i]`, and it has no other. Signals start at their defaults, unmasked. posix_spawn(3).
///
/// `session` puts it into a session of its own (POSIX_SPAWN_SETSID). Returns 0 or an errno, like posix_spawn.
int system_spawn(pid_t *pid, const char *path, char *const argv[], char *const envp[], const int descriptors[],
                 int count, bool session);

/// pipe2(2) with O_CLOEXEC: the reading end, then the writing one.
int system_pipe(int ends[2]);

/// memfd_create(2), close-on-exec.
int system_private_file(void);

/// pidfd_open(2).
int system_pidfd_open(pid_t pid);

/// pidfd_send_signal(2).
int system_pidfd_send_signal(int pidfd, int signal);

/// flock(2), without waiting. `exclusive` or shared.
int system_try_flock(int fd, bool exclusive);

/// fcntl(F_OFD_SETLK): an exclusive lock of the whole file, without waiting. Unlike a flock(2) it can be
/// asked for without being taken, see system_is_ofd_locked.
int system_try_ofd_lock(int fd);

/// fcntl(F_OFD_GETLK): 1 if somebody holds system_try_ofd_lock's lock, else 0.
int system_is_ofd_locked(int fd);

/// An inotify(7) descriptor, close-on-exec and non-blocking, that tells of files renamed into `directory`.
int system_watch_renames(const char *directory);

/// Waits until one of up to 8 descriptors is readable or `milliseconds` have passed, poll(2).
/// Bit `i` of the result says that `descriptors[i]` is; an interrupting signal counts as none.
int system_await(const int descriptors[], int count, int milliseconds);

/// Reads away what a non-blocking descriptor holds.
void system_drain(int fd);

/// 1 if `fd` is a Unix socket, else 0.
int system_is_unix_socket(int fd);

/// The user id of the process at the other end of a Unix socket (SO_PEERCRED), or -1.
long system_peer_uid(int fd);

/// 1 if `fd` is a listening socket, 0 if it is anything else.
int system_is_listening(int fd);

/// lseek(2) with SEEK_DATA: where the next data is.
off_t system_seek_data(int fd, off_t offset);

/// lseek(2) with SEEK_HOLE: where the next hole, or the end, is.
off_t system_seek_hole(int fd, off_t offset);

/// 1 if the peer of a TCP connection is this machine (127.0.0.0/8 or ::1), else 0.
int system_is_loopback_peer(int fd);

/// accept4(2), close-on-exec; reads and writes on the connection give up after `seconds` without progress.
int system_accept(int listening, int seconds);

/// Sets O_NONBLOCK.
int system_set_nonblocking(int fd);

/// An eventfd(2), close-on-exec and non-blocking.
int system_eventfd(void);

/// Makes an eventfd readable.
int system_eventfd_signal(int fd);

/// Waits until one of two descriptors is readable: 2 if `second` is, 1 if only `first` is, 0 when time is up.
int system_await_either(int first, int second, int milliseconds);

/// An epoll(7) descriptor for one of several threads that wait for the same listening socket: a connection wakes one
/// of them (EPOLLEXCLUSIVE), `stop` wakes all.
int system_waiter(int listening, int stop);

/// Waits on a system_waiter; returns when there is something to accept or to stop for.
int system_wait(int waiter);

/// Closes a connection on which nothing more is to be read or written. One whose peer has sent what nobody read is
/// left open, and 0 returned: closing it now could cost the peer our last bytes. 1 if it is closed.
int system_close_drained(int fd);

/// fallocate(2) with FALLOC_FL_PUNCH_HOLE: gives the blocks of a range back, the size stays.
int system_punch_hole(int fd, off_t offset, off_t length);

/// statfs(2): the type of the file system that holds `path`, and the bytes that we may still take there. -1 and errno
/// where that cannot be told.
long system_file_system(const char *path, long long *available);

#endif
