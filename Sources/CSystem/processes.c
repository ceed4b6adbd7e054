#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 8 };

char **system_environment(void)
{
    return environ;
}

int system_spawn(pid_t *pid, const char *path, char *const argv[], char *const envp[], const int passed_fd[], int count,
                 bool session)
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

    // The sources are copied to numbers above all targets, so that no dup2 overwrites a source that is still needed.
    int copy_fd[DESCRIPTORS_MAX];
    int copied = 0;
    for (; copied < count && error == 0; copied++) {
        copy_fd[copied] = fcntl(passed_fd[copied], F_DUPFD_CLOEXEC, DESCRIPTORS_MAX);
        if (copy_fd[copied] < 0) {
            error = errno;
            break;
        }
        error = posix_spawn_file_actions_adddup2(&actions, copy_fd[copied], copied);
    }
    // Close everything else, because libfcgi's connections are not close-on-exec.
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

    for (int i = 0; i < copied; i++) close(copy_fd[i]);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int system_pidfd_open(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

int system_pidfd_send_signal(int pid_fd, int signal)
{
    return (int)syscall(SYS_pidfd_send_signal, pid_fd, signal, NULL, 0);
}

int system_close_memory(void)
{
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int system_landlock_version(void)
{
    enum { VERSION = 1 };
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION);
}

int system_is_subreaper(void)
{
    int is_subreaper = 0;
    return prctl(PR_GET_CHILD_SUBREAPER, &is_subreaper) == 0 && is_subreaper != 0;
}

pid_t system_await_child(void)
{
    siginfo_t info = {0};
    return waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) == 0 ? info.si_pid : -1;
}

int system_await_end(pid_t child)
{
    siginfo_t info;
    return waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
}

void system_limit_arenas(int count)
{
    mallopt(M_ARENA_MAX, count);
}
