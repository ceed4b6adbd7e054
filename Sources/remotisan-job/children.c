/// Processes that the command left running. They become children of the supervisor, because it is their subreaper.

#define _GNU_SOURCE
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

static void send_and_continue(pid_t pid, int number)
{
    kill(pid, number);
    kill(pid, SIGCONT);  // a stopped process handles the signal only when it continues
}

void end_left_behind(long grace_s)
{
    struct timespec now, pause = {0, 20 * 1000 * 1000};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const time_t deadline = now.tv_sec + grace_s;
    each_child(send_and_continue, SIGTERM);
    // When a child ends, its own children become ours. So this loop continues until waitpid reports that none is left.
    for (;;) {
        pid_t gone = waitpid(-1, NULL, WNOHANG);
        if (gone > 0) continue;
        if (gone < 0 && errno == ECHILD) return;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec >= deadline) each_child(send_and_continue, SIGKILL);
        nanosleep(&pause, NULL);
    }
}
