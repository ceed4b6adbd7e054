/// The state of a collector, and one move of output.
#ifndef REMOTISAN_MOVE_H
#define REMOTISAN_MOVE_H

#include "collect.h"
#include "log_file.h"
#include "stage.h"

#include <stddef.h>
#include <sys/types.h>

enum {
    MOVE_MAX = 1 << 20,  ///< bytes that are moved at once
};

/// The state of a collector.
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
int note_loss(struct collector *collector);

/// Moves output once, at most `limit` bytes. Returns their number; 0 if no writer is left; -1 if there is no output.
ssize_t move_output(struct collector *collector, size_t limit);

#endif
