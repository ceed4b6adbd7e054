/// Processes that the command left running. They become children of the supervisor, because it is their subreaper.

#define _GNU_SOURCE
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/// Calls `visit` for every direct child and returns their number; proc(5), /proc/PID/task/TID/children.
///
/// A child keeps its pid until this process has reaped it, so a signal by pid cannot reach an unrelated process.
static long each_child(void (*visit)(pid_t, int), int argument)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *list = fopen(path, "re");
    long count = 0;
    if (list == NULL) return -1;
    int pid;
    while (fscanf(list, "%d", &pid) == 1) {
        if (pid > 1 && visit != NULL) visit(pid, argument);
        count++;
    }
    fclose(list);
    return count;
}

long count_children(void)
{
    return each_child(NULL, 0);
}

/// Direct children that have got TERM, and what is left to do.
struct cleanup {
    pid_t termed[1024];  ///< a child beyond this number gets TERM again and again
    size_t termed_count;
    int is_over;                  ///< whether the grace is over
    int is_reachable;             ///< whether a child may be signalled
    int reaches_user;             ///< whether remotisan-as could signal the children of the job's user
    pid_t others[SIGNALLED_MAX];  ///< children that are due for a signal, and that only remotisan-as may signal
    size_t others_count;
    struct remaining *remaining;
};

static struct cleanup cleanup;

/// Sends TERM once to each child that is new, and KILL to all when the grace is over.
static void end_child(pid_t pid, int unused)
{
    (void)unused;
    int number = cleanup.is_over ? SIGKILL : SIGTERM;
    if (number == SIGTERM) {
        for (size_t i = 0; i < cleanup.termed_count; i++) {
            if (cleanup.termed[i] == pid) number = 0;  // 0 only checks the permission
        }
        if (number != 0 && cleanup.termed_count < sizeof cleanup.termed / sizeof *cleanup.termed)
            cleanup.termed[cleanup.termed_count++] = pid;
    }
    if (kill(pid, number) == 0)
        cleanup.is_reachable = 1;
    else if (errno == EPERM && number == 0)
        cleanup.is_reachable |= cleanup.reaches_user;
    else if (errno == EPERM && cleanup.others_count < SIGNALLED_MAX)
        cleanup.others[cleanup.others_count++] = pid;
    if (number != 0) kill(pid, SIGCONT);  // a stopped process handles the signal only when it continues
}

/// Signals the children that only remotisan-as may signal.
static void end_children_of_user(const struct job *job)
{
    const size_t count = cleanup.others_count;
    cleanup.others_count = 0;
    if (count == 0 || job->user == NULL) return;
    cleanup.reaches_user = signal_as_user(job, cleanup.is_over ? SIGKILL : SIGTERM, cleanup.others, count) == 0;
    if (!cleanup.reaches_user) return;
    cleanup.is_reachable = 1;
    signal_as_user(job, SIGCONT, cleanup.others, count);
}

/// The name of a process, without characters that are special in a record, and without being NUL-terminated early.
static void read_name(pid_t pid, char *name, size_t size)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL || fgets(name, (int)size, file) == NULL) snprintf(name, size, "?");
    if (file != NULL) fclose(file);
    name[strcspn(name, "\n")] = '\0';
    for (char *byte = name; *byte != '\0'; byte++) {
        if ((unsigned char)*byte < ' ' || *byte == 0x7f) *byte = '?';
    }
}

static void name_child(pid_t pid, int unused)
{
    (void)unused;
    struct remaining *remaining = cleanup.remaining;
    char name[64];
    const int is_refused = kill(pid, 0) != 0 && errno == EPERM && !cleanup.reaches_user;
    const char *reason = is_refused ? "Operation not permitted" : "still alive after KILL";
    read_name(pid, name, sizeof name);
    remaining->count++;
    size_t room = sizeof remaining->lines - remaining->length;
    int length = snprintf(remaining->lines + remaining->length, room, "remaining %d %s (%s)\n", (int)pid, name, reason);
    if (length > 0 && (size_t)length < room)
        remaining->length += (size_t)length;
    else
        remaining->lines[remaining->length] = '\0';  // a line is complete or missing
}

void end_left_behind(const struct job *job, struct remaining *remaining)
{
    struct timespec now, pause = {0, 20 * 1000 * 1000};
    clock_gettime(CLOCK_MONOTONIC, &now);
    time_t deadline = now.tv_sec + job->left_behind_grace_s;
    memset(&cleanup, 0, sizeof cleanup);
    memset(remaining, 0, sizeof *remaining);
    cleanup.remaining = remaining;
    // When a child ends, its own children become ours. So this loop continues until waitpid reports that none is left.
    for (;;) {
        pid_t gone = waitpid(-1, NULL, WNOHANG);
        if (gone > 0) continue;
        if (gone < 0 && errno == ECHILD) return;
        clock_gettime(CLOCK_MONOTONIC, &now);
        cleanup.is_over = now.tv_sec >= deadline;
        cleanup.is_reachable = 0;
        if (each_child(end_child, 0) < 0) return;
        end_children_of_user(job);
        // Children of other users do not end by waiting. Through the control group KILL reaches them, too.
        if (cleanup.is_over || !cleanup.is_reachable) {
            if (kill_control_group(job) == 0) {
                if (!cleanup.is_over) deadline = now.tv_sec;
            } else if (!cleanup.is_reachable) {
                break;
            }
        }
        // KILL needs a moment to take effect.
        if (now.tv_sec > deadline + 1) break;
        nanosleep(&pause, NULL);
    }
    each_child(name_child, 0);
}
