/// The last steps of the child before it is the command.

#define _GNU_SOURCE
#include "job.h"
#include "mask.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

static _Noreturn void fail(int errors, const char *stage)
{
    struct failure failure = {.error = errno};
    strncpy(failure.stage, stage, sizeof failure.stage - 1);
    if (write(errors, &failure, sizeof failure) < 0) _exit(126);
    _exit(127);
}

/// execve along PATH. Not execvp(3): that one hands a file without a #! line to a shell, and nothing here
/// ever goes through a shell.
static void execute(char **argv)
{
    const char *path = getenv("PATH");
    if (strchr(argv[0], '/') != NULL || path == NULL) {
        execve(argv[0], argv, environ);
        return;
    }
    int denied = 0;
    for (const char *part = path; part != NULL;) {
        const char *end = strchrnul(part, ':');
        char file[4096];
        int length = snprintf(file, sizeof file, "%.*s/%s", (int)(end - part), part, argv[0]);
        // An empty entry would mean the working directory; a job is never found there by accident.
        if (end != part && length > 0 && (size_t)length < sizeof file) {
            execve(file, argv, environ);
            if (errno == EACCES) denied = 1;
            else if (errno != ENOENT && errno != ENOTDIR) return;
        }
        part = *end == ':' ? end + 1 : NULL;
    }
    errno = denied ? EACCES : ENOENT;
}

/// Puts the secrets that go by the environment there. They were in none before: not in ours, not in a command line.
static int take_environment(void)
{
    size_t size = 0, position = 0, length;
    char kind;
    unsigned char *records = read_private(&size);
    if (records == NULL) return -1;
    const unsigned char *bytes;
    while ((bytes = next_record(records, size, &position, &kind, &length)) != NULL) {
        // Never freed: the environment points there until exec copies it.
        if (kind == 'e' && length > 0 && bytes[length - 1] == '\0' && putenv((char *)bytes) != 0) return -1;
    }
    return 0;
}

void become_command(const struct job *job, int log, int go, int errors)
{
    char byte;
    ssize_t got;
    do got = read(go, &byte, 1);
    while (got < 0 && errno == EINTR);
    if (got != 1) _exit(127);

    // A group of its own, so that a terminal-style signal to one job's group reaches no other.
    if (setpgid(0, 0) != 0) fail(errors, "group");
    // Ignored signals survive exec(2); the command starts as from a shell. By the system call, because signal(3)
    // refuses the two that glibc keeps for itself (32 and 33), and posix_spawn(3) leaves just those ignored.
    // A kernel's struct sigaction of zeros is SIG_DFL without flags.
    static const unsigned long defaults[8];
    for (int number = 1; number < _NSIG; number++) syscall(SYS_rt_sigaction, number, defaults, NULL, _NSIG / 8);
    umask(027);
    struct rlimit no_core = {0, 0};
    if (setrlimit(RLIMIT_CORE, &no_core) != 0) fail(errors, "limits");
    if (chdir(job->directory) != 0) fail(errors, "directory");
    if (job->has_secrets && (dup2(INPUT_FD, STDIN_FILENO) < 0 || take_environment() != 0)) fail(errors, "secrets");
    if (dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0) fail(errors, "descriptors");
    if (close_from(STDERR_FILENO + 1, CLOSE_ON_EXEC) != 0) fail(errors, "descriptors");
    execute(job->argv);
    fail(errors, "exec");
}
