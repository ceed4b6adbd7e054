/// Linux calls that Swift cannot use directly: macros, variadic functions, and constants behind _GNU_SOURCE.
///
/// Every function returns -1 with errno set on failure, as system calls do, unless its comment says otherwise.
#ifndef REMOTISAN_CSYSTEM_H
#define REMOTISAN_CSYSTEM_H

#include "boot_offset.h"
#include "start_stage.h"
#include "version.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/// Starts `path` with exactly the given arguments and environment; posix_spawn(3).
///
/// Descriptor `i` of the new process is `passed_fd[i]`, and it has no other descriptors. Its signals have their
/// defaults and are not blocked. `session` gives it a session of its own (POSIX_SPAWN_SETSID). Returns 0 or an errno,
/// like posix_spawn.
int system_spawn(pid_t *pid, const char *path, char *const argv[], char *const envp[], const int passed_fd[], int count,
                 bool session);

/// environ(7): the environment of this process, which ends with NULL.
char **system_environment(void);

/// pipe2(2) with O_CLOEXEC: first the reading end, then the writing end.
int system_pipe(int end_fd[2]);

/// How many bytes a pipe holds, after an attempt to let it hold `wanted` bytes; fcntl(2), F_SETPIPE_SZ. -1 on failure.
int system_pipe_capacity(int pipe_fd, int wanted);

/// syslog(3) with LOG_NOTICE of LOG_AUTHPRIV, as `remotisan`. Without a syslog it does nothing.
void system_syslog(const char *text);

/// memfd_create(2), close-on-exec.
int system_private_file(void);

/// pidfd_open(2).
int system_pidfd_open(pid_t pid);

/// pidfd_send_signal(2).
int system_pidfd_send_signal(int pid_fd, int signal);

/// Closes memory, environment and descriptors of this process to other processes of its user; PR_SET_DUMPABLE of
/// prctl(2).
int system_close_memory(void);

/// The version of Landlock, landlock(7); -1 if the kernel has none.
int system_landlock_version(void);

/// 1 if this process inherits the descendants whose parent ends (PR_GET_CHILD_SUBREAPER of prctl(2)), else 0.
int system_is_subreaper(void);

/// Waits until any child has ended, without reaping it, and returns its pid; waitid(2) with WNOWAIT.
pid_t system_await_child(void);

/// Waits until a child has ended, without reaping it.
int system_await_end(pid_t child);

/// flock(2) without waiting, exclusive or shared.
int system_try_flock(int file_fd, bool exclusive);

/// fcntl(F_OFD_SETLK): takes an exclusive lock on the whole file, without waiting. Unlike a flock(2) lock it can be
/// tested without being taken, see system_is_ofd_locked.
int system_try_ofd_lock(int file_fd);

/// The same with a shared lock, which several open files can hold.
int system_try_shared_ofd_lock(int file_fd);

/// fcntl(F_OFD_GETLK): 1 if another open file holds a lock, exclusive or shared, else 0.
int system_is_ofd_locked(int file_fd);

/// Returns an inotify(7) descriptor, close-on-exec and non-blocking, that reports files renamed into `directory`.
int system_watch_renames(const char *directory);

/// Makes a descriptor of system_watch_renames also report that a descriptor for writing to the file `path` was closed.
/// Returns the number of the watch.
int system_watch_closings(int inotify_fd, const char *path);

/// Returns an inotify(7) descriptor, close-on-exec and non-blocking, that watches nothing yet.
int system_inotify(void);

/// Watches writes to a file. Returns the number of the watch.
int system_watch_growth(int inotify_fd, const char *path);

/// Watches the files of a directory: renamed to it, removed, or closed after writing. Returns the number of the watch.
int system_watch_records(int inotify_fd, const char *directory);

/// Ends a watch. Nothing can fail that matters: the kernel ends watches of removed files itself.
void system_unwatch(int inotify_fd, int watch);

/// Returns an inotify(7) descriptor, close-on-exec and non-blocking, that reports writes to a file. A symbolic link is
/// followed.
int system_watch_writes(const char *path);

/// Reads what a descriptor of system_watch_writes reports. Returns 1 if the file was written and has not been closed
/// since, 0 if it was closed, and `before` if nothing happened. Returns -1 if the file was removed or replaced.
int system_is_being_written(int inotify_fd, int before);

/// Waits until one of up to 8 descriptors is readable or `milliseconds` have passed; poll(2).
/// Bit `i` of the result is set if `watched_fd[i]` is readable. If a signal interrupts the wait, the result is 0.
int system_await(const int watched_fd[], int count, int milliseconds);

/// Returns an epoll(7) descriptor, close-on-exec, or -1.
int system_epoll(void);

/// Returns a timerfd_create(2) descriptor of the boot clock, close-on-exec and non-blocking.
int system_timer(void);

/// Makes a timer readable once, after some milliseconds; timerfd_settime(2).
int system_timer_set(int timer_fd, int64_t milliseconds);

/// Makes a timer that has passed unreadable again.
void system_timer_clear(int timer_fd);

/// Watches a descriptor for reading; epoll_ctl(2). Closing it ends that. Returns 0, or -1.
int system_epoll_add(int epoll_fd, int watched_fd, uint64_t number);

/// Watches a descriptor until it is ready once (EPOLLONESHOT). Returns 0, or -1.
int system_epoll_arm(int epoll_fd, int watched_fd, uint64_t number, bool for_writing, bool is_new);

/// Stops watching a descriptor. Returns 0, or -1.
int system_epoll_remove(int epoll_fd, int watched_fd);

/// Waits for watched descriptors and stores the numbers of up to 64 of them. Returns how many, 0 after `milliseconds` or
/// a signal, or -1. A negative time has no end.
int system_epoll_wait(int epoll_fd, uint64_t numbers[], int count, int milliseconds);

/// 1 if the descriptor is a Unix socket, else 0.
int system_is_unix_socket(int socket_fd);

/// The user id of the process at the other end of a Unix socket (SO_PEERCRED), or -1.
long system_peer_uid(int socket_fd);

/// 1 if the other end of a connection or a pipe is closed, else 0.
///
/// The peer of a Unix socket that only finished writing still reads (POLLRDHUP without POLLHUP), as some web servers
/// do. For TCP the kernel cannot tell the two apart, so there it counts as gone.
int system_is_peer_gone(int any_fd);

/// 1 if the descriptor is a listening socket, else 0.
int system_is_listening(int socket_fd);

/// lseek(2) with SEEK_DATA: the offset of the next data.
off_t system_seek_data(int file_fd, off_t offset);

/// memmem(3): the first place of a text in some bytes; null if there is none.
const void *system_find(const void *bytes, size_t count, const void *text, size_t length);

/// lseek(2) with SEEK_HOLE: the offset of the next hole, or of the end of the file.
off_t system_seek_hole(int file_fd, off_t offset);

/// 1 if the peer of a TCP connection has a loopback address (127.0.0.0/8 or ::1), else 0.
int system_is_loopback_peer(int socket_fd);

/// accept4(2), close-on-exec and non-blocking.
int system_accept(int listening_fd);

/// Sets O_NONBLOCK.
int system_set_nonblocking(int any_fd);

/// An eventfd(2), close-on-exec and non-blocking.
int system_eventfd(void);

/// Makes an eventfd readable.
int system_eventfd_signal(int event_fd);

/// CLOCK_BOOTTIME in milliseconds: the time since the machine started, with suspended time. It is the kernel's own
/// clock, in every time namespace.
long long system_boottime_ms(void);

/// boot_offset_ticks() of this process. It is read once, because it never changes.
long long system_boot_offset_ticks(void);

/// Number of bytes that a pipe holds (FIONREAD of ioctl(2)); -1 on failure.
int system_pending(int pipe_fd);

/// statfs(2): returns the type of the file system that holds `path`, and in `available` the bytes that this user may
/// still write there.
long system_file_system(const char *path, long long *available);

/// Gives one more user permissions for a file (4 read, 2 write, 1 execute or search), by its access control list,
/// acl(5). Nobody else gets any. A link is not followed. Fails with EOPNOTSUPP if the file system has no lists.
int system_grant(const char *path, uid_t user, unsigned permissions);

/// fwrite(3) to standard output, whose buffer `print` of Swift uses, too. After a failure the buffer is empty.
int system_write_output(const void *bytes, size_t count);

/// fflush(3) of standard output. It also fails if a write before has failed.
int system_flush_output(void);

/// The number of columns that a terminal needs for some characters of Unicode, wcwidth(3). It is 2 for wide characters
/// and 0 for combining ones. The locale of the program does not matter.
int system_terminal_width(const uint32_t characters[], int count);

/// Limits the number of areas from which malloc takes memory (M_ARENA_MAX of mallopt(3)).
void system_limit_arenas(int count);

#endif
