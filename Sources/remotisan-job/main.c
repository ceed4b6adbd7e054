/// remotisan-job: starts one command detached from everything and records its end.
///
/// The responder spawns this program; it forks, the first process leaves as soon as the command really runs
/// (or could not be started), the second is the supervisor: a session of its own, no terminal, no relation to
/// the web server. Descriptor 1 takes the one line of report, descriptor 3 is the job's locked file: flock(2)
/// belongs to the open file, so the lock is held without a gap from before the audit row exists until the
/// supervisor is gone, however it goes.

#define _GNU_SOURCE
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char usage[] =
    "usage: remotisan-job -u UUID -C DIRECTORY -l LOG -p PID_RECORD -x EXIT_RECORD -k KILL_RECORD\n"
    "                     -w RUN_LOCK -b BROKER -c CONFIG [-g SECONDS] [-s] -- PROGRAM [ARG]...\n"
    "Started by remotisan-fcgi, with the job's lock on descriptor 3 and the report going to descriptor 1; with -s,\n"
    "its secrets on descriptor 4 and its input on 5.\n"
    "REMOTISAN_BROKER_NAME in its environment becomes NAME in the broker's; the command gets the other variables.\n";

static int complain(const char *problem)
{
    fprintf(stderr, "remotisan-job: %s\n%s", problem, usage);
    return 2;
}

/// Fills `job` from the command line. 0, or an exit status.
static int parse(struct job *job, int argc, char **argv)
{
    int option;
    while ((option = getopt(argc, argv, "+u:C:l:p:x:k:w:b:c:g:s")) != -1) {
        switch (option) {
        case 'u': job->uuid = optarg; break;
        case 'C': job->directory = optarg; break;
        case 'l': job->log = optarg; break;
        case 'p': job->pid_record = optarg; break;
        case 'x': job->exit_record = optarg; break;
        case 'k': job->kill_record = optarg; break;
        case 'w': job->run_lock = optarg; break;
        case 'b': job->broker = optarg; break;
        case 'c': job->config = optarg; break;
        case 'g': {
            char *end;
            errno = 0;
            job->end_left_behind = strtol(optarg, &end, 10);
            if (errno != 0 || *end != '\0' || end == optarg || job->end_left_behind < 0)
                return complain("-g takes a number of seconds");
            break;
        }
        case 's': job->has_secrets = 1; break;
        default: return complain("unknown option");
        }
    }
    if (!job->uuid || !job->directory || !job->log || !job->pid_record || !job->exit_record
        || !job->kill_record || !job->run_lock || !job->broker || !job->config)
        return complain("an option is missing");
    if (optind >= argc) return complain("no program given");
    job->argv = argv + optind;
    return 0;
}

/// Moves the broker's variables out of the command's environment. Not by arguments: those everybody may read.
static int split_environment(struct job *job)
{
    static const char prefix[] = "REMOTISAN_BROKER_";
    int moved = 0;
    char **kept = environ;
    for (char **variable = environ; *variable; variable++) {
        if (strncmp(*variable, prefix, sizeof prefix - 1) != 0) {
            *kept++ = *variable;
            continue;
        }
        if (moved == BROKER_ENVIRONMENT_MAX) return complain("too many variables for the broker");
        job->broker_environment[moved++] = *variable + sizeof prefix - 1;
    }
    *kept = NULL;
    return 0;
}

int main(int argc, char **argv)
{
    struct job job = {.end_left_behind = -1, .output = -1, .filter = -1, .filter_process = -1};
    int wrong = parse(&job, argc, argv);
    if (wrong == 0) wrong = split_environment(&job);
    if (wrong != 0) return wrong;

    // Whoever spawned us may have left anything open; nothing above these is for us.
    const int last = job.has_secrets ? INPUT_FD : LOCK_FD;
    for (int fd = LOCK_FD; fd <= last; fd++) {
        if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) return complain("a descriptor from 3 on is missing");
    }
    if (close_from((unsigned)last + 1, 0) != 0) return complain("close_range(2) failed; it needs Linux 5.11");
    umask(027);

    struct failure failure;
    if (job.has_secrets && start_filter(&job, &failure) != 0) {
        dprintf(STDOUT_FILENO, "failed %s %d\n", failure.stage, failure.error);
        return 1;
    }

    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) {
        perror("remotisan-job: pipe2");
        return 1;
    }
    pid_t supervisor = fork();
    if (supervisor < 0) {
        dprintf(STDOUT_FILENO, "failed fork %d\n", errno);
        return 1;
    }
    if (supervisor == 0) {
        close(report[0]);
        // The supervisor must hold nothing the responder or the web server waits on.
        if (silence(0) != 0 || silence(1) != 0 || silence(2) != 0) {
            dprintf(report[1], "failed descriptors %d\n", errno);
            return 1;
        }
        return supervise(&job, report[1]);
    }

    // The lock is the supervisor's alone from here on, and so is the way to the filter.
    close(LOCK_FD);
    if (job.has_secrets) {
        close(job.output);
        close(job.filter);
        if (job.filter_process >= 0) close(job.filter_process);
    }
    close(report[1]);
    char line[64];
    size_t length = 0;
    while (length < sizeof line) {
        ssize_t got = read(report[0], line + length, sizeof line - length);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        length += (size_t)got;
    }
    // One write of less than PIPE_BUF bytes is atomic; nobody reading is nobody to tell.
    if (length > 0 && write(STDOUT_FILENO, line, length) != (ssize_t)length) return 1;
    return length > 7 && memcmp(line, "started", 7) == 0 ? 0 : 1;
}
