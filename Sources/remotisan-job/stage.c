/// A batch passes three steps, so that SIGKILL between any two of them neither loses nor repeats a byte:
///
/// 1. splice(2) moves the batch from the job's FIFO into the held pipe. The supervisor has that pipe, too, so the batch
///    outlives the collector.
/// 2. A copy of the batch, made by tee(2), is masked and written to the log at a known position. A new collector writes
///    the same bytes at the same position.
/// 3. `progress` says that the log has the batch. The batch is removed from the held pipe, and `progress` says that,
///    too.
///
/// `progress` counts steps: even before a batch is in the log, odd after that. progress / 2 is the number of batches,
/// and its parity selects one of two saved states of the mask.

#define _GNU_SOURCE
#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned char *saved(struct collection *shared, unsigned batch)
{
    return shared->saved + (batch & 1) * shared->saved_max;
}

int stage_open(struct stage *stage, const struct collecting *given)
{
    *stage = (struct stage){.shared = given->shared, .held_fd = {given->held_fd[0], given->held_fd[1]}};
    if (given->records != NULL && (stage->mask = mask_create(given->records, given->records_size)) == NULL) return -1;
    stage->chunk = malloc(STAGE_BATCH);
    stage->output = stage->mask != NULL ? malloc(mask_output_max(stage->mask)) : stage->chunk;
    if (stage->chunk == NULL || stage->output == NULL) return -1;
    return pipe2(stage->copy_fd, O_CLOEXEC | O_NONBLOCK);
}

/// Removes the batch from the held pipe, and makes the state after it the present one.
static void finish(struct stage *stage)
{
    const size_t kept = stage->shared->kept;
    size_t count;
    while ((count = pipe_pending(stage->held_fd[0])) > kept) {
        count -= kept;
        if (read(stage->held_fd[0], stage->chunk, count < STAGE_BATCH ? count : STAGE_BATCH) < 0 && errno != EINTR)
            break;
    }
    stage->shared->progress++;
}

/// Writes the output of a batch, or of the end of the stream, and records that it is in the log.
static int commit(struct stage *stage, struct log *log, size_t length, size_t kept)
{
    struct collection *shared = stage->shared;
    const unsigned next = shared->progress / 2 + 1;
    if (stage->mask != NULL) mask_save(stage->mask, saved(shared, next));
    const int error = log_write(log, stage->output, length) == 0 ? 0 : errno;
    if (error != 0) shared->lost += (long long)length;
    shared->log_end[next & 1] = log->offset;
    shared->kept = kept;
    shared->progress++;
    finish(stage);
    errno = error;
    return error == 0 ? 0 : -1;
}

/// Steps 2 and 3 for the bytes in the held pipe.
static int process(struct stage *stage, struct log *log)
{
    int error = 0;
    size_t count;
    while ((count = pipe_pending(stage->held_fd[0])) > 0) {
        // The copy may be smaller than the batch, if the kernel grants this user no more room in pipes; pipe(7),
        // pipe-user-pages-soft.
        ssize_t copied = tee(stage->held_fd[0], stage->copy_fd[1], STAGE_BATCH, SPLICE_F_NONBLOCK);
        if (copied <= 0) return -1;
        const size_t asked = (size_t)copied;
        while ((copied = read(stage->copy_fd[0], stage->chunk, asked)) < 0 && errno == EINTR) continue;
        if (copied <= 0) return -1;
        size_t length = (size_t)copied;
        if (stage->mask != NULL) length = mask_feed(stage->mask, stage->chunk, length, stage->output);
        if (commit(stage, log, length, count - (size_t)copied) != 0) error = errno;
    }
    errno = error;
    return error == 0 ? 0 : -1;
}

int stage_recover(struct stage *stage, struct log *log)
{
    struct collection *shared = stage->shared;
    if (shared->progress == 0 && pipe_pending(stage->held_fd[0]) == 0) {
        shared->log_end[0] = log->offset;
        if (stage->mask != NULL) mask_save(stage->mask, saved(shared, 0));
        return 0;
    }
    if (shared->progress & 1) finish(stage);
    const unsigned batch = shared->progress / 2;
    if (stage->mask != NULL) mask_restore(stage->mask, saved(shared, batch));
    // The dead collector may have written the batch, or a part of it. It is written again at the same position.
    if (log->offset > shared->log_end[batch & 1]) log->offset = shared->log_end[batch & 1];
    return process(stage, log);
}

ssize_t stage_move(struct stage *stage, int source_fd, struct log *log, size_t limit)
{
    struct collection *shared = stage->shared;
    shared->log_end[(shared->progress / 2) & 1] = log->offset;
    const size_t room = log_room(log, limit < STAGE_BATCH ? limit : STAGE_BATCH);
    ssize_t got = splice(source_fd, NULL, stage->held_fd[1], NULL, room, SPLICE_F_NONBLOCK);
    // EIO: every process has closed the terminal.
    if (got <= 0) return got < 0 && errno == EIO ? 0 : got;
    return process(stage, log) == 0 ? got : -1;
}

int stage_flush(struct stage *stage, struct log *log)
{
    if (stage->mask == NULL) return 0;
    return commit(stage, log, mask_end(stage->mask, stage->output), 0);
}
