/// What the command left running: our children by adoption, since we are their subreaper.

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

/// Calls `visit` for every direct child; proc(5), /proc/PID/task/TID/children. Their number.
///
/// A child that we have not reaped keeps its pid, so a signal by pid can hit no stranger.
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
    kill(pid, SIGCONT);  // a stopped process sees its signal only when it goes on
}

void end_left_behind(long grace)
{
    struct timespec now, pause = {0, 20 * 1000 * 1000};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const time_t deadline = now.tv_sec + grace;
    each_child(send_and_continue, SIGTERM);
    // Children of the ended become ours in turn, so this goes on until wait says that there are none.
    for (;;) {
        pid_t gone = waitpid(-1, NULL, WNOHANG);
        if (gone > 0) continue;
        if (gone < 0 && errno == ECHILD) return;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec >= deadline) each_child(send_and_continue, SIGKILL);
        nanosleep(&pause, NULL);
    }
}
