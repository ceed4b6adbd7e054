/// Starts collectors and talks to them.
///
/// A collector is no child of the supervisor, for two reasons. Killing the job must not end the collector before the
/// job's last output is in the log. And what the job leaves behind needs the collector as long as it writes, even if
/// that is longer than the supervisor lives.

#define _GNU_SOURCE
#include "output.h"
#include "log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum {
    DRAIN_TIMEOUT_MS = 10 * 1000,  ///< how long the supervisor waits at the end, for a disk that hangs
    RESTART_PAUSE_MS = 100,        ///< pause after a collector that could not be started, or ended at once
    TAKEN_MAX_MS = 3000,           ///< a FIFO that is locked for so long belongs to another collector
};

/// The collector's descriptors. All others are closed.
enum { SOURCE_FD = 0, CONTROL_FD = 3, HELD_FD = 4, LOG_FD = 6, TIMES_FD = 7, FIRST_UNUSED_FD = 8 };

/// Memory for the state that outlives a collector, with room for the state of a mask.
static struct collection *create_shared(const unsigned char *records, size_t size)
{
    size_t saved_max = 0;
    if (records != NULL) {
        struct mask *mask = mask_create(records, size);
        if (mask == NULL) return NULL;
        saved_max = mask_state_max(mask);
        mask_free(mask);
    }
    struct collection *shared =
        mmap(NULL, sizeof *shared + 2 * saved_max, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return NULL;
    shared->saved_max = saved_max;
    return shared;
}

/// Opens the reading end of the FIFO again and locks it, so that only one collector reads. Fails with EPERM if a job has
/// put something else in its place. Returns a descriptor, or -1 with errno.
static int open_source(const char *path)
{
    struct stat status;
    int source_fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (source_fd < 0) return -1;
    const int is_ours = fstat(source_fd, &status) == 0 && S_ISFIFO(status.st_mode) && status.st_uid == geteuid();
    if (is_ours && flock(source_fd, LOCK_EX | LOCK_NB) == 0) return source_fd;
    const int error = is_ours ? errno : EPERM;
    close(source_fd);
    errno = error;
    return -1;
}

/// Puts the descriptors of a collector in place and closes all others. Returns 0, or -1 with errno.
static int arrange_descriptors(int source_fd, int control_fd, const struct output *output)
{
    const int places_fd[] = {SOURCE_FD, CONTROL_FD, HELD_FD, HELD_FD + 1, LOG_FD, TIMES_FD};
    const int given_fd[] = {source_fd,          control_fd,     output->held_fd[0],
                            output->held_fd[1], output->log_fd, output->times_fd};
    enum { COUNT = sizeof given_fd / sizeof given_fd[0] };
    int copies_fd[COUNT];
    // Copies above all fixed numbers, so that no dup2 overwrites a source that is still needed.
    for (int i = 0; i < COUNT; i++) {
        copies_fd[i] = given_fd[i] < 0 ? -1 : fcntl(given_fd[i], F_DUPFD, FIRST_UNUSED_FD);
        if (given_fd[i] >= 0 && copies_fd[i] < 0) return -1;
    }
    for (int i = 0; i < COUNT; i++) {
        if (copies_fd[i] < 0) {
            close(places_fd[i]);
        } else if (dup2(copies_fd[i], places_fd[i]) < 0) {
            return -1;
        }
    }
    if (silence(STDOUT_FILENO, STDERR_FILENO) != 0) return -1;
    return close_from(FIRST_UNUSED_FD, 0);
}

static int start_collector(const struct job *job, struct output *output, int flags);

/// Whether another collector has the FIFO. A broker locks it for a moment, too, to learn whether it has a collector. If
/// a guard gave up because of that, and the broker were killed before it starts a collector, nobody would collect.
static int is_taken(const struct output *output)
{
    const long long since_ms = output->shared->taken_since_ms;
    return since_ms > 0 && clock_ms(CLOCK_BOOTTIME) - since_ms >= TAKEN_MAX_MS;
}

/// Replaces a supervisor that was ended: holds the output, and starts a collector whenever there is none. So there are
/// two processes again. A broker has to find the output only if both are ended at once.
static void guard(const struct job *job, const struct output *given)
{
    struct output output = {
        .shared = given->shared,
        .records = given->records,
        .records_size = given->records_size,
        .is_discarding = given->is_discarding,
        .control_fd = -1,
        .pid_fd = -1,
        // Opened again, because the lock of a collector belongs to the open file. It is free when that is closed.
        .holder_fd = job->has_terminal ? fcntl(SOURCE_FD, F_DUPFD_CLOEXEC, FIRST_UNUSED_FD)
                                       : open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_CLOEXEC),
        .held_fd = {HELD_FD, HELD_FD + 1},
        .log_fd = -1,
        .times_fd = -1,
    };
    if (output.holder_fd < 0) return;
    close(SOURCE_FD);
    close(CONTROL_FD);
    signal(SIGCHLD, SIG_IGN);  // the kernel reaps the collectors
    while (!output.shared->has_ended && !is_taken(&output)) {
        struct pollfd collector = {.events = POLLIN};
        output_tend(job, &output);
        collector.fd = output.pid_fd;
        await_ready(&collector, 1, output.pid_fd < 0 ? RESTART_PAUSE_MS : -1);
    }
}

/// Turns this process into a collector, and tells the supervisor whether that succeeded.
static _Noreturn void become_collector(const struct job *job, const struct output *output, int control_fd)
{
    struct failure failure = {START_STAGE_COLLECTOR, 0};
    struct collecting given = {
        .shared = output->shared,
        .records = output->records,
        .records_size = output->records_size,
        .source_fd = SOURCE_FD,
        .is_terminal = job->has_terminal,
        .held_fd = {HELD_FD, HELD_FD + 1},
        .control_fd = CONTROL_FD,
        .is_discarding = output->is_discarding,
        .log_fd = output->log_fd < 0 ? -1 : LOG_FD,
        .times_fd = output->times_fd < 0 ? -1 : TIMES_FD,
    };
    char holder[32];
    snprintf(holder, sizeof holder, "/proc/self/fd/%d", output->holder_fd);
    ignore_signals();
    // A process with the job's uuid in its environment counts as a process of the job. The collector must not count.
    for (char **variable = environ; *variable != NULL; variable++) memset(*variable, 0, strlen(*variable));
    struct rlimit no_core = {0, 0};
    int source_fd = job->has_terminal ? output->holder_fd : open_source(holder);
    const int is_locked = source_fd < 0 && errno == EWOULDBLOCK;
    if (!is_locked) output->shared->taken_since_ms = 0;
    if (source_fd < 0 || setsid() < 0 || setrlimit(RLIMIT_CORE, &no_core) != 0
        || arrange_descriptors(source_fd, control_fd, output) != 0) {
        failure.error = errno;
        if (is_locked && output->shared->taken_since_ms == 0) output->shared->taken_since_ms = clock_ms(CLOCK_BOOTTIME);
        if (send(control_fd, &failure, sizeof failure, MSG_NOSIGNAL) < 0) _exit(2);
        _exit(1);
    }
    if (collect(job, &given)) guard(job, output);
    _exit(0);
}

/// Starts a collector: a child of this process, or with CLONE_PARENT of its parent. Returns 0, or -1 with errno.
static int start_collector(const struct job *job, struct output *output, int flags)
{
    int control_fd[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control_fd) != 0) return -1;
    // clone(2) by its number, because the wrapper wants a stack. Without one it returns twice, as fork(2) does. With a
    // pidfd, because a collector may be killed and reaped before this process could open one. Its end would not be seen.
    int pid_fd = -1;
    const pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD | CLONE_PIDFD | flags, 0, &pid_fd, 0, 0);
    if (pid == 0) {
        close(control_fd[0]);
        become_collector(job, output, control_fd[1]);
    }
    const int error = errno;
    close(control_fd[1]);
    if (pid < 0) {
        close(control_fd[0]);
        errno = error;
        return -1;
    }
    if (output->control_fd >= 0) close(output->control_fd);
    if (output->pid_fd >= 0) close(output->pid_fd);
    output->control_fd = control_fd[0];
    output->started_ms = clock_ms(CLOCK_BOOTTIME);
    output->pid_fd = pid_fd;
    return 0;
}

int output_open(const struct job *job, struct output *output, struct failure *failure)
{
    *output = (struct output){.control_fd = -1,
                              .pid_fd = -1,
                              .command_fd = -1,
                              .holder_fd = -1,
                              .log_fd = -1,
                              .times_fd = -1,
                              .is_supervised = 1};
    *failure = (struct failure){START_STAGE_COLLECTOR, 0};
    if (job->has_secrets) {
        output->records = read_private(&output->records_size);
        if (output->records == NULL) goto failed;
    }
    output->shared = create_shared(output->records, output->records_size);
    if (output->shared == NULL) goto failed;
    if ((job->held != NULL ? output_open_held(job, output) : pipe2(output->held_fd, O_CLOEXEC | O_NONBLOCK)) != 0)
        goto failed;
    if ((job->has_terminal ? output_open_terminal(job, output) : output_open_fifo(job, output)) != 0) goto failed;
    // A job whose log cannot be opened must not start. The first collector gets the open log, because the storage may be
    // moved away in this moment.
    failure->stage = START_STAGE_LOG;
    struct log log;
    if (log_open(&log, job->log, job->times, job->log_max) != 0) goto failed;
    output->log_fd = log.file_fd;
    output->times_fd = log.times_fd;
    failure->stage = START_STAGE_COLLECTOR;
    const int is_started = start_collector(job, output, 0) == 0;
    failure->error = errno;
    close(output->log_fd);
    if (output->times_fd >= 0) close(output->times_fd);
    output->log_fd = output->times_fd = -1;
    if (is_started) return 0;
    errno = failure->error;
failed:
    failure->error = errno;
    output_remove(job);
    return -1;
}

void output_close(struct output *output)
{
    close(output->command_fd);
    output->command_fd = -1;
}

/// Whether the present collector is gone.
static int is_gone(const struct output *output)
{
    struct pollfd collector = {.fd = output->pid_fd, .events = POLLIN};
    return output->pid_fd < 0 || await_ready(&collector, 1, 0) == 1;
}

void output_tend(const struct job *job, struct output *output)
{
    if (output->shared->has_ended || !is_gone(output)) return;
    // A collector that ends at once must not be started again and again without a pause.
    if (clock_ms(CLOCK_BOOTTIME) - output->started_ms < RESTART_PAUSE_MS / 10) poll(NULL, 0, RESTART_PAUSE_MS);
    // CLONE_PARENT: a sibling of the supervisor, so that it is not among the processes that the job leaves behind.
    if (start_collector(job, output, output->is_supervised ? CLONE_PARENT : 0) != 0) poll(NULL, 0, RESTART_PAUSE_MS);
}

int output_drain(const struct job *job, struct output *output)
{
    const long long deadline = clock_ms(CLOCK_BOOTTIME) + DRAIN_TIMEOUT_MS;
    // Continue a collector that someone stopped, because it has the job's last output.
    if (output->pid_fd >= 0 && syscall(SYS_pidfd_send_signal, output->pid_fd, SIGCONT, NULL, 0) != 0) errno = 0;
    while (!output->shared->has_ended) {
        output_tend(job, output);
        // EPIPE: the collector saw the end of the output itself, or was ended.
        if (send(output->control_fd, "d", 1, MSG_NOSIGNAL) == 1) {
            struct pollfd answer = {.fd = output->control_fd, .events = POLLIN};
            char byte;
            const long long left = deadline - clock_ms(CLOCK_BOOTTIME);
            int ready = await_ready(&answer, 1, left > 0 ? (int)left : 0);
            if (ready == 1 && read(output->control_fd, &byte, 1) == 1) return 0;
        }
        if (clock_ms(CLOCK_BOOTTIME) >= deadline) return -1;
        poll(NULL, 0, 1);
    }
    return 0;
}

int output_take_over(const struct job *job)
{
    struct output output = {.log_fd = -1, .times_fd = -1, .is_discarding = job->has_secrets};
    // Taken to learn that no collector has it. The guard opens it again.
    int source_fd = open_source(job->fifo);
    // Its output has ended, or another collector has the FIFO.
    if (source_fd < 0) return errno == ENOENT || errno == EWOULDBLOCK ? 0 : 1;
    pid_t keeper = fork();
    if (keeper != 0) return keeper < 0;
    ignore_signals();
    output.shared = create_shared(NULL, 0);
    if (output.shared == NULL || setsid() < 0) return 1;
    if ((job->held != NULL ? output_open_held(job, &output) : pipe2(output.held_fd, O_CLOEXEC | O_NONBLOCK)) != 0)
        return 1;
    // No process is at the other end of the control socket.
    if (arrange_descriptors(source_fd, source_fd, &output) != 0) return 1;
    guard(job, &output);
    return 0;
}
