/// Disturbs one system call of a program: injector PLAN PROGRAM [ARG]...
///
/// This process becomes the program, so that its parent notices nothing. A tracer that is no relative of it counts the
/// system calls of the program and of its descendants, as long as they run one of our programs. PLAN is a file with one
/// line, "ACTION NUMBER REPORT":
///
/// - ACTION: `kill-before` or `kill-after` (SIGKILL of the calling process), `stop` (SIGSTOP of it), `fail-ERRNO` (a
///   number; the call is not made), or `count`.
/// - NUMBER: which of the counted calls, from 1. Kills and stops count calls that change something. A failure counts the
///   calls for which the kernel can produce that error.
/// - REPORT: a file. The tracer writes "PROGRAM CALL PID" when it has acted. If there were fewer calls, it writes "none"
///   and pairs "ACTION COUNT", in which `kill` stands for all kills and stops.
///
/// The plan is taken once: it is renamed to PLAN.taken, and without a plan the program just runs. Afterwards the tracer
/// detaches. See ptrace(2).

#define _GNU_SOURCE
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRACEES_MAX = 4096 };

static struct {
    pid_t pid;
    int is_in_call;   // the next stop is the end of a call
    int is_injected;  // this call is disturbed when it ends
    long call;        // its number
} tracees[TRACEES_MAX];
static int tracee_count;

static struct {
    char action[32], report[4096];
    long number;
} plan;
static int error_number;
static long acted_calls;  // the calls that can be killed or stopped

/// The kinds of failure that are tried, and how many calls could have failed so.
static struct {
    int error;
    long calls;
} failures[] = {{ENOSPC, 0}, {EDQUOT, 0}, {EROFS, 0}, {EIO, 0}, {EMFILE, 0}, {ENOMEM, 0}, {EINTR, 0}};

enum { FAILURES = sizeof failures / sizeof *failures };

static int find(pid_t pid)
{
    for (int i = 0; i < tracee_count; i++)
        if (tracees[i].pid == pid) return i;
    if (tracee_count == TRACEES_MAX) return -1;
    memset(&tracees[tracee_count], 0, sizeof *tracees);
    tracees[tracee_count].pid = pid;
    return tracee_count++;
}

static void forget(int index)
{
    tracees[index] = tracees[--tracee_count];
}

static void comm_of(pid_t pid, char name[32])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    FILE *file = fopen(path, "re");
    name[0] = '\0';
    if (file == NULL) return;
    if (fgets(name, 32, file) == NULL) name[0] = '\0';
    name[strcspn(name, "\n")] = '\0';
    fclose(file);
}

static int is_ours(pid_t pid, char name[32])
{
    comm_of(pid, name);
    return strncmp(name, "remotisan-", 10) == 0;
}

/// Writes one line to the report. A reader sees all of it or none.
static void report(const char *line)
{
    char aside[4200];
    snprintf(aside, sizeof aside, "%s.new", plan.report);
    FILE *file = fopen(aside, "we");
    if (file == NULL) return;
    fprintf(file, "%s\n", line);
    fclose(file);
    rename(aside, plan.report);
}

static void report_counts(void)
{
    char line[256];
    int length = snprintf(line, sizeof line, "none kill %ld", acted_calls);
    for (int i = 0; i < FAILURES; i++)
        length +=
            snprintf(line + length, sizeof line - (size_t)length, " fail-%d %ld", failures[i].error, failures[i].calls);
    report(line);
}

static void report_call(const char *name, long call, pid_t pid)
{
    char line[128];
    snprintf(line, sizeof line, "%s %ld %d", name, call, (int)pid);
    report(line);
}

/// Counts a call, and returns whether it is the one of the plan.
static int is_planned(pid_t pid, const struct user_regs_struct *registers)
{
    int is_reached = 0;
    if (has_effect(pid, registers)) is_reached = ++acted_calls == plan.number && error_number == 0;
    for (int i = 0; i < FAILURES; i++) {
        if (error_number != 0 && failures[i].error != error_number) continue;
        if (!can_fail(pid, registers, failures[i].error)) continue;
        if (++failures[i].calls == plan.number && error_number != 0) is_reached = 1;
    }
    return is_reached && strcmp(plan.action, "count") != 0;
}

/// A stop before or after a system call. Returns whether the plan is carried out.
static int at_call(int index)
{
    pid_t pid = tracees[index].pid;
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, pid, NULL, &registers) != 0) return 0;
    char name[32];
    if (tracees[index].is_in_call) {
        tracees[index].is_in_call = 0;
        if (!tracees[index].is_injected) return 0;
        comm_of(pid, name);
        // Only now, because a call may block for long.
        report_call(name, tracees[index].call, pid);
        if (error_number > 0) {
            registers.rax = (unsigned long long)-error_number;
            ptrace(PTRACE_SETREGS, pid, NULL, &registers);
        } else {
            kill(pid, SIGKILL);  // kill-after
        }
        return 1;
    }
    tracees[index].is_in_call = 1;
    if (!is_ours(pid, name) || !is_planned(pid, &registers)) return 0;
    tracees[index].call = (long)registers.orig_rax;
    if (strcmp(plan.action, "kill-before") == 0 || strcmp(plan.action, "stop") == 0) {
        report_call(name, tracees[index].call, pid);
        kill(pid, plan.action[0] == 's' ? SIGSTOP : SIGKILL);
        return 1;
    }
    tracees[index].is_injected = 1;
    if (error_number > 0) {
        registers.orig_rax = (unsigned long long)-1;  // no such call, so nothing happens
        ptrace(PTRACE_SETREGS, pid, NULL, &registers);
    }
    return 0;
}

/// Makes all tracees stop, so that the tracer can detach from them. This takes as long as a parent waits in vfork(2).
static void interrupt_all(void)
{
    for (int i = 0; i < tracee_count; i++) ptrace(PTRACE_INTERRUPT, tracees[i].pid, NULL, NULL);
}

/// A stop of a tracee. Returns the signal that it continues with, or -1 if it stays stopped.
static int at_stop(int index, int status, int *is_over)
{
    const int signal = WSTOPSIG(status), event = status >> 16;
    if (signal == (SIGTRAP | 0x80)) {
        if (!*is_over && at_call(index)) {
            *is_over = 1;
            interrupt_all();
        }
        return 0;
    }
    if (event == PTRACE_EVENT_STOP) {
        // A new tracee, or a group stop, which must last.
        const int is_group_stop = signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
        if (!is_group_stop || *is_over) return 0;
        ptrace(PTRACE_LISTEN, tracees[index].pid, NULL, NULL);
        return -1;
    }
    if (event == PTRACE_EVENT_EXEC) tracees[index].is_in_call = 1;
    return event != 0 ? 0 : signal;
}

static void trace(pid_t program, int ready_fd)
{
    const long options =
        PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
    if (ptrace(PTRACE_SEIZE, program, NULL, (void *)options) != 0 || ptrace(PTRACE_INTERRUPT, program, NULL, NULL) != 0)
        return;
    find(program);
    close(ready_fd);
    int status, is_over = 0;
    pid_t pid;
    while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
        if (pid < 0) continue;
        const int index = find(pid);
        if (index < 0) return;
        if (!WIFSTOPPED(status)) {
            forget(index);
            continue;
        }
        const int signal = at_stop(index, status, &is_over);
        if (signal < 0) continue;
        ptrace(is_over ? PTRACE_DETACH : PTRACE_SYSCALL, pid, NULL, (void *)(long)signal);
        if (is_over) forget(index);
    }
    if (!is_over) report_counts();
}

int main(int argc, char **argv)
{
    if (argc < 3) return fprintf(stderr, "usage: injector PLAN PROGRAM [ARG]...\n"), 2;
    char taken[4096], line[8192] = "";
    snprintf(taken, sizeof taken, "%s.taken", argv[1]);
    if (rename(argv[1], taken) == 0) {
        FILE *file = fopen(taken, "re");
        if (file == NULL || fgets(line, sizeof line, file) == NULL) return perror("injector"), 1;
        fclose(file);
        if (sscanf(line, "%31s %ld %4095s", plan.action, &plan.number, plan.report) != 3) return 2;
        if (strncmp(plan.action, "fail-", 5) == 0) error_number = atoi(plan.action + 5);
        int ready_fd[2];
        if (pipe2(ready_fd, O_CLOEXEC) != 0) return perror("injector"), 1;
        // Where only ancestors may trace (Yama), any process may trace this one; on other systems this fails.
        prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
        const pid_t program = getpid(), child = fork();
        if (child < 0) return perror("injector"), 1;
        if (child == 0) {
            // Twice, so that the program has no child that it does not know.
            if (fork() != 0) _exit(0);
            setsid();
            const int kept_fd = dup(ready_fd[1]);
            for (int fd = 0; fd < 256; fd++)
                if (fd != kept_fd) close(fd);
            signal(SIGHUP, SIG_IGN);
            trace(program, kept_fd);
            _exit(0);
        }
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
        close(ready_fd[1]);
        char byte;
        while (read(ready_fd[0], &byte, 1) < 0 && errno == EINTR) continue;
        close(ready_fd[0]);
    }
    execv(argv[2], argv + 2);
    return perror("injector: execv"), 1;
}
