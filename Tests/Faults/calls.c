/// Which system calls are worth a kill, and which can fail how. Numbers and registers of x86-64.

#define _GNU_SOURCE
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/wait.h>

enum { SPACE = 1, WRITABLE = 2, DISK = 4, DESCRIPTORS = 8, MEMORY = 16, SIGNALS = 32 };

/// What can be missing for a call that has correct arguments; the error sections of section 2 of the manual.
static const struct {
    long call;
    int needs;
} fallible[] = {
    {SYS_open, SPACE | WRITABLE | DISK | DESCRIPTORS},
    {SYS_openat, SPACE | WRITABLE | DISK | DESCRIPTORS | MEMORY | SIGNALS},
    {SYS_read, DISK | SIGNALS},
    {SYS_pread64, DISK},
    {SYS_write, SPACE | DISK | SIGNALS},
    {SYS_pwrite64, SPACE | DISK},
    {SYS_splice, SPACE | DISK | SIGNALS},
    {SYS_fallocate, SPACE},
    {SYS_ftruncate, WRITABLE},
    {SYS_fsync, SPACE | DISK},
    {SYS_fdatasync, SPACE | DISK},
    {SYS_mkdir, SPACE | WRITABLE},
    {SYS_mkdirat, SPACE | WRITABLE},
    {SYS_mknod, SPACE | WRITABLE},
    {SYS_mknodat, SPACE | WRITABLE},
    {SYS_rename, SPACE | WRITABLE | DISK},
    {SYS_renameat, SPACE | WRITABLE},
    {SYS_renameat2, SPACE | WRITABLE},
    {SYS_link, SPACE | WRITABLE},
    {SYS_linkat, SPACE | WRITABLE},
    {SYS_unlink, WRITABLE | DISK},
    {SYS_unlinkat, WRITABLE},
    {SYS_chmod, WRITABLE},
    {SYS_fchmod, WRITABLE},
    {SYS_pipe, DESCRIPTORS},
    {SYS_pipe2, DESCRIPTORS},
    {SYS_socket, DESCRIPTORS},
    {SYS_accept4, DESCRIPTORS},
    {SYS_dup, DESCRIPTORS},
    {SYS_eventfd2, DESCRIPTORS},
    {SYS_epoll_create1, DESCRIPTORS},
    {SYS_inotify_init1, DESCRIPTORS},
    {SYS_signalfd4, DESCRIPTORS | MEMORY},
    {SYS_memfd_create, DESCRIPTORS | MEMORY},
    {SYS_pidfd_open, DESCRIPTORS | MEMORY},
    {SYS_fork, MEMORY},
    {SYS_vfork, MEMORY},
    {SYS_clone, MEMORY},
    {SYS_clone3, MEMORY},
    {SYS_execve, MEMORY},
    {SYS_poll, MEMORY | SIGNALS},
    {SYS_ppoll, MEMORY | SIGNALS},
    {SYS_epoll_wait, SIGNALS},
    {SYS_wait4, SIGNALS},
    {SYS_waitid, SIGNALS},
    {SYS_flock, SIGNALS},
    {SYS_fcntl, SIGNALS},
};

/// Whether a descriptor is a file of proc(5).
static int is_of_proc(pid_t pid, unsigned long long fd)
{
    char path[64];
    struct statfs system;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, (int)fd);
    return statfs(path, &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
}

/// Whether a descriptor is a file on a disk. Files of proc(5) never fail.
static int is_regular(pid_t pid, unsigned long long fd)
{
    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, (int)fd);
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && !is_of_proc(pid, fd);
}

/// Whether a path of a process begins with /proc/.
static int is_path_of_proc(pid_t pid, unsigned long long address)
{
    static const char proc[] = "/proc/";
    char path[sizeof proc - 1];
    struct iovec local = {path, sizeof path}, remote = {(void *)address, sizeof path};
    return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)sizeof path
           && memcmp(path, proc, sizeof path) == 0;
}

int has_effect(pid_t pid, const struct user_regs_struct *registers)
{
    const long call = (long)registers->orig_rax;
    static const long without[] = {
        SYS_brk,       SYS_mmap,          SYS_munmap,          SYS_mprotect,  SYS_rt_sigaction,
        SYS_getpid,    SYS_gettid,        SYS_rt_sigprocmask,  SYS_getuid,    SYS_rt_sigreturn,
        SYS_getppid,   SYS_geteuid,       SYS_getgid,          SYS_getegid,   SYS_arch_prctl,
        SYS_exit,      SYS_exit_group,    SYS_futex,           SYS_madvise,   SYS_sched_yield,
        SYS_getrandom, SYS_clock_gettime, SYS_gettimeofday,    SYS_uname,     SYS_set_tid_address,
        SYS_rseq,      SYS_sigaltstack,   SYS_set_robust_list, SYS_nanosleep, SYS_clock_nanosleep,
        SYS_prlimit64, SYS_sysinfo,       SYS_getcwd,          SYS_fstat,     SYS_sched_getaffinity,
        SYS_stat,      SYS_lstat,         SYS_newfstatat,      SYS_access,    SYS_statx,
        SYS_lseek,     SYS_pread64,       SYS_getdents64,      SYS_readlink,  SYS_readlinkat};
    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        if (without[i] == call) return 0;
    switch (call) {
    case SYS_openat: return !is_path_of_proc(pid, registers->rsi);
    case SYS_read:
    case SYS_close: return !is_of_proc(pid, registers->rdi);
    default: return 1;
    }
}

static int need_of(int error)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT: return SPACE;
    case EROFS: return WRITABLE;
    case EIO: return DISK;
    case EMFILE: return DESCRIPTORS;
    case ENOMEM: return MEMORY;
    case EINTR: return SIGNALS;
    default: return 0;
    }
}

int can_fail(pid_t pid, const struct user_regs_struct *registers, int error)
{
    const long call = (long)registers->orig_rax;
    const int need = need_of(error);
    size_t i = 0;
    while (i < sizeof fallible / sizeof *fallible && fallible[i].call != call) i++;
    if (i == sizeof fallible / sizeof *fallible || !(fallible[i].needs & need)) return 0;
    switch (call) {
    case SYS_open:
    case SYS_openat: {
        const unsigned long long flags = call == SYS_open ? registers->rsi : registers->rdx;
        if (need == SPACE) return (flags & O_CREAT) != 0;
        return need != WRITABLE || (flags & (O_CREAT | O_WRONLY | O_RDWR)) != 0;
    }
    case SYS_read:
    case SYS_write:
    case SYS_fsync:
    case SYS_fdatasync: return need == SIGNALS ? !is_regular(pid, registers->rdi) : is_regular(pid, registers->rdi);
    case SYS_wait4: return !(registers->rdx & WNOHANG);
    case SYS_flock: return !(registers->rsi & LOCK_NB);
    case SYS_splice: return need == SIGNALS || is_regular(pid, registers->rdx);
    case SYS_fcntl: return registers->rsi == F_SETLKW || registers->rsi == F_OFD_SETLKW;
    default: return 1;
    }
}
