/// One job, and the parts that run it.
#ifndef REMOTISAN_JOB_H
#define REMOTISAN_JOB_H

#include "start_stage.h"

#include <poll.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

enum { BROKER_ENVIRONMENT_MAX = 64, LIMITS_MAX = 5, PROTECTED_MAX = 32, KEPT_MAX = 4 };

/// A limit of setrlimit(2).
struct limit {
    int resource;
    unsigned long long value;
};

/// One job, as the command line describes it.
struct job {
    const char *uuid;
    const char *directory;    ///< working directory of the command
    const char *fifo;         ///< the command's stdout and stderr; NULL with a terminal
    const char *held;         ///< the held pipe, see collect.h; NULL if it has no name
    const char *log;          ///< where the collector writes them
    const char *times;        ///< index of the times at which output arrived
    const char *pid_record;   ///< which processes run, see records.c
    const char *exit_record;  ///< how the command ended, see records.c
    const char *kill_record;  ///< exists from the moment a broker begins to kill this job
    const char *run_lock;     ///< locked while a broker is on watch
    const char *settle_lock;  ///< locked while a broker is about to start; NULL if there is none
    const char *broker;       ///< the broker program, run at the end if no broker is on watch
    const char *config;       ///< the broker's --config
    const char *group;        ///< directory of the cgroup that is made for the command, or NULL
    const char *user;         ///< the user of the command; NULL for that of this process
    const char *as_program;   ///< remotisan-as, which starts programs of that user and signals them
    /// With Landlock: paths without links that the command may not use, and paths that it may read even there.
    const char *protected_paths[PROTECTED_MAX], *kept_paths[KEPT_MAX];
    int protected_count, kept_count;
    char *broker_environment[BROKER_ENVIRONMENT_MAX + 1];
    long left_behind_grace_s;  ///< seconds between TERM and KILL for processes that the command leaves; -1: keep them
    int is_collecting;         ///< --collect: only the log, the times and the FIFO are given
    int has_secrets;           ///< whether PRIVATE_FD and INPUT_FD were passed
    long long log_max;         ///< maximum disk space of the log in bytes; 0 for no limit
    int has_terminal;          ///< whether stdout and stderr are a terminal
    unsigned short columns;    ///< width of the terminal
    unsigned short rows;       ///< height of the terminal
    unsigned umask;            ///< of the command
    int nice;                  ///< added to the nice value of the command
    struct limit limits[LIMITS_MAX];
    int limits_count;
    const char *success_codes;  ///< exit codes that mean success: numbers and commas
    char **argv;                ///< the command, NULL-terminated
};

/// Descriptors that the responder passes.
enum {
    LOCK_FD = 3,  ///< the job's file, locked by flock(2)
    PRIVATE_FD =
        4,  ///< with secrets: records, see mask.h. 'm': text to hide in the log, 'e': NAME=VALUE\0 for the command
    INPUT_FD = 5,  ///< with secrets: the command's standard input
};

/// Ignores all signals that could end or stop this process, except those that cannot be ignored.
void ignore_signals(void);

/// Sets all signals to their defaults and blocks none, also those that glibc reserves for itself.
void reset_signals(void);

/// The time of a clock in milliseconds.
static inline long long clock_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/// Number of bytes that a pipe or terminal holds (FIONREAD of ioctl(2)); 0 if that is unknown.
size_t pipe_pending(int pipe_fd);

/// Number of names and length of a file; statx(2). Does not read its times: after such a read the kernel gives each
/// write a new time, and a file system writes that to its journal. On a FIFO this would slow the command.
///
/// Returns 0, or -1 with errno.
int file_facts(int file_fd, unsigned *links, long long *size);

/// poll(2), but waits while the kernel has no memory for it. Fails only with EINTR.
int await_ready(struct pollfd *waiting, nfds_t count, int timeout_ms);

/// Points descriptors at /dev/null, from the first to the last. Returns 0, or -1 with errno.
int silence(int first_fd, int last_fd);

/// Flag of close_from: CLOSE_RANGE_CLOEXEC of close_range(2).
enum { CLOSE_ON_EXEC = 1 << 2 };

/// Closes every descriptor from `first` on, or marks it close-on-exec. Calls close_range(2) by its number, because musl
/// has no wrapper.
int close_from(unsigned first, unsigned flags);

/// Opens a file of a job, and creates it with O_CREAT. Does not follow a link, and does not wait for a FIFO. Fails with
/// EPERM if it is no regular file, or belongs to another user. Returns a descriptor, or -1 with errno.
int open_own(const char *path, int flags, mode_t mode);

/// Reads all of PRIVATE_FD into memory. Returns NULL with errno on failure.
unsigned char *read_private(size_t *size);

struct output;

/// Starts the command, waits for its end and records it.
///
/// Writes "started PID" or "failed STAGE ERRNO" (see start_stage.h) to `report_fd` and closes it. Returns the exit
/// status for this process.
int supervise(const struct job *job, struct output *output, int report_fd);

/// Starts a broker that settles the job, unless a broker is on watch or about to start. Call it when the exit record is
/// written. Returns the exit status of the supervisor.
int leave_to_broker(const struct job *job);

/// In the child: replaces this process by the command. On failure it writes a `struct failure` to `errors_fd` and
/// exits.
_Noreturn void become_command(const struct job *job, int output_fd, int go_fd, int errors_fd);

/// Keeps this process, and all that it starts, out of the protected paths by Landlock. Returns 0, or -1 with errno.
int isolate(const struct job *job);

/// Processes that the command left behind and that could not be ended.
struct remaining {
    long count;
    size_t length;     ///< of `lines`
    char lines[2048];  ///< for each, as far as there is room: "remaining PID NAME (reason)\n"
};

/// Ends every child that the command left behind: TERM, the job's grace, KILL. Returns when no child is left, at the
/// latest two seconds after the grace, and at once if no child may be signalled. Fills `remaining`.
void end_left_behind(const struct job *job, struct remaining *remaining);

/// Makes the control group of the job and moves the command into it, which has not begun to run. Returns 0, or -1 if
/// the service may not do that; then there is no group.
int enter_control_group(const struct job *job, pid_t command);

/// Most processes that one call of signal_as_user signals.
enum { SIGNALLED_MAX = 200 };

/// Sends a signal to processes of the job's user, by remotisan-as. They must be children of this process, or descend
/// from it. Returns 0 if every living one of them could be signalled, else -1.
int signal_as_user(const struct job *job, int number, const pid_t *pids, size_t count);

/// Becomes remotisan-as, which enters the directory and becomes the command as the job's user. It reports a failure to
/// `errors_fd`, too. Returns only after a failure, with errno.
void execute_as_user(const struct job *job, int errors_fd);

/// Sends KILL to all processes in the control group, also to those of other users. Returns 0, or -1 if there is no
/// group, or if the kernel is older than 5.14.
int kill_control_group(const struct job *job);

/// Removes the control group of the job, unless a process is in it.
void leave_control_group(const struct job *job);

/// Number of direct children of this process, without their own children. -1 if it cannot be read.
long count_children(void);

/// Start time of a process in clock ticks since boot, 0 if it cannot be read.
unsigned long long start_time(pid_t pid);

/// Writes the pid record. `has_group` tells whether the command is in the control group. Returns 0, or -1 with errno.
int write_pid_record(const struct job *job, pid_t command, int has_group);

/// Reserves the disk space of the exit record, so that a full disk cannot prevent recording the end. Returns a
/// descriptor, or -1 with errno.
int reserve_exit_record(const struct job *job);

/// How a command ended.
struct ending {
    int status;             ///< as waitpid(2) returns it
    long long realtime_ms;  ///< CLOCK_REALTIME
    long long boottime_ms;  ///< CLOCK_BOOTTIME of this time namespace; the record has the kernel's own
    long long ran_ms;       ///< from the start to the end, by CLOCK_BOOTTIME
    long left_behind;       ///< direct children that were still running
    int is_log_incomplete;  ///< whether output was not in the log in time
    int ends_left_behind;   ///< whether the supervisor is about to end these
    const char *remaining;  ///< lines of struct remaining, or NULL for the first record
    int is_named;           ///< whether the record has its final name
};

/// Fills the reserved exit record, renames it to its final name and syncs it. Returns 0, or -1 with errno. After a
/// failure, another call with the same arguments goes on.
int write_exit_record(const struct job *job, int record_fd, struct ending *ending);

/// Removes the reserved exit record of a job that never started.
void discard_exit_record(const struct job *job, int record_fd);

#endif
