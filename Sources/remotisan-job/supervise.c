/// The supervisor: starts the command, waits for it and records its end.

#define _GNU_SOURCE
#include "job.h"
#include "log_file.h"
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/// Forks the command and waits until it runs. Returns its pid, or -1 with `failure` filled.
///
/// The child waits on `go_fd` until the pid record is written, because a command must never run without a record that
/// names it. If the supervisor is killed before that, the pipe closes and the child exits without running anything.
static pid_t start(const struct job *job, int output_fd, struct failure *failure)
{
    int go_fd[2], errors_fd[2];
    if (pipe2(go_fd, O_CLOEXEC) != 0 || pipe2(errors_fd, O_CLOEXEC) != 0) {
        *failure = (struct failure){START_STAGE_PIPE, errno};
        return -1;
    }
    pid_t command = fork();
    if (command < 0) {
        *failure = (struct failure){START_STAGE_FORK, errno};
        return -1;
    }
    if (command == 0) {
        close(go_fd[1]);
        close(errors_fd[0]);
        become_command(job, output_fd, go_fd[0], errors_fd[1]);
    }
    close(go_fd[0]);
    close(errors_fd[1]);

    memset(failure, 0, sizeof *failure);
    const int has_group = enter_control_group(job, command) == 0;
    if (write_pid_record(job, command, has_group) != 0) {
        *failure = (struct failure){START_STAGE_RECORD, errno};
    } else if (write(go_fd[1], "g", 1) != 1) {
        *failure = (struct failure){START_STAGE_RELEASE, errno};
    }
    close(go_fd[1]);

    // End of file means that exec closed the pipe, so the command runs.
    ssize_t got;
    struct failure from_child;
    do got = read(errors_fd[0], &from_child, sizeof from_child);
    while (got < 0 && errno == EINTR);
    if (got == (ssize_t)sizeof from_child && failure->error == 0) *failure = from_child;
    close(errors_fd[0]);
    if (failure->error == 0) return command;

    while (waitpid(command, NULL, 0) < 0 && errno == EINTR) continue;
    leave_control_group(job);
    unlink(job->pid_record);
    return -1;
}

/// Waits until a child may have ended or the collector is gone.
static void await_event(const struct output *output, int children_fd)
{
    struct signalfd_siginfo ended;
    struct pollfd waiting[] = {{.fd = children_fd, .events = POLLIN},
                               {.fd = output->shared->has_ended ? -1 : output->pid_fd, .events = POLLIN}};
    if (await_ready(waiting, 2, -1) > 0 && waiting[0].revents != 0 && read(children_fd, &ended, sizeof ended) < 0)
        return;
}

/// Waits for the command to end. Meanwhile reaps every adopted process that ends, and replaces collectors. The start is
/// a time of CLOCK_BOOTTIME.
static struct ending wait_for(const struct job *job, struct output *output, pid_t command, int children_fd,
                              long long started_ms)
{
    struct ending ending = {0};
    int status = 0;
    for (;;) {
        pid_t gone;
        while ((gone = waitpid(-1, &status, WNOHANG)) > 0 && gone != command) continue;
        if (gone == command) break;
        if (gone < 0 && errno == ECHILD) break;  // cannot happen, because the command is our child
        output_tend(job, output);
        await_event(output, children_fd);
    }
    ending.status = status;
    ending.realtime_ms = clock_ms(CLOCK_REALTIME);
    ending.boottime_ms = clock_ms(CLOCK_BOOTTIME);
    ending.ran_ms = ending.boottime_ms - started_ms;
    while (waitpid(-1, NULL, WNOHANG) > 0) continue;
    ending.left_behind = count_children();
    return ending;
}

/// Writes the exit record. Retries every second while the disk is full, because space may become free. Other errors
/// are permanent.
static void record_end(const struct job *job, int record_fd, struct ending *ending)
{
    while (write_exit_record(job, record_fd, ending) != 0 && (errno == ENOSPC || errno == EDQUOT)) sleep(1);
}

/// Ends the processes that the command left behind, and replaces the exit record, so that it names those that remain.
///
/// If the new record cannot be written, the first one stands. A broker settles it when this process has exited.
static void clean_up(const struct job *job, struct ending *ending)
{
    static struct remaining remaining;
    end_left_behind(job, &remaining);
    ending->ends_left_behind = 0;
    if (remaining.count > 0) ending->left_behind = remaining.count;
    ending->remaining = remaining.lines;
    ending->is_named = 0;
    int record_fd = reserve_exit_record(job);
    if (record_fd < 0) return;
    if (write_exit_record(job, record_fd, ending) != 0) discard_exit_record(job, record_fd);
}

int supervise(const struct job *job, struct output *output, int report_fd)
{
    // Only SIGKILL ends a supervisor. At a shutdown, TERM ends the command, and the supervisor records that.
    ignore_signals();
    signal(SIGCHLD, SIG_DFL);  // if it were ignored, the kernel would reap the command and its status would be lost
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_SETMASK, &children, NULL);

    struct failure failure = {START_STAGE_SESSION, 0};
    pid_t command = -1;
    int children_fd = -1, record_fd = -1;
    const long long started_ms = clock_ms(CLOCK_BOOTTIME);
    if (setsid() < 0) {
        failure = (struct failure){START_STAGE_SESSION, errno};
    } else if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
        failure = (struct failure){START_STAGE_SUBREAPER, errno};
    } else if ((children_fd = signalfd(-1, &children, SFD_CLOEXEC)) < 0) {
        failure = (struct failure){START_STAGE_DESCRIPTORS, errno};
    } else if ((record_fd = reserve_exit_record(job)) < 0) {
        failure = (struct failure){START_STAGE_RECORD, errno};
    } else {
        command = start(job, output->command_fd, &failure);
        if (command < 0) discard_exit_record(job, record_fd);
    }
    if (command < 0) {
        output_remove(job);  // nothing has been written, and nothing must stay
        dprintf(report_fd, "failed %d %d\n", failure.stage, failure.error);
        return 1;
    }
    dprintf(report_fd, "started %d\n", (int)command);
    close(report_fd);
    output_close(output);
    if (job->has_secrets) {
        close(PRIVATE_FD);
        close(INPUT_FD);
    }

    struct ending ending = wait_for(job, output, command, children_fd, started_ms);
    ending.ends_left_behind = job->left_behind_grace_s >= 0 && ending.left_behind > 0;
    // All output must be in the log before the exit record says that the job has ended.
    if (output_drain(job, output) != 0) ending.is_log_incomplete = 1;
    sync_log(job->log);
    record_end(job, record_fd, &ending);
    if (ending.ends_left_behind) clean_up(job, &ending);

    // A broker that kills this job finds the remaining processes as our children, so wait until all of them are gone.
    if (access(job->kill_record, F_OK) == 0) {
        pid_t gone;
        while ((gone = waitpid(-1, NULL, WNOHANG)) >= 0 || errno == EINTR) {
            if (gone > 0) continue;
            output_tend(job, output);
            await_event(output, children_fd);
        }
    }
    leave_control_group(job);
    sigemptyset(&children);
    sigprocmask(SIG_SETMASK, &children, NULL);  // exec(2) keeps the mask
    return leave_to_broker(job);
}
