/// A job of another user: the supervisor stays what it is, and remotisan-as does what needs the other user's rights.

#define _GNU_SOURCE
#include "job.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void execute_as_user(const struct job *job, int errors_fd)
{
    enum { BEFORE_PROGRAM = 3, AS_ERRORS_FD = 3 };
    size_t count = 0;
    while (job->argv[count] != NULL) count++;
    char **argv = calloc(BEFORE_PROGRAM + count + 1, sizeof *argv);
    if (argv == NULL) return;
    argv[0] = (char *)job->as_program;
    argv[1] = (char *)job->user;
    argv[2] = (char *)job->directory;
    memcpy(argv + BEFORE_PROGRAM, job->argv, count * sizeof *argv);
    // Without close-on-exec. This replaces the descriptor of the lock, which the supervisor holds.
    if (dup2(errors_fd, AS_ERRORS_FD) < 0) return;
    execve(job->as_program, argv, environ);
}

int signal_as_user(const struct job *job, int number, const pid_t *pids, size_t count)
{
    enum { BEFORE_TARGETS = 6, TEXT_MAX = 40 };
    static char targets[SIGNALLED_MAX][TEXT_MAX];
    static char *argv[BEFORE_TARGETS + SIGNALLED_MAX + 1];
    char supervisor[TEXT_MAX], signal_number[TEXT_MAX];
    char *none[] = {NULL};
    snprintf(supervisor, sizeof supervisor, "%d", (int)getpid());
    snprintf(signal_number, sizeof signal_number, "%d", number);
    char *const first[BEFORE_TARGETS] = {(char *)job->as_program, "--signal", (char *)job->user,
                                         (char *)job->uuid,       supervisor, signal_number};
    memcpy(argv, first, sizeof first);
    for (size_t i = 0; i < count && i < SIGNALLED_MAX; i++) {
        snprintf(targets[i], TEXT_MAX, "%d:%llu", (int)pids[i], start_time(pids[i]));
        argv[BEFORE_TARGETS + i] = targets[i];
        argv[BEFORE_TARGETS + i + 1] = NULL;
    }
    const pid_t helper = fork();
    if (helper < 0) return -1;
    if (helper == 0) {
        reset_signals();
        execve(job->as_program, argv, none);
        _exit(127);
    }
    int status;
    while (waitpid(helper, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}
