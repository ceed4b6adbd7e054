// Programs that print at a steady rate, for the bench of output, and one that waits for a signal.
//
//   printer tenths STOP            a line each tenth of a second, until the file STOP exists
//   printer millis SECONDS REPORT  a line each millisecond; writes to REPORT how long the writes took
//   printer numbers COUNT          a number and the time each second, by printf without a flush
//   printer once REPORT            writes to REPORT when it began, in nanoseconds of CLOCK_BOOTTIME
//   printer signal REPORT          waits for TERM; writes to REPORT when it came, in nanoseconds of CLOCK_BOOTTIME
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char line[] = "the quick brown fox jumps over the lazy dog and prints this\n";

static long long nanoseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void sleep_until(long long time)
{
    const struct timespec until = {time / 1000000000, time % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0) continue;
}

static void print_line(void)
{
    if (write(STDOUT_FILENO, line, sizeof line - 1) != (ssize_t)sizeof line - 1) exit(1);
}

static int compare(const void *left, const void *right)
{
    const long long a = *(const long long *)left, b = *(const long long *)right;
    return (a > b) - (a < b);
}

static int print_millis(int count, const char *report)
{
    long long *took = calloc((size_t)count, sizeof *took), sum = 0;
    if (took == NULL) return 1;
    const long long start = nanoseconds(CLOCK_MONOTONIC);
    for (int i = 0; i < count; i++) {
        sleep_until(start + i * 1000000LL);
        const long long before = nanoseconds(CLOCK_MONOTONIC);
        print_line();
        took[i] = nanoseconds(CLOCK_MONOTONIC) - before;
        sum += took[i];
    }
    const long long ran = nanoseconds(CLOCK_MONOTONIC) - start;
    qsort(took, (size_t)count, sizeof *took, compare);
    FILE *file = fopen(report, "w");
    if (file == NULL) return 1;
    fprintf(file, "%lld %lld %lld %lld\n", sum / count, took[count * 99LL / 100], took[count - 1], ran);
    return fclose(file) == 0 ? 0 : 1;
}

static int write_report(const char *report, const char *word, long long time)
{
    char aside[4096];
    snprintf(aside, sizeof aside, "%s.new", report);
    FILE *file = fopen(aside, "w");
    if (file == NULL) return 1;
    fprintf(file, "%s %lld\n", word, time);
    return fclose(file) == 0 && rename(aside, report) == 0 ? 0 : 1;
}

static int await_signal(const char *report)
{
    sigset_t term;
    int number;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    if (write_report(report, "ready", 0) != 0 || sigwait(&term, &number) != 0) return 1;
    return write_report(report, "signalled", nanoseconds(CLOCK_BOOTTIME));
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "once") == 0) return write_report(argv[2], "began", nanoseconds(CLOCK_BOOTTIME));
    if (argc == 3 && strcmp(argv[1], "signal") == 0) return await_signal(argv[2]);
    if (argc == 3 && strcmp(argv[1], "tenths") == 0) {
        for (long long next = nanoseconds(CLOCK_MONOTONIC); access(argv[2], F_OK) != 0; next += 100000000) {
            print_line();
            sleep_until(next + 100000000);
        }
        return 0;
    }
    if (argc == 4 && strcmp(argv[1], "millis") == 0) return print_millis(atoi(argv[2]) * 1000, argv[3]);
    if (argc == 3 && strcmp(argv[1], "numbers") == 0) {
        const long long start = nanoseconds(CLOCK_MONOTONIC);
        for (int number = 0; number < atoi(argv[2]); number++) {
            sleep_until(start + number * 1000000000LL);
            printf("number %d %lld\n", number, nanoseconds(CLOCK_REALTIME) / 1000000);
        }
        return 0;
    }
    fprintf(stderr, "usage: printer tenths STOP | millis SECONDS REPORT | numbers COUNT\n");
    return 2;
}
