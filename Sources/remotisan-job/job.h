/// What one job needs to know, and the parts that run it.
#ifndef REMOTISAN_JOB_H
#define REMOTISAN_JOB_H

#include <sys/types.h>

enum { BROKER_ENVIRONMENT_MAX = 64 };

/// One job as the command line describes it.
struct job {
    const char *uuid;
    const char *directory;      ///< working directory of the command
    const char *log;            ///< stdout and stderr of the command go here
    const char *pid_record;     ///< who runs: see records.c
    const char *exit_record;    ///< how it ended: see records.c
    const char *kill_record;    ///< stands while (and after) a broker kills this job
    const char *run_lock;       ///< held by a broker on watch
    const char *broker;         ///< program to become when no broker is on watch
    const char *config;         ///< the broker's --config
    char *broker_environment[BROKER_ENVIRONMENT_MAX + 1];
    long end_left_behind;       ///< seconds of grace for what the command leaves running; -1: let it run
    int has_secrets;            ///< whether PRIVATE_FD and INPUT_FD were handed over
    int output;                 ///< with secrets: the pipe to the filter, in the place of the log
    int filter;                 ///< with secrets: the socket on which the filter is asked
    int filter_process;         ///< with secrets: its pidfd, or -1
    char **argv;                ///< the command, NULL-terminated
};

/// Descriptors that the responder hands over.
enum {
    LOCK_FD = 3,     ///< the flock of the job
    PRIVATE_FD = 4,  ///< with secrets: records, see mask.h; 'm': hidden in the log, 'e': NAME=VALUE\0 for the command
    INPUT_FD = 5,    ///< with secrets: what the command finds on its standard input
};

/// Why a job could not be started: which step, and its errno.
struct failure {
    char stage[16];
    int error;
};

/// The log, 0640 whatever the umask; never through a link somebody put in its place. A descriptor, or -1.
int open_log(const struct job *job);

/// Points descriptor `fd` at /dev/null. 0, or -1.
int silence(int fd);

/// Flag of close_from: CLOSE_RANGE_CLOEXEC of close_range(2).
enum { CLOSE_ON_EXEC = 1 << 2 };

/// Closes every descriptor from `first` on, or marks them; close_range(2), by number because musl has no wrapper.
int close_from(unsigned first, unsigned flags);

/// All of PRIVATE_FD, in memory. NULL with errno.
unsigned char *read_private(size_t *size);

/// Starts the command and stays until it has ended and its end is recorded. Reports the start on `report`
/// ("started PID" or "failed STAGE ERRNO") and closes it. Returns the exit status of the process.
int supervise(const struct job *job, int report);

/// Starts the process that keeps the secrets of PRIVATE_FD out of the log, and sets `output` and `filter` of the job.
/// Returns when it is ready: 0, or -1 with `failure` filled.
int start_filter(struct job *job, struct failure *failure);

/// Waits until all that the command has written is in the log. 0, or -1 if the filter is gone or does not answer.
int await_filter(const struct job *job);

/// In the child: turns this process into the command. Returns only by exiting, the reason written to `errors`.
_Noreturn void become_command(const struct job *job, int log, int go, int errors);

/// Ends every child that the command left behind: TERM, `grace` seconds, KILL. Returns when none is left.
void end_left_behind(long grace);

/// Number of direct children of this process; what they started in turn is not counted.
long count_children(void);

/// Writes the pid record. 0, or -1 with errno.
int write_pid_record(const struct job *job, pid_t command);

/// Reserves the space of the exit record, so that a full disk cannot lose the end. A descriptor, or -1.
int reserve_exit_record(const struct job *job);

/// How a command ended.
struct ending {
    int status;              ///< as waitpid(2) gives it
    long long realtime_ms;   ///< CLOCK_REALTIME
    long long boottime_ms;   ///< CLOCK_BOOTTIME, comparable with the kill record's
    long left_behind;        ///< direct children that were still running
};

/// Fills the reserved record and gives it its name, durably. 0, or -1 with errno.
int write_exit_record(const struct job *job, int reserved, const struct ending *ending);

/// Gives up the reserved record of a job that never started.
void discard_exit_record(const struct job *job, int reserved);

#endif
