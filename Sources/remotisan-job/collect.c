/// The loop of the collector.
///
/// Output that needs no change is moved by splice(2) from the FIFO to the held pipe, and from there to the log. The
/// kernel does each in one step: a byte leaves the held pipe, which outlives the collector, when it is in the log. So
/// SIGKILL at any moment neither loses nor repeats output, and the next collector continues at the end of the log.
/// Other output goes through the stage, see stage.c.

#define _GNU_SOURCE
#include "collect.h"
#include "log_file.h"
#include "output.h"
#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    CHUNK = 1 << 20,           ///< bytes that are moved at once
    BUSY_PIPE = 64 * 1024,     ///< a FIFO that holds this much gets more room
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

struct collector {
    struct collecting *given;
    struct log log;
    struct stage stage;
    int is_staged;
    size_t in_held;      ///< bytes in the held pipe, if the output is not staged
    ssize_t moved;       ///< by the last move
    int is_enlarged;     ///< whether the FIFO was to be enlarged
    int has_room;        ///< whether it was enlarged
    long long moved_ms;  ///< boot clock at the last move
    int null_fd;
};

/// Notes lost bytes in the log, if the disk has space again. Returns whether nothing is lost any more.
static int note_loss(struct collector *collector)
{
    const long long lost = collector->given->shared->lost;
    if (lost == 0) return 1;
    char words[96];
    int length = snprintf(words, sizeof words, "\n[%lld bytes could not be written to this log.]\n", lost);
    if (log_write(&collector->log, words, (size_t)length) != 0) return 0;
    collector->given->shared->lost -= lost;
    return 1;
}

/// Discards output that the log cannot take, because the job must not hang until someone frees space.
static ssize_t discard(struct collector *collector, size_t limit)
{
    size_t held;
    while (!collector->is_staged && (held = pipe_pending(collector->given->held_fd[0])) > 0) {
        ssize_t dropped = splice(collector->given->held_fd[0], NULL, collector->null_fd, NULL, held, SPLICE_F_NONBLOCK);
        if (dropped <= 0) break;
        if (!collector->given->is_discarding) collector->given->shared->lost += dropped;
    }
    if (!collector->is_staged) collector->in_held = pipe_pending(collector->given->held_fd[0]);
    ssize_t got = splice(collector->given->source_fd, NULL, collector->null_fd, NULL, limit, SPLICE_F_NONBLOCK);
    if (got > 0 && !collector->given->is_discarding) collector->given->shared->lost += got;
    return got;
}

/// Copies the output of a terminal, which splice(2) cannot move before Linux 5.12. A collector that is killed meanwhile
/// loses the bytes that it has read.
static ssize_t copy_terminal(struct collector *collector, size_t limit)
{
    unsigned char *chunk = collector->stage.chunk, *output = collector->stage.output;
    ssize_t got = read(collector->given->source_fd, chunk, limit < STAGE_BATCH ? limit : STAGE_BATCH);
    // EIO: every process has closed the terminal.
    if (got < 0) return errno == EIO ? 0 : -1;
    size_t length = (size_t)got;
    if (collector->stage.mask != NULL) length = mask_feed(collector->stage.mask, chunk, length, output);
    log_room(&collector->log, length);
    if (log_write(&collector->log, output, length) != 0) collector->given->shared->lost += (long long)length;
    return got;
}

/// Moves the held pipe into the log. Returns 0, or -1 with errno.
static int empty_held(struct collector *collector)
{
    while (collector->in_held > 0) {
        loff_t end = collector->log.offset;
        ssize_t got = splice(collector->given->held_fd[0], NULL, collector->log.file_fd, &end,
                             log_room(&collector->log, collector->in_held), SPLICE_F_NONBLOCK);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return -1;
        collector->log.offset = end;
        collector->in_held -= (size_t)got;
    }
    return 0;
}

/// Moves output that needs no change, as far as the log may take it at once.
static ssize_t move_straight(struct collector *collector, size_t limit)
{
    loff_t end = collector->log.offset;
    ssize_t got = splice(collector->given->source_fd, NULL, collector->log.file_fd, &end,
                         log_room(&collector->log, limit), SPLICE_F_NONBLOCK);
    if (got > 0) collector->log.offset = end;
    return got;
}

/// Moves output that needs no change. That of a busy job goes through the held pipe, because splice(2) locks the pipe
/// that it reads while it writes to the disk: so the command fills its FIFO meanwhile.
static ssize_t move_unchanged(struct collector *collector, size_t limit)
{
    if (empty_held(collector) != 0) return -1;
    if (!collector->is_enlarged) return move_straight(collector, limit);
    ssize_t got =
        splice(collector->given->source_fd, NULL, collector->given->held_fd[1], NULL, limit, SPLICE_F_NONBLOCK);
    if (got <= 0) return got;
    collector->in_held = (size_t)got;
    return empty_held(collector) == 0 ? got : -1;
}

/// Whether a log that is missing should be there. A purge removes the FIFO before the log.
static int is_wanted(const struct collector *collector)
{
    unsigned names;
    long long size;
    return collector->given->is_terminal || (file_facts(collector->given->source_fd, &names, &size) == 0 && names > 0);
}

/// Moves output once, at most `limit` bytes. Returns their number; 0 if no writer is left; -1 if there is no output.
static ssize_t move(struct collector *collector, size_t limit)
{
    const int source_fd = collector->given->source_fd;
    const int has_log = log_check(&collector->log) || (is_wanted(collector) && log_renew(&collector->log) == 0);
    if (collector->given->is_discarding) return discard(collector, limit);
    const int has_space = has_log && note_loss(collector);
    if (collector->given->is_terminal && !collector->is_staged) {
        log_stamp(&collector->log);
        return copy_terminal(collector, limit);
    }
    // What a terminal has written is counted by the stage.
    if (!has_space && !collector->given->is_terminal) return discard(collector, limit);
    if (!collector->is_enlarged && collector->moved >= BUSY_PIPE / 2 && pipe_pending(source_fd) >= BUSY_PIPE) {
        // If this user's pipes have used up their share, the FIFO keeps its size; pipe(7), pipe-user-pages-soft.
        collector->has_room = fcntl(source_fd, F_SETPIPE_SZ, CHUNK) == CHUNK;
        if (!collector->is_staged) fcntl(collector->given->held_fd[1], F_SETPIPE_SZ, CHUNK);
        collector->is_enlarged = 1;
    }
    log_stamp(&collector->log);
    for (;;) {
        ssize_t got;
        if (collector->is_staged) {
            got = stage_move(&collector->stage, source_fd, &collector->log, limit);
        } else {
            got = move_unchanged(collector, limit);
        }
        log_begin_sync(&collector->log);
        if (got >= 0) return got;
        switch (errno) {
        case EINTR: continue;
        case EAGAIN: return -1;
        case EINVAL:
        case ESPIPE:
            if (collector->given->is_terminal) {
                collector->is_staged = 0;
                return copy_terminal(collector, limit);
            }
            // The file system of the log does not take part in splice(2).
            if (!collector->is_staged && collector->given->held_fd[0] >= 0
                && stage_open(&collector->stage, collector->given) == 0
                && stage_recover(&collector->stage, &collector->log) == 0) {
                collector->is_staged = 1;
                continue;
            }
            return discard(collector, limit);
        default: return collector->is_staged ? 1 : discard(collector, limit);
        }
    }
}

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
        ssize_t got = move(collector, left < CHUNK ? left : CHUNK);
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
    ssize_t got = move(collector, CHUNK);
    for (int moves = 1; got > 0 && moves < FIRST_MOVES; moves++) got = move(collector, CHUNK);
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
            got = move(collector, CHUNK);
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
