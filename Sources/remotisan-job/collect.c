/// The loop of the collector: when it moves output, see move.c.

#define _GNU_SOURCE
#include "collect.h"
#include "log_file.h"
#include "move.h"
#include "output.h"
#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    FIRST_MOVES = 64,          ///< so many find the end of a FIFO that nobody writes to, even if it was never enlarged
    BUSY_MOVE = 128 * 1024,    ///< after a move of so many bytes, the job is printing without a pause
    BUSY_PAUSE_NS = 100000,    ///< pause of the collector of such a job; its FIFO takes longer to fill
    SMALL_MOVE = 4096,         ///< a move of fewer bytes, soon after another, is one of a stream of lines
    SMALL_PAUSE_NS = 5000000,  ///< pause of the collector of such a job, shorter than anyone sees
    STREAM_MS = 20,            ///< so soon
    TERMINAL_MAX = 1 << 17,    ///< a terminal holds fewer bytes; 64 KiB by default, and what its reader has not read
    NOTE_PAUSE_MS = 1000,      ///< pause between two attempts to note lost bytes in a log on a full disk
    NOTE_ATTEMPTS_MAX = 3600,  ///< number of attempts after all output has ended
};

/// Moves the bytes that are in the FIFO at this moment, because the command has ended.
///
/// Does not wait for an empty FIFO, because a process that the command left behind may write without end. If the output
/// ends with the beginning of a secret, that part is held back while a writer may continue it.
static void drain(struct collector *collector)
{
    const int source_fd = collector->given->source_fd;
    struct pollfd source = {.fd = source_fd, .events = POLLIN};
    // The count of a terminal lacks what the kernel has not passed on yet. poll(2) passes it on.
    const int is_terminal = collector->given->is_terminal;
    size_t left = is_terminal ? TERMINAL_MAX : pipe_pending(source_fd);
    while (left > 0 && (!is_terminal || (await_ready(&source, 1, 0) == 1 && (source.revents & POLLIN)))) {
        ssize_t got = move_output(collector, left < MOVE_MAX ? left : MOVE_MAX);
        if (got <= 0) break;
        left -= (size_t)got < left ? (size_t)got : left;
    }
    if (collector->is_staged && await_ready(&source, 1, 0) == 1 && (source.revents & (POLLIN | POLLHUP)) == POLLHUP)
        stage_flush(&collector->stage, &collector->log);
}

/// Tells the supervisor that the log is complete. A failure means that the supervisor is gone, and is ignored.
static void answer(const struct collector *collector)
{
    if (collector->given->control_fd < 0) return;
    if (send(collector->given->control_fd, "d", 1, MSG_NOSIGNAL) != 1) return;
}

/// Waits until the loss is noted in the log. Stops when the log has been deleted or after NOTE_ATTEMPTS_MAX seconds.
static void outlast_full_disk(struct collector *collector)
{
    struct stat status;
    for (int attempts = 0; attempts < NOTE_ATTEMPTS_MAX && !note_loss(collector); attempts++) {
        if (fstat(collector->log.file_fd, &status) != 0 || status.st_nlink == 0) return;
        poll(NULL, 0, NOTE_PAUSE_MS);
    }
}

/// Lets the FIFO of a job fill that prints again and again. Otherwise each write of the command would wake the
/// collector, which slows the command, and costs more than moving a few bytes. Ends at once if the supervisor wants
/// something.
static void let_fill(struct collector *collector, ssize_t got, struct pollfd *control)
{
    const long long now = clock_ms(CLOCK_BOOTTIME), since = now - collector->moved_ms;
    collector->moved_ms = now;
    collector->moved = got;
    struct timespec pause = {0};
    if (got >= BUSY_MOVE && collector->has_room) pause.tv_nsec = BUSY_PAUSE_NS;
    // A terminal, and a FIFO that could not be enlarged, may be full before the pause is over.
    const int is_cramped = collector->given->is_terminal || (collector->is_enlarged && !collector->has_room);
    if (got > 0 && got < SMALL_MOVE && since < STREAM_MS && !is_cramped) pause.tv_nsec = SMALL_PAUSE_NS;
    if (pause.tv_nsec > 0 && ppoll(control, 1, &pause, NULL) < 0) return;
}

/// Returns whether the process at the other end of the control socket is gone.
static int run(struct collector *collector)
{
    struct collecting *given = collector->given;
    struct pollfd waiting[] = {{.fd = given->source_fd, .events = POLLIN}, {.fd = given->control_fd, .events = POLLIN}};
    // poll(2) reports the end of a FIFO only if it has had a writer since it was opened. So look before the first wait.
    ssize_t got = move_output(collector, MOVE_MAX);
    for (int moves = 1; got > 0 && moves < FIRST_MOVES; moves++) got = move_output(collector, MOVE_MAX);
    while (got != 0) {
        int ready = await_ready(waiting, 2, given->shared->lost > 0 ? NOTE_PAUSE_MS : -1);
        if (ready == 0) note_loss(collector);
        if (ready <= 0) continue;
        if (waiting[1].revents != 0) {
            char byte;
            if (read(given->control_fd, &byte, 1) == 1) {
                drain(collector);
                answer(collector);
            } else {
                return 1;
            }
        } else if (waiting[0].revents != 0) {
            got = move_output(collector, MOVE_MAX);
            let_fill(collector, got, &waiting[1]);
        }
    }
    if (collector->is_staged || given->is_terminal) stage_flush(&collector->stage, &collector->log);
    return 0;
}

/// Says in the log that the output of a job with secrets is lost, unless an earlier collector has said so.
static void note_lost_secrets(struct collector *collector)
{
    static const char words[] =
        "\n[OUTPUT LOST: the processes that keep secrets out of this log were ended. Later output is not stored.]\n";
    char end[sizeof words - 1];
    int log_fd = open_own(collector->log.path, O_RDONLY, 0);
    if (log_fd < 0) return;
    const off_t position = (off_t)collector->log.offset - (off_t)sizeof end;
    const int is_said = position >= 0 && pread(log_fd, end, sizeof end, position) == (ssize_t)sizeof end
                        && memcmp(end, words, sizeof end) == 0;
    close(log_fd);
    if (!is_said && log_write(&collector->log, words, sizeof end) != 0) return;
}

int collect(const struct job *job, struct collecting *given)
{
    struct collector collector = {.given = given};
    collector.null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (collector.null_fd < 0) return 0;
    // Without a log the output is discarded and counted until there is one: the job must not hang.
    collector.log = (struct log){.path = job->log, .times_path = job->times, .max_bytes = job->log_max};
    const int has_log = given->log_fd >= 0 ? log_adopt(&collector.log, given->log_fd, given->times_fd)
                                           : log_open(&collector.log, job->log, job->times, job->log_max);
    if (has_log != 0) collector.log.file_fd = -1;
    if (!given->is_terminal) collector.in_held = pipe_pending(given->held_fd[0]);
    if (given->is_discarding) note_lost_secrets(&collector);
    if (given->records != NULL || given->is_terminal || given->shared->progress > 0) {
        if (stage_open(&collector.stage, given) != 0) return 0;
        collector.is_staged = 1;
        stage_recover(&collector.stage, &collector.log);
    }
    if (run(&collector)) {
        if (collector.log.file_fd >= 0) close(collector.log.file_fd);
        if (collector.log.times_fd >= 0) close(collector.log.times_fd);
        return 1;
    }
    given->shared->has_ended = 1;
    output_remove(job);
    answer(&collector);
    outlast_full_disk(&collector);
    return 0;
}
