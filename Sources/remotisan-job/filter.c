/// The process between a command that was given secrets and its log.
///
/// A child of the first process, not of the supervisor: a kill of the job must not end it before the job's last words
/// are in the log, and what the job leaves behind needs it as long as that writes. It ends when nobody can write any
/// more. Where somebody ends it before, the job's writes fail (EPIPE): nothing reaches the log around it.

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

/// Its descriptors while it runs.
enum { PIPE = 0, LOG = 1, CONTROL = 3 };

enum {
    DRAIN_MAX = 10 * 1000,  ///< milliseconds for which the supervisor waits at the end: for a disk that hangs
    TELL_PAUSE = 1000,      ///< milliseconds between two attempts to tell a log on a full disk what it lacks
    TELL_MAX = 3600,        ///< so many attempts are made when there is nothing else to do any more
};

struct filter {
    struct mask *mask;
    unsigned char *output;
    unsigned char chunk[MASK_CHUNK];
    long long lost;  ///< bytes that a full disk did not take
};

/// Tells the log, if there is room again, what it lacks.
static void tell_of_loss(struct filter *filter)
{
    if (filter->lost == 0) return;
    char note[96];
    int length = snprintf(note, sizeof note, "\n[%lld bytes could not be written to this log.]\n", filter->lost);
    if (write(LOG, note, (size_t)length) > 0) filter->lost = 0;
}

/// Writes to the log. What a full disk does not take is lost, as the command's own write would be, and counted: the
/// job must not hang until somebody makes room.
static void put(struct filter *filter, const unsigned char *bytes, size_t count)
{
    tell_of_loss(filter);
    while (count > 0) {
        ssize_t wrote = write(LOG, bytes, count);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) {
            filter->lost += (long long)count;
            return;
        }
        bytes += wrote;
        count -= (size_t)wrote;
    }
}

/// Passes on what one read(2) gives, at most `limit` bytes. Their number; 0 when there are no writers left.
static size_t pass_on(struct filter *filter, size_t limit)
{
    ssize_t got;
    do got = read(PIPE, filter->chunk, limit < MASK_CHUNK ? limit : MASK_CHUNK);
    while (got < 0 && errno == EINTR);
    if (got <= 0) return 0;
    put(filter, filter->output, mask_feed(filter->mask, filter->chunk, (size_t)got, filter->output));
    return (size_t)got;
}

/// The command has ended: passes on all that is in the pipe now, and says so. Not until it is empty: who was left
/// behind may write without end. An end that begins a secret stays here while somebody may go on with it.
static void drain(struct filter *filter)
{
    int waiting = 0;
    if (ioctl(PIPE, FIONREAD, &waiting) != 0) waiting = 0;
    struct pollfd pipe = {.fd = PIPE, .events = POLLIN};
    size_t left = (size_t)waiting;
    while (left > 0) {
        size_t got = pass_on(filter, left);
        if (got == 0) break;
        left -= got;
    }
    if (poll(&pipe, 1, 0) == 1 && (pipe.revents & (POLLIN | POLLHUP)) == POLLHUP)
        put(filter, filter->output, mask_end(filter->mask, filter->output));
}

/// Tells the supervisor that nothing is missing in the log. If nobody hears it, the supervisor is gone.
static void answer(void)
{
    if (send(CONTROL, "d", 1, MSG_NOSIGNAL) != 1) return;
}

/// All output has been seen, but its log lacks some: stays until that is told, while somebody may still read it there.
static void outlast_full_disk(struct filter *filter)
{
    struct stat status;
    for (int attempts = 0; attempts < TELL_MAX && filter->lost > 0; attempts++) {
        if (fstat(LOG, &status) != 0 || status.st_nlink == 0) return;
        poll(NULL, 0, TELL_PAUSE);
        tell_of_loss(filter);
    }
}

static void run(struct filter *filter)
{
    struct pollfd waiting[] = {{.fd = PIPE, .events = POLLIN}, {.fd = CONTROL, .events = POLLIN}};
    for (;;) {
        int ready = poll(waiting, 2, filter->lost > 0 ? TELL_PAUSE : -1);
        if (ready < 0) {
            if (errno == EINTR) continue;
            return;
        }
        if (ready == 0) {
            tell_of_loss(filter);
        } else if (waiting[1].revents != 0) {
            char byte;
            if (read(CONTROL, &byte, 1) != 1) {
                waiting[1].fd = -1;  // the supervisor is gone; what it left behind may still write
                continue;
            }
            drain(filter);
            answer();
        } else if (waiting[0].revents != 0 && pass_on(filter, MASK_CHUNK) == 0) {
            put(filter, filter->output, mask_end(filter->mask, filter->output));
            answer();
            close(CONTROL);
            outlast_full_disk(filter);
            return;
        }
    }
}

/// Makes this process the filter. Returns when it may end, or with `failure` filled.
static void become_filter(const struct job *job, int output, int control, struct failure *failure)
{
    static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGALRM, SIGUSR1,
                                  SIGUSR2, SIGTSTP, SIGTTIN, SIGTTOU, SIGXFSZ};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
    *failure = (struct failure){"filter", 0};
    // Whoever carries the job's name in its environment counts as a process of it, and this one does not.
    for (char **variable = environ; *variable != NULL; variable++) memset(*variable, 0, strlen(*variable));
    // Its memory is for nobody else to read, not even for another job of the same user; prctl(2).
    struct rlimit no_core = {0, 0};
    if (setsid() < 0 || prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &no_core) != 0) goto failed;

    size_t size = 0;
    unsigned char *records = read_private(&size);
    struct filter *filter = calloc(1, sizeof *filter);
    if (records == NULL || filter == NULL || (filter->mask = mask_create(records, size)) == NULL) goto failed;
    filter->output = malloc(mask_output_max(filter->mask));
    if (filter->output == NULL) goto failed;
    strcpy(failure->stage, "log");
    int log = open_log(job);
    if (log < 0) goto failed;
    strcpy(failure->stage, "filter");
    // All of them are above 3, so none is overwritten before it is copied.
    if (dup2(output, PIPE) < 0 || dup2(log, LOG) < 0 || silence(STDERR_FILENO) != 0 || dup2(control, CONTROL) < 0
        || close_from(CONTROL + 1, 0) != 0)
        goto failed;
    if (send(CONTROL, failure, sizeof *failure, MSG_NOSIGNAL) != (ssize_t)sizeof *failure) return;
    run(filter);
    mask_free(filter->mask);
    explicit_bzero(records, size);
    return;
failed:
    failure->error = errno;
}

int start_filter(struct job *job, struct failure *failure)
{
    int output[2], control[2];
    *failure = (struct failure){"filter", 0};
    if (pipe2(output, O_CLOEXEC) != 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) != 0) {
        failure->error = errno;
        return -1;
    }
    pid_t filter = fork();
    if (filter < 0) {
        failure->error = errno;
        return -1;
    }
    if (filter == 0) {
        close(output[1]);
        close(control[0]);
        become_filter(job, output[0], control[1], failure);
        if (failure->error == 0) _exit(0);
        if (send(control[1], failure, sizeof *failure, MSG_NOSIGNAL) < 0) _exit(2);
        _exit(1);
    }
    close(output[0]);
    close(control[1]);
    // By the number itself it could be another process by then. Where there is none, it cannot be woken, and that is all.
    job->filter_process = (int)syscall(SYS_pidfd_open, filter, 0);
    ssize_t got;
    do got = recv(control[0], failure, sizeof *failure, MSG_WAITALL);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof *failure) *failure = (struct failure){"filter", EPIPE};
    job->output = output[1];
    job->filter = control[0];
    return failure->error == 0 ? 0 : -1;
}

int await_filter(const struct job *job)
{
    struct pollfd answer = {.fd = job->filter, .events = POLLIN};
    char byte;
    int ready;
    // One that somebody stopped goes on now: the job's last words are in its hands.
    if (job->filter_process >= 0 && syscall(SYS_pidfd_send_signal, job->filter_process, SIGCONT, NULL, 0) != 0) {
        // It is gone: it has answered, or there will be no answer.
    }
    // One that saw the end of the output itself has answered already, and left.
    if (send(job->filter, "d", 1, MSG_NOSIGNAL) != 1 && errno != EPIPE) return -1;
    do ready = poll(&answer, 1, DRAIN_MAX);
    while (ready < 0 && errno == EINTR);
    return ready == 1 && read(job->filter, &byte, 1) == 1 ? 0 : -1;
}
