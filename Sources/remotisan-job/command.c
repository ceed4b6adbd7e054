/// The steps of the child between fork(2) and execve(2) of the command.

#define _GNU_SOURCE
#include "execute.h"
#include "job.h"
#include "mask.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

#define OOM_SCORE 500
#define OOM_SCORE_TEXT "500"

static _Noreturn void fail(int errors_fd, enum start_stage stage)
{
    struct failure failure = {.stage = stage, .error = errno};
    if (write(errors_fd, &failure, sizeof failure) < 0) _exit(126);
    _exit(127);
}

/// Adds the secrets that the command takes from its environment. Until now they were in no environment and in no
/// command line, where other processes could read them.
static int add_secret_variables(void)
{
    size_t size = 0, position = 0, length;
    char kind;
    unsigned char *records = read_private(&size);
    if (records == NULL) return -1;
    const unsigned char *bytes;
    while ((bytes = next_record(records, size, &position, &kind, &length)) != NULL) {
        // Never freed, because the environment points to these bytes until exec copies them.
        if (kind == 'e' && length > 0 && bytes[length - 1] == '\0' && putenv((char *)bytes) != 0) return -1;
    }
    return 0;
}

/// Raises the score by which the kernel chooses a process when memory runs out: a command is ended before the programs
/// that supervise it, proc(5), /proc/PID/oom_score_adj. A score that is higher already stays. Every process may raise
/// its own score; if that fails, the command runs with the score of this program.
///
/// The file belongs to root as long as the memory of this process is closed. A job with secrets does not open it, not
/// even for a moment, and has the score of this program.
static void prefer_for_oom(const struct job *job)
{
    if (job->has_secrets || prctl(PR_SET_DUMPABLE, 1) != 0) return;
    int score_fd = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC), score = 0;
    char text[16];
    if (prctl(PR_SET_DUMPABLE, 0) != 0) errno = 0;
    if (score_fd < 0) return;
    const ssize_t got = read(score_fd, text, sizeof text - 1);
    text[got > 0 ? got : 0] = '\0';
    if (sscanf(text, "%d", &score) == 1 && score < OOM_SCORE && pwrite(score_fd, OOM_SCORE_TEXT, 3, 0) < 0) errno = 0;
    close(score_fd);
}

void become_command(const struct job *job, int output_fd, int go_fd, int errors_fd)
{
    char byte;
    ssize_t got;
    do got = read(go_fd, &byte, 1);
    while (got < 0 && errno == EINTR);
    if (got != 1) _exit(127);

    // A process group of its own, so that a signal to the group of one job reaches no other job.
    if (setpgid(0, 0) != 0) fail(errors_fd, START_STAGE_GROUP);
    // Ignored signals survive exec(2). The command starts with the defaults, as from a shell.
    reset_signals();
    umask(job->umask);
    prefer_for_oom(job);
    struct rlimit no_core = {0, 0};
    if (setrlimit(RLIMIT_CORE, &no_core) != 0) fail(errors_fd, START_STAGE_LIMITS);
    errno = 0;
    if (job->nice != 0 && nice(job->nice) == -1 && errno != 0) fail(errors_fd, START_STAGE_LIMITS);
    for (int i = 0; i < job->limits_count; i++) {
        // Both limits, so that the command cannot raise them. A hard limit that is lower already stays.
        struct rlimit limit;
        if (getrlimit(job->limits[i].resource, &limit) != 0) fail(errors_fd, START_STAGE_LIMITS);
        if (job->limits[i].value < limit.rlim_max) limit.rlim_max = job->limits[i].value;
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(job->limits[i].resource, &limit) != 0) fail(errors_fd, START_STAGE_LIMITS);
    }
    if (job->user == NULL && chdir(job->directory) != 0) fail(errors_fd, START_STAGE_DIRECTORY);
    if (job->has_secrets && (dup2(INPUT_FD, STDIN_FILENO) < 0 || add_secret_variables() != 0))
        fail(errors_fd, START_STAGE_SECRETS);
    if (dup2(output_fd, STDOUT_FILENO) < 0 || dup2(output_fd, STDERR_FILENO) < 0)
        fail(errors_fd, START_STAGE_DESCRIPTORS);
    if (close_from(STDERR_FILENO + 1, CLOSE_ON_EXEC) != 0) fail(errors_fd, START_STAGE_DESCRIPTORS);
    if (job->protected_count > 0 && isolate(job) != 0) fail(errors_fd, START_STAGE_ISOLATION);
    if (job->user != NULL) {
        execute_as_user(job, errors_fd);
        fail(errors_fd, START_STAGE_USER);
    }
    execute(getenv("PATH"), job->argv, environ);
    fail(errors_fd, START_STAGE_EXEC);
}
