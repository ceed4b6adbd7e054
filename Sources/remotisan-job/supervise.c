/// The supervisor: the only process that waits for the command.

#define _GNU_SOURCE
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long milliseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/// Forks the command and reports whether it runs. Its pid, or -1 with `failure` filled.
///
/// The child waits on `go` until the pid record stands: a command must never live without a record that
/// leads to it. If we are killed before, the pipe closes and the child leaves without having run anything.
static pid_t start(const struct job *job, int log, struct failure *failure)
{
    int go[2], errors[2];
    if (pipe2(go, O_CLOEXEC) != 0 || pipe2(errors, O_CLOEXEC) != 0) {
        *failure = (struct failure){"pipe", errno};
        return -1;
    }
    pid_t command = fork();
    if (command < 0) {
        *failure = (struct failure){"fork", errno};
        return -1;
    }
    if (command == 0) {
        close(go[1]);
        close(errors[0]);
        become_command(job, log, go[0], errors[1]);
    }
    close(go[0]);
    close(errors[1]);

    memset(failure, 0, sizeof *failure);
    if (write_pid_record(job, command) != 0) {
        *failure = (struct failure){"record", errno};
    } else if (write(go[1], "g", 1) != 1) {
        *failure = (struct failure){"go", errno};
    }
    close(go[1]);

    // End of file means that exec closed the pipe: the command runs.
    ssize_t got;
    struct failure from_child;
    do got = read(errors[0], &from_child, sizeof from_child);
    while (got < 0 && errno == EINTR);
    if (got == (ssize_t)sizeof from_child && failure->error == 0) *failure = from_child;
    close(errors[0]);
    if (failure->error == 0) return command;

    while (waitpid(command, NULL, 0) < 0 && errno == EINTR) continue;
    unlink(job->pid_record);
    return -1;
}

/// Waits for the command and reaps, all the while, whatever the subreaper adopts.
static struct ending wait_for(pid_t command)
{
    struct ending ending = {0};
    int status;
    for (;;) {
        pid_t gone = waitpid(-1, &status, 0);
        if (gone == command) break;
        if (gone < 0 && errno != EINTR) break;  // cannot be while the command is our child
    }
    ending.status = status;
    ending.realtime_ms = milliseconds(CLOCK_REALTIME);
    ending.boottime_ms = milliseconds(CLOCK_BOOTTIME);
    while (waitpid(-1, NULL, WNOHANG) > 0) continue;
    ending.left_behind = count_children();
    return ending;
}

/// The filter was ended by somebody, and what was in its hands with it.
static void tell_of_lost_output(const struct job *job)
{
    static const char words[] =
        "\nOUTPUT LOST: the process that keeps secrets out of this log was ended, or hangs.\n";
    int log = open_log(job);
    if (log < 0) return;
    if (write(log, words, sizeof words - 1) < 0) {
        // Nothing else can be told it: the end is recorded all the same.
    }
    close(log);
}

/// A full disk passes: the end of a job is worth waiting for. Anything else will not mend itself.
static void record_end(const struct job *job, int reserved, const struct ending *ending)
{
    while (write_exit_record(job, reserved, ending) != 0 && (errno == ENOSPC || errno == EDQUOT)) sleep(1);
}

/// Whether a broker is on watch: asked without taking the lock, so that we never stand in a broker's way.
static int broker_is_on_watch(const struct job *job)
{
    int fd = open(job->run_lock, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return 0;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int held = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(fd);
    return held;
}

int supervise(const struct job *job, int report)
{
    // Nobody but SIGKILL ends a supervisor: a shutdown's TERM is for the command, whose end we record.
    static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGALRM, SIGUSR1,
                                  SIGUSR2, SIGTSTP, SIGTTIN, SIGTTOU, SIGXFSZ};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
    signal(SIGCHLD, SIG_DFL);  // were it ignored, the kernel would reap the command before we could
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);

    struct failure failure = {"session", 0};
    pid_t command = -1;
    int log = -1, reserved = -1;
    if (setsid() < 0) {
        failure = (struct failure){"session", errno};
    } else if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
        failure = (struct failure){"subreaper", errno};
    } else if ((log = job->has_secrets ? job->output : open_log(job)) < 0) {
        failure = (struct failure){"log", errno};
    } else if ((reserved = reserve_exit_record(job)) < 0) {
        failure = (struct failure){"record", errno};
    } else {
        command = start(job, log, &failure);
        if (command < 0) discard_exit_record(job, reserved);
    }
    if (command < 0) {
        dprintf(report, "failed %s %d\n", failure.stage, failure.error);
        return 1;
    }
    dprintf(report, "started %d\n", (int)command);
    close(report);
    close(log);
    if (job->has_secrets) {
        close(PRIVATE_FD);
        close(INPUT_FD);
    }

    struct ending ending = wait_for(command);
    if (job->end_left_behind >= 0 && ending.left_behind > 0) end_left_behind(job->end_left_behind);
    // Whoever reads that the job has ended must find its last words.
    if (job->has_secrets && await_filter(job) != 0) tell_of_lost_output(job);
    record_end(job, reserved, &ending);

    // While a broker kills this job it finds the rest of it through us: stay until all are gone.
    if (access(job->kill_record, F_OK) == 0) {
        while (wait(NULL) >= 0 || errno == EINTR) continue;
    }
    if (broker_is_on_watch(job)) return 0;
    char *const argv[] = {(char *)job->broker, "settle", (char *)job->uuid, "--config", (char *)job->config, NULL};
    execve(job->broker, argv, job->broker_environment);
    return 1;  // the next pass of a broker settles it
}
