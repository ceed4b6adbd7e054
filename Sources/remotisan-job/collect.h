/// The collector: the process that moves a job's output from its FIFO into its log.
#ifndef REMOTISAN_COLLECT_H
#define REMOTISAN_COLLECT_H

#include "job.h"
#include "mask.h"

#include <stddef.h>

/// What survives the death of a collector, in memory that the supervisor and its collectors share.
struct collection {
    _Atomic int has_ended;             ///< whether no writer is left and everything is in the log
    _Atomic long long taken_since_ms;  ///< boot clock when the FIFO was first found locked; 0 if it is not
    _Atomic long long lost;            ///< bytes that could not be written and are not noted in the log yet
    _Atomic unsigned progress;         ///< of the staged transfer, see stage.c
    long long log_end[2];              ///< of the staged transfer: end of the log before and after the batch
    size_t kept;                       ///< of the staged transfer: bytes of the held pipe that belong to the next batch
    size_t saved_max;                  ///< size of one saved state of the mask
    unsigned char saved[];             ///< two states of the mask
};

/// The descriptors and settings of a collector.
struct collecting {
    struct collection *shared;
    const unsigned char *records;  ///< the secrets, see mask.h; NULL if nothing is masked
    size_t records_size;
    int source_fd;  ///< the FIFO, or the master of the terminal
    int is_terminal;
    int held_fd[2];     ///< a pipe that outlives the collector, for the staged transfer; -1 without one
    int control_fd;     ///< socket to the supervisor; -1 without one
    int is_discarding;  ///< the secrets of this job are not known any more, so its output is not stored
    int log_fd;         ///< the open log; -1 if it has to be opened
    int times_fd;       ///< the open index of times; -1 without one
};

/// Moves output until no writer is left, or until the other end of `control_fd` is closed. Returns 1 in the second
/// case: the process that could replace this one is gone. Never fails: output that cannot be written is counted, and
/// the log names the count.
int collect(const struct job *job, struct collecting *given);

#endif
