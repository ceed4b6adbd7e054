/// remotisan-as: starts the command of a job as another user, and signals the processes of such jobs.
///
/// It is installed set-user-ID root, executable by root and the service's group only (root:www-data, mode 4750). Its
/// caller may be hostile: environment, descriptors, limits, working directory and arguments are the caller's choice.
/// So it uses none of them before it has become the user. RUN_AS_FILE, which root owns, says who may call it, as whom
/// programs may run, and which variables they may get:
///
///     service www-data
///     user deploy
///     variable APP_ENV
///
/// Other users are refused, and root in any case.

#define _GNU_SOURCE
#include "../remotisan-job/execute.h"
#include "../remotisan-job/process_stat.h"
#include "start_stage.h"
#include "version.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef RUN_AS_FILE
#define RUN_AS_FILE "/etc/remotisan/run-as.conf"
#endif

enum { ERRORS_FD = 3, VARIABLES_MAX = 64, TARGETS_MAX = 256, ANCESTORS_MAX = 1024 };

static const char usage[] =
    "usage: remotisan-as USER DIRECTORY PROGRAM [ARG]... (descriptor 3 takes the reason of a failure)\n"
    "       remotisan-as --signal USER UUID SUPERVISOR NUMBER PID:START... | --list USER UUID | --version\n";

/// Names of variables that a command may get; fnmatch(3). RUN_AS_FILE adds others.
static char variables[VARIABLES_MAX][128] = {"PATH", "HOME", "USER", "LOGNAME",          "LANG",
                                             "LC_*", "TZ",   "TERM", "PYTHONUNBUFFERED", "REMOTISAN_JOB_UUID"};
static int variables_count = 10;
static const char *user_name = "?";
/// A variable of every command. It shows which service has started a process, because only this program sets it.
static char mark[48];

static _Noreturn void fail(enum start_stage stage, int error, const char *reason)
{
    const struct failure failure = {.stage = stage, .error = error};
    // The caller has opened these descriptors, so nothing is written to them with the rights of root.
    if (geteuid() == 0 && setresuid(getuid(), getuid(), getuid()) != 0) _exit(126);
    fprintf(stderr, "remotisan-as: %s: %s\n", user_name, reason);
    if (write(ERRORS_FD, &failure, sizeof failure) < 0) _exit(126);
    _exit(127);
}

/// Reads RUN_AS_FILE, which nobody but root may change. It must allow the caller and the user.
static void read_rules(void)
{
    char line[256], directory[] = RUN_AS_FILE, word[16], name[128], extra;
    struct stat status, of_directory;
    *strrchr(directory, '/') = '\0';
    const int file_fd = open(RUN_AS_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file_fd < 0) fail(START_STAGE_USER, errno, RUN_AS_FILE " cannot be opened.");
    if (fstat(file_fd, &status) != 0 || !S_ISREG(status.st_mode) || stat(directory, &of_directory) != 0
        || status.st_uid != 0 || of_directory.st_uid != 0 || ((status.st_mode | of_directory.st_mode) & 022) != 0)
        fail(START_STAGE_USER, EPERM, RUN_AS_FILE " and its directory must belong to root, and to nobody else.");
    FILE *file = fdopen(file_fd, "r");
    int is_caller_allowed = 0, is_user_allowed = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strlen(line) == sizeof line - 1) fail(START_STAGE_USER, EINVAL, RUN_AS_FILE " has too long a line.");
        const int words = sscanf(line, "%15s %127s %c", word, name, &extra);
        if (words <= 0 || word[0] == '#') continue;
        const struct passwd *service = words == 2 && strcmp(word, "service") == 0 ? getpwnam(name) : NULL;
        if (words == 2 && strcmp(word, "variable") == 0 && variables_count < VARIABLES_MAX)
            strcpy(variables[variables_count++], name);
        else if (words != 2 || (strcmp(word, "service") != 0 && strcmp(word, "user") != 0))
            fail(START_STAGE_USER, EINVAL, RUN_AS_FILE " has a line that is not understood.");
        is_caller_allowed |= service != NULL && service->pw_uid == getuid();
        is_user_allowed |= strcmp(word, "user") == 0 && strcmp(name, user_name) == 0;
    }
    if (file == NULL || ferror(file) || fclose(file) != 0) fail(START_STAGE_USER, EIO, RUN_AS_FILE " cannot be read.");
    if (!is_caller_allowed) fail(START_STAGE_USER, EPERM, RUN_AS_FILE " does not name the caller as a service.");
    if (!is_user_allowed) fail(START_STAGE_USER, EPERM, RUN_AS_FILE " does not name this user.");
}

/// Becomes the user for good, and can gain no right any more.
static void become_user(void)
{
    const struct passwd *user = getpwnam(user_name);
    if (user == NULL) fail(START_STAGE_USER, ENOENT, "there is no such user.");
    const uid_t uid = user->pw_uid;
    const gid_t gid = user->pw_gid;
    if (uid == 0 || gid == 0) fail(START_STAGE_USER, EPERM, "root is never allowed.");
    if (initgroups(user_name, gid) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
        fail(START_STAGE_USER, errno, "the user cannot be changed.");
    uid_t uids[3];
    gid_t gids[3];
    if (getresuid(&uids[0], &uids[1], &uids[2]) != 0 || getresgid(&gids[0], &gids[1], &gids[2]) != 0 || uids[0] != uid
        || uids[1] != uid || uids[2] != uid || gids[0] != gid || gids[1] != gid || gids[2] != gid || setuid(0) == 0
        || setgid(0) == 0 || setgroups(0, NULL) == 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        fail(START_STAGE_USER, EPERM, "the user was not changed completely.");
}

static int is_variable_allowed(const char *name)
{
    for (int i = 0; i < variables_count; i++)
        if (fnmatch(variables[i], name, 0) == 0) return 1;
    return 0;
}

static _Noreturn void start(const char *directory, char **argv, char **given)
{
    size_t count = 0, kept = 0;
    const char *path = NULL;
    while (given[count] != NULL) count++;
    char **environment = calloc(count + 2, sizeof *environment);
    if (environment == NULL) fail(START_STAGE_ENVIRONMENT, ENOMEM, "there is no memory.");
    for (size_t i = 0; i < count; i++) {
        const size_t length = strcspn(given[i], "=");
        char name[128];
        snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), given[i]);
        if (given[i][length] != '=' || length >= sizeof name || !is_variable_allowed(name)) {
            user_name = name;
            fail(START_STAGE_ENVIRONMENT, EPERM, RUN_AS_FILE " does not allow this variable.");
        }
        if (strcmp(name, "PATH") == 0) path = given[i] + length + 1;
        environment[kept++] = given[i];
    }
    environment[kept] = mark;
    if (fcntl(ERRORS_FD, F_SETFD, FD_CLOEXEC) != 0 || syscall(SYS_close_range, ERRORS_FD + 1, ~0U, 0) != 0)
        fail(START_STAGE_DESCRIPTORS, errno, "the descriptors cannot be closed.");
    become_user();
    if (chdir(directory) != 0) fail(START_STAGE_DIRECTORY, errno, "the directory cannot be entered.");
    execute(path, argv, environment);
    fail(START_STAGE_EXEC, errno, "the program cannot be started.");
}

/// Whether the kernel lets the caller signal a process. The saved user is root meanwhile.
static int is_of_caller(pid_t pid)
{
    const int is_allowed = seteuid(getuid()) == 0 && kill(pid, 0) == 0;
    if (seteuid(0) != 0) fail(START_STAGE_USER, errno, "the user cannot be changed.");
    return is_allowed;
}

/// Whether the environment with which a process began has the mark, and the UUID of the job. All that a job starts
/// inherits both.
static int is_marked(pid_t pid, const char *uuid)
{
    char path[40], *variable = NULL, wanted[64];
    size_t size = 0;
    int found = 0;
    snprintf(path, sizeof path, "/proc/%d/environ", (int)pid);
    snprintf(wanted, sizeof wanted, "REMOTISAN_JOB_UUID=%s", uuid);
    FILE *file = fopen(path, "re");
    while (file != NULL && getdelim(&variable, &size, '\0', file) > 0)
        found |= (strcmp(variable, mark) == 0) | (strcmp(variable, wanted) == 0) << 1;
    if (file != NULL) fclose(file);
    free(variable);
    return found == 3;
}

/// Whether a process descends from the caller's supervisor, or from a process of the job if the supervisor is dead. The
/// supervisor is a subreaper, so no process leaves its tree as long as it lives.
static int descends(pid_t pid, const char *uuid, pid_t supervisor)
{
    pid_t parent, same;
    unsigned long long start_time, same_time;
    for (int i = 0; i < ANCESTORS_MAX && pid > 1; i++) {
        if (is_marked(pid, uuid)) return 1;
        if (read_process(pid, &parent, &start_time) != 0 || parent <= 1) return 0;
        // A process that has the same parent before and after the parent was read, had this parent meanwhile. So the
        // parent's pid was not reused.
        const int is_owned = parent == supervisor && is_of_caller(parent);
        if (read_process(pid, &same, &same_time) != 0 || same != parent || same_time != start_time) continue;
        if (parent == supervisor) return is_owned;
        pid = parent;
    }
    return 0;
}

/// Signals processes of the user. Prints "PID ERRNO" for each that was refused, and returns 1 if one was.
static int signal_processes(int count, char **argv)
{
    const int supervisor = atoi(argv[1]), number = atoi(argv[2]);
    pid_t targets[TARGETS_MAX] = {0};
    int target_fd[TARGETS_MAX], refused = 0;
    if (number < 0 || number > 31 || count - 3 > TARGETS_MAX) fail(START_STAGE_USER, EINVAL, "bad arguments.");
    for (int i = 3; i < count; i++) {
        unsigned long long wanted, start_time;
        pid_t pid, parent;
        if (sscanf(argv[i], "%d:%llu", &pid, &wanted) != 2 || pid <= 1) continue;
        const int pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);
        if (pid_fd < 0 && errno == ESRCH) continue;
        // The pidfd came first, so it stands for the process that has the wanted start time now.
        if (pid_fd >= 0 && (read_process(pid, &parent, &start_time) != 0 || start_time != wanted)) continue;
        targets[i - 3] = pid;
        target_fd[i - 3] = pid_fd >= 0 && descends(pid, argv[0], supervisor) ? pid_fd : -1;
    }
    become_user();  // so that the kernel lets this program signal processes of this user only
    for (int i = 0; i < count - 3; i++) {
        if (targets[i] == 0) continue;
        errno = EPERM;
        if (target_fd[i] >= 0 && syscall(SYS_pidfd_send_signal, target_fd[i], number, NULL, 0) == 0) continue;
        if (errno != ESRCH) refused |= printf("%d %d\n", (int)targets[i], errno) != 0;
    }
    return fflush(stdout) == 0 ? refused : 1;
}

/// Prints "PID START" for each process of the user that belongs to the job.
static int list_processes(const char *uuid)
{
    unsigned long long start_time;
    pid_t parent;
    become_user();
    DIR *directory = opendir("/proc");
    for (const struct dirent *item; directory != NULL && (item = readdir(directory)) != NULL;) {
        const pid_t pid = (pid_t)atol(item->d_name);
        if (pid > 1 && is_marked(pid, uuid) && read_process(pid, &parent, &start_time) == 0)
            printf("%d %llu\n", (int)pid, start_time);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    char **given = environ;
    environ = (char *[]){NULL};
    for (int standard_fd = 0; standard_fd < ERRORS_FD; standard_fd++)
        if (fcntl(standard_fd, F_GETFD) < 0) _exit(126);  // a file that is opened here would take its number
    if (argc == 2 && strcmp(argv[1], "--version") == 0) return puts("remotisan-as " REMOTISAN_VERSION) < 0;
    const int has_verb = argc > 1 && argv[1][0] == '-';
    if (argc < (has_verb ? 3 : 4)) fail(START_STAGE_USER, EINVAL, usage);
    user_name = argv[1 + has_verb];
    if (chdir("/") != 0 || geteuid() != 0) fail(START_STAGE_USER, EPERM, "remotisan-as is not set-user-ID root.");
    snprintf(mark, sizeof mark, "REMOTISAN_STARTED_BY=%u", (unsigned)getuid());
    read_rules();
    if (!has_verb) start(argv[2], argv + 3, given);
    if (strcmp(argv[1], "--signal") == 0 && argc > 6) return signal_processes(argc - 3, argv + 3);
    if (strcmp(argv[1], "--list") == 0 && argc == 4) return list_processes(argv[3]);
    fail(START_STAGE_USER, EINVAL, usage);
}
