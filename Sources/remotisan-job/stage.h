/// The staged transfer: output that has to pass the mask, or that the kernel cannot move into the log by itself.
#ifndef REMOTISAN_STAGE_H
#define REMOTISAN_STAGE_H

#include "collect.h"
#include "log_file.h"
#include "mask.h"

/// A batch is at most what a pipe of default size holds.
enum { STAGE_BATCH = MASK_CHUNK };

struct stage {
    struct collection *shared;
    struct mask *mask;  ///< NULL: the bytes are not changed
    int held_fd[2];     ///< the batch, in a pipe that outlives the collector
    int copy_fd[2];     ///< a copy of the batch
    unsigned char *chunk;
    unsigned char *output;
};

/// Prepares the stage. Returns 0, or -1 with errno.
int stage_open(struct stage *stage, const struct collecting *given);

/// Completes the batch that a dead collector has left. Returns 0, or -1 with errno if the log does not take it.
int stage_recover(struct stage *stage, struct log *log);

/// Moves at most `limit` bytes. Returns their number; 0 if no writer is left; -1 with errno: EAGAIN if there is no
/// output, another error if the log does not take the output, which is then lost and counted.
ssize_t stage_move(struct stage *stage, int source_fd, struct log *log, size_t limit);

/// Writes what the mask holds back. Returns 0, or -1 with errno.
int stage_flush(struct stage *stage, struct log *log);

#endif
