/// remotisan-job, the supervisor: starts one command, detached from the web server, and records how it ends.
///
/// The responder spawns this program, which forks and exits. The second process is the supervisor: it has its own
/// session, no terminal, and no relation to the web server.
///
/// The supervisor writes one line, the report, to descriptor 1, as soon as the command runs or could not be started.
/// Then nobody holds that descriptor any more. Descriptor 3 is the job's locked file. flock(2)
/// belongs to the open file and not to a process. So the lock is held without a gap from before the execution is stored
/// until the supervisor is gone, however it ends.

#define _GNU_SOURCE
#include "job.h"
#include "output.h"
#include "version.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char usage[] =
    "usage: remotisan-job -u UUID -C DIRECTORY -l LOG -t TIMES (-o FIFO [-h HELD] | -T COLUMNSxROWS) -p PID_RECORD\n"
    "                     -x EXIT_RECORD -k KILL_RECORD -w RUN_LOCK -b BROKER -c CONFIG [-m MAX_BYTES]\n"
    "                     [-U UMASK] [-N NICE] [-L LIMIT=VALUE]... [-e EXIT_CODES]\n"
    "                     [-g SECONDS] [-G GROUP] [-r USER -a REMOTISAN_AS]\n"
    "                     [-X PROTECTED_PATH]... [-A KEPT_PATH]... [-s] -- PROGRAM [ARG]...\n"
    "       remotisan-job --collect -l LOG -t TIMES -o FIFO [-h HELD] [-m MAX_BYTES] [-s]\n"
    "       remotisan-job --version\n"
    "Started by remotisan-fcgi and remotisan-broker. Descriptor 3 is the job's lock; the report goes to descriptor 1.\n"
    "With -s, descriptor 4 holds the job's secrets and descriptor 5 its input.\n"
    "The variable REMOTISAN_BROKER_NAME becomes NAME in the broker's environment; the command gets all others.\n";

/// Prints an error and the usage. Returns the exit status.
static int complain(const char *problem)
{
    fprintf(stderr, "remotisan-job: %s\n%s", problem, usage);
    return 2;
}

/// Adds a limit such as `open_files=1024`. Returns 0, or -1 if it is malformed.
static int parse_limit(struct job *job, const char *text)
{
    static const struct {
        const char *name;
        int resource;
    } known[] = {{"open_files", RLIMIT_NOFILE},
                 {"memory", RLIMIT_AS},
                 {"processes", RLIMIT_NPROC},
                 {"cpu_seconds", RLIMIT_CPU},
                 {"file_size", RLIMIT_FSIZE}};
    const char *sign = strchr(text, '=');
    for (size_t i = 0; sign != NULL && i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].name) != (size_t)(sign - text) || strncmp(known[i].name, text, (size_t)(sign - text)) != 0)
            continue;
        char *end;
        errno = 0;
        const unsigned long long value = strtoull(sign + 1, &end, 10);
        if (errno != 0 || *end != '\0' || end == sign + 1 || job->limits_count == LIMITS_MAX) return -1;
        job->limits[job->limits_count++] = (struct limit){known[i].resource, value};
        return 0;
    }
    return -1;
}

/// Fills `job` from the command line. Returns 0, or an exit status.
static int parse(struct job *job, int argc, char **argv)
{
    int option;
    while ((option = getopt(argc, argv, "+u:C:l:t:o:h:T:m:U:N:L:e:p:x:k:w:W:b:c:g:G:r:a:X:A:s")) != -1) {
        switch (option) {
        case 'u': job->uuid = optarg; break;
        case 'C': job->directory = optarg; break;
        case 'l': job->log = optarg; break;
        case 't': job->times = optarg; break;
        case 'o': job->fifo = optarg; break;
        case 'h': job->held = optarg; break;
        case 'T':
            if (sscanf(optarg, "%hux%hu", &job->columns, &job->rows) != 2) return complain("-T takes 120x40.");
            job->has_terminal = 1;
            break;
        case 'U': job->umask = (unsigned)strtoul(optarg, NULL, 8) & 0777; break;
        case 'N': job->nice = atoi(optarg); break;
        case 'L':
            if (parse_limit(job, optarg) != 0) return complain("-L takes a limit and a number.");
            break;
        case 'e': job->success_codes = optarg; break;
        case 'm': {
            char *end;
            errno = 0;
            job->log_max = strtoll(optarg, &end, 10);
            if (errno != 0 || *end != '\0' || end == optarg || job->log_max < 0)
                return complain("-m takes a number of bytes.");
            break;
        }
        case 'p': job->pid_record = optarg; break;
        case 'x': job->exit_record = optarg; break;
        case 'k': job->kill_record = optarg; break;
        case 'w': job->run_lock = optarg; break;
        case 'W': job->settle_lock = optarg; break;
        case 'b': job->broker = optarg; break;
        case 'c': job->config = optarg; break;
        case 'g': {
            char *end;
            errno = 0;
            job->left_behind_grace_s = strtol(optarg, &end, 10);
            if (errno != 0 || *end != '\0' || end == optarg || job->left_behind_grace_s < 0)
                return complain("-g takes a number of seconds.");
            break;
        }
        case 'G': job->group = optarg; break;
        case 'r': job->user = optarg; break;
        case 'a': job->as_program = optarg; break;
        case 'X':
            if (job->protected_count == PROTECTED_MAX) return complain("there are too many -X.");
            job->protected_paths[job->protected_count++] = optarg;
            break;
        case 'A':
            if (job->kept_count == KEPT_MAX) return complain("there are too many -A.");
            job->kept_paths[job->kept_count++] = optarg;
            break;
        case 's': job->has_secrets = 1; break;
        default: return complain("an option is unknown.");
        }
    }
    if (job->is_collecting) return job->log && job->times && job->fifo ? 0 : complain("an option is missing.");
    if (!job->times || !job->fifo == !job->has_terminal) return complain("-t and one of -o and -T are needed.");
    if (!job->uuid || !job->directory || !job->log || !job->pid_record || !job->exit_record || !job->kill_record
        || !job->run_lock || !job->broker || !job->config)
        return complain("an option is missing.");
    if (!job->user != !job->as_program) return complain("-r and -a need each other.");
    if (optind >= argc) return complain("the program is missing.");
    job->argv = argv + optind;
    return 0;
}

/// Moves the broker's variables out of the command's environment. They are not arguments, because every user of the
/// machine can read the arguments of a process. Returns 0, or an exit status.
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
        if (moved == BROKER_ENVIRONMENT_MAX) return complain("there are too many REMOTISAN_BROKER_ variables.");
        job->broker_environment[moved++] = *variable + sizeof prefix - 1;
    }
    *kept = NULL;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("remotisan-job " REMOTISAN_VERSION);
        return 0;
    }
    // No other process may read the memory and the environment, not even another job of the same user.
    if (prctl(PR_SET_DUMPABLE, 0) != 0) return complain("prctl(2) failed.");
    struct job job = {.left_behind_grace_s = -1, .umask = 027, .success_codes = "0"};
    job.is_collecting = argc > 1 && strcmp(argv[1], "--collect") == 0;
    int wrong = parse(&job, argc - job.is_collecting, argv + job.is_collecting);
    if (wrong == 0) wrong = split_environment(&job);
    if (wrong != 0) return wrong;
    if (job.is_collecting) return close_from(LOCK_FD, 0) != 0 ? 1 : output_take_over(&job);

    // The parent may have left other descriptors open. None above these is for this program.
    const int last_fd = job.has_secrets ? INPUT_FD : LOCK_FD;
    for (int passed_fd = LOCK_FD; passed_fd <= last_fd; passed_fd++) {
        if (fcntl(passed_fd, F_SETFD, FD_CLOEXEC) != 0) return complain("a descriptor from 3 on is missing.");
    }
    if (close_from((unsigned)last_fd + 1, 0) != 0) return complain("close_range(2) failed. It needs Linux 5.11.");
    umask(027);

    struct failure failure;
    struct output output;
    if (output_open(&job, &output, &failure) != 0) {
        dprintf(STDOUT_FILENO, "failed %d %d\n", failure.stage, failure.error);
        return 1;
    }

    const pid_t supervisor = fork();
    if (supervisor < 0) dprintf(STDOUT_FILENO, "failed %d %d\n", START_STAGE_FORK, errno);
    if (supervisor != 0) return supervisor < 0;

    // The responder or the web server may wait until the descriptors are closed, so the supervisor must not hold them.
    const int report_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, last_fd + 1);
    if (report_fd < 0 || silence(STDIN_FILENO, STDERR_FILENO) != 0) {
        dprintf(report_fd < 0 ? STDOUT_FILENO : report_fd, "failed %d %d\n", START_STAGE_DESCRIPTORS, errno);
        return 1;
    }
    return supervise(&job, &output, report_fd);
}
