/// The filter: the process between a command that takes secrets and its log.
///
/// It is a child of the first process and not of the supervisor, for two reasons. Killing the job must not end the
/// filter before the job's last output is in the log. Processes that the job leaves behind need the filter as long as
/// they write. It ends when no writer is left. If someone ends it earlier, the job's writes fail with EPIPE. Output
/// never reaches the log without passing the filter.

#define _GNU_SOURCE
#include "job.h"
#include "mask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

/// The filter's descriptors.
enum {
    PIPE_FD = 0,      ///< the job's output
    FILTERED_FD = 1,  ///< the log
    CONTROL_FD = 3,   ///< the socket to the supervisor
};

enum {
    ANSWER_TIMEOUT_MS = 10 * 1000,  ///< how long the supervisor waits for the filter at the end, for a disk that hangs
    NOTE_PAUSE_MS = 1000,           ///< pause between two attempts to note lost bytes in a log on a full disk
    NOTE_ATTEMPTS_MAX = 3600,       ///< number of attempts after all output has ended
};

struct filter {
    struct mask *mask;
    unsigned char *output;
    unsigned char chunk[MASK_CHUNK];
    long long lost;  ///< bytes that could not be written because the disk was full
};

/// Notes lost bytes in the log, if the disk has space again.
static void note_loss(struct filter *filter)
{
    if (filter->lost == 0) return;
    char note[96];
    int length = snprintf(note, sizeof note, "\n[%lld bytes could not be written to this log.]\n", filter->lost);
    if (write(FILTERED_FD, note, (size_t)length) > 0) filter->lost = 0;
}

/// Writes to the log. If the disk is full, the bytes are lost and counted, as the command's own write would be lost:
/// the job must not hang until someone frees space.
static void put(struct filter *filter, const unsigned char *bytes, size_t count)
{
    note_loss(filter);
    while (count > 0) {
        ssize_t wrote = write(FILTERED_FD, bytes, count);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) {
            filter->lost += (long long)count;
            return;
        }
        bytes += wrote;
        count -= (size_t)wrote;
    }
}

/// Reads once, at most `limit` bytes, and writes them filtered to the log. Returns the number of bytes read, 0 if no
/// writer is left.
static size_t pass_on(struct filter *filter, size_t limit)
{
    ssize_t got;
    do got = read(PIPE_FD, filter->chunk, limit < MASK_CHUNK ? limit : MASK_CHUNK);
    while (got < 0 && errno == EINTR);
    if (got <= 0) return 0;
    put(filter, filter->output, mask_feed(filter->mask, filter->chunk, (size_t)got, filter->output));
    return (size_t)got;
}

/// Filters the bytes that are in the pipe at this moment, because the command has ended.
///
/// Does not wait for an empty pipe, because a process that the command left behind may write without end. If the output
/// ends with the beginning of a secret, that part is held back while a writer may continue it.
static void drain(struct filter *filter)
{
    int waiting = 0;
    if (ioctl(PIPE_FD, FIONREAD, &waiting) != 0) waiting = 0;
    struct pollfd pipe = {.fd = PIPE_FD, .events = POLLIN};
    size_t left = (size_t)waiting;
    while (left > 0) {
        size_t got = pass_on(filter, left);
        if (got == 0) break;
        left -= got;
    }
    if (poll(&pipe, 1, 0) == 1 && (pipe.revents & (POLLIN | POLLHUP)) == POLLHUP)
        put(filter, filter->output, mask_end(filter->mask, filter->output));
}

/// Tells the supervisor that the log is complete. A failure means that the supervisor is gone, and is ignored.
static void answer(void)
{
    if (send(CONTROL_FD, "d", 1, MSG_NOSIGNAL) != 1) return;
}

/// Waits until the loss is noted in the log. Stops when the log has been deleted or after NOTE_ATTEMPTS_MAX seconds.
static void outlast_full_disk(struct filter *filter)
{
    struct stat status;
    for (int attempts = 0; attempts < NOTE_ATTEMPTS_MAX && filter->lost > 0; attempts++) {
        if (fstat(FILTERED_FD, &status) != 0 || status.st_nlink == 0) return;
        poll(NULL, 0, NOTE_PAUSE_MS);
        note_loss(filter);
    }
}

static void run(struct filter *filter)
{
    struct pollfd waiting[] = {{.fd = PIPE_FD, .events = POLLIN}, {.fd = CONTROL_FD, .events = POLLIN}};
    for (;;) {
        int ready = poll(waiting, 2, filter->lost > 0 ? NOTE_PAUSE_MS : -1);
        if (ready < 0) {
            if (errno == EINTR) continue;
            return;
        }
        if (ready == 0) {
            note_loss(filter);
        } else if (waiting[1].revents != 0) {
            char byte;
            if (read(CONTROL_FD, &byte, 1) != 1) {
                waiting[1].fd = -1;  // the supervisor is gone, but processes that it left behind may still write
                continue;
            }
            drain(filter);
            answer();
        } else if (waiting[0].revents != 0 && pass_on(filter, MASK_CHUNK) == 0) {
            put(filter, filter->output, mask_end(filter->mask, filter->output));
            answer();
            close(CONTROL_FD);
            outlast_full_disk(filter);
            return;
        }
    }
}

/// Turns this process into the filter. Returns when its work is done, or with `failure` filled.
static void become_filter(const struct job *job, int output_fd, int control_fd, struct failure *failure)
{
    ignore_signals();
    *failure = (struct failure){START_STAGE_FILTER, 0};
    // A process with the job's uuid in its environment counts as a process of the job. The filter must not count.
    for (char **variable = environ; *variable != NULL; variable++) memset(*variable, 0, strlen(*variable));
    // No other process may read this memory, not even another job of the same user; prctl(2), PR_SET_DUMPABLE.
    struct rlimit no_core = {0, 0};
    if (setsid() < 0 || prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &no_core) != 0) goto failed;

    size_t size = 0;
    unsigned char *records = read_private(&size);
    struct filter *filter = calloc(1, sizeof *filter);
    if (records == NULL || filter == NULL || (filter->mask = mask_create(records, size)) == NULL) goto failed;
    filter->output = malloc(mask_output_max(filter->mask));
    if (filter->output == NULL) goto failed;
    failure->stage = START_STAGE_LOG;
    int log_fd = open_log(job);
    if (log_fd < 0) goto failed;
    failure->stage = START_STAGE_FILTER;
    // All sources are above 3, so no dup2 overwrites a source that is still needed.
    if (dup2(output_fd, PIPE_FD) < 0 || dup2(log_fd, FILTERED_FD) < 0 || silence(STDERR_FILENO) != 0
        || dup2(control_fd, CONTROL_FD) < 0 || close_from(CONTROL_FD + 1, 0) != 0)
        goto failed;
    if (send(CONTROL_FD, failure, sizeof *failure, MSG_NOSIGNAL) != (ssize_t)sizeof *failure) return;
    run(filter);
    mask_free(filter->mask);
    explicit_bzero(records, size);
    return;
failed:
    failure->error = errno;
}

int start_filter(struct job *job, struct failure *failure)
{
    int output_fd[2], control_fd[2];
    *failure = (struct failure){START_STAGE_FILTER, 0};
    if (pipe2(output_fd, O_CLOEXEC) != 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control_fd) != 0) {
        failure->error = errno;
        return -1;
    }
    pid_t filter = fork();
    if (filter < 0) {
        failure->error = errno;
        return -1;
    }
    if (filter == 0) {
        close(output_fd[1]);
        close(control_fd[0]);
        become_filter(job, output_fd[0], control_fd[1], failure);
        if (failure->error == 0) _exit(0);
        if (send(control_fd[1], failure, sizeof *failure, MSG_NOSIGNAL) < 0) _exit(2);
        _exit(1);
    }
    close(output_fd[0]);
    close(control_fd[1]);
    // A pidfd, because the pid could belong to another process by the time it is used. Without one (-1) the filter
    // cannot be continued if someone stopped it.
    job->filter_pid_fd = (int)syscall(SYS_pidfd_open, filter, 0);
    ssize_t got;
    do got = recv(control_fd[0], failure, sizeof *failure, MSG_WAITALL);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof *failure) *failure = (struct failure){START_STAGE_FILTER, EPIPE};
    job->output_fd = output_fd[1];
    job->filter_fd = control_fd[0];
    return failure->error == 0 ? 0 : -1;
}

int await_filter(const struct job *job)
{
    struct pollfd answer = {.fd = job->filter_fd, .events = POLLIN};
    char byte;
    int ready;
    // Continue a filter that someone stopped, because it holds the job's last output.
    if (job->filter_pid_fd >= 0 && syscall(SYS_pidfd_send_signal, job->filter_pid_fd, SIGCONT, NULL, 0) != 0) {
        // The filter is gone. Either it has answered already, or the poll below fails.
    }
    // EPIPE: the filter saw the end of the output itself, answered and ended.
    if (send(job->filter_fd, "d", 1, MSG_NOSIGNAL) != 1 && errno != EPIPE) return -1;
    do ready = poll(&answer, 1, ANSWER_TIMEOUT_MS);
    while (ready < 0 && errno == EINTR);
    return ready == 1 && read(job->filter_fd, &byte, 1) == 1 ? 0 : -1;
}
