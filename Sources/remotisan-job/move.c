/// One move of output from the FIFO into the log.
///
/// Output that needs no change is moved by splice(2) from the FIFO to the held pipe, and from there to the log. The
/// kernel does each in one step: a byte leaves the held pipe, which outlives the collector, when it is in the log. So
/// SIGKILL at any moment neither loses nor repeats output, and the next collector continues at the end of the log.
/// Other output goes through the stage, see stage.c.

#define _GNU_SOURCE
#include "move.h"
#include "collect.h"
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum {
    BUSY_PIPE = 64 * 1024,  ///< a FIFO that holds this much gets more room
};

int note_loss(struct collector *collector)
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

ssize_t move_output(struct collector *collector, size_t limit)
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
        collector->has_room = fcntl(source_fd, F_SETPIPE_SZ, MOVE_MAX) == MOVE_MAX;
        if (!collector->is_staged) fcntl(collector->given->held_fd[1], F_SETPIPE_SZ, MOVE_MAX);
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
