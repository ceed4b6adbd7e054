/// Where a job's output goes, and the collectors that move it into the log.
#ifndef REMOTISAN_OUTPUT_H
#define REMOTISAN_OUTPUT_H

#include "collect.h"
#include "job.h"

#include <stddef.h>

/// The output of a job, as its supervisor sees it.
///
/// The command writes to a FIFO with a name, and not to a pipe without one, for two reasons. A script that opens
/// /dev/stderr again gets the same FIFO. And if supervisor and collector are ended together, a broker finds the FIFO
/// and starts another collector. The command opens it for reading and writing, so it never gets SIGPIPE.
struct output {
    struct collection *shared;
    unsigned char *records;  ///< the secrets, or NULL
    size_t records_size;
    int command_fd;  ///< for the command: the FIFO, or the terminal
    int holder_fd;   ///< keeps the output without a collector: the reading end of the FIFO, or the terminal's master
    int held_fd[2];  ///< see struct collecting
    int log_fd;      ///< the open log, for the first collector only; otherwise -1
    int times_fd;    ///< the same for the index of times
    int control_fd;  ///< to the present collector
    long long started_ms;  ///< boot clock at the start of the present collector
    int pid_fd;            ///< pidfd of the present collector, or -1
    int is_supervised;     ///< whether this process is the supervisor
    int is_discarding;     ///< see struct collecting
};

/// Creates the FIFO or the terminal, and starts the first collector. Returns 0, or -1 with `failure` filled.
int output_open(const struct job *job, struct output *output, struct failure *failure);

/// Closes what only the supervisor and the command need.
void output_close(struct output *output);

/// Creates the terminal of a job. Its output is not changed: no line end becomes two characters. Returns 0, or -1 with
/// errno.
int output_open_terminal(const struct job *job, struct output *output);

/// Creates the FIFO of a job. Returns 0, or -1 with errno.
int output_open_fifo(const struct job *job, struct output *output);

/// Opens the held pipe of a job by its name, and creates it if it is missing. Returns 0, or -1 with errno.
int output_open_held(const struct job *job, struct output *output);

/// Removes the names of the FIFOs. Processes that have them open keep them.
void output_remove(const struct job *job);

/// Starts another collector if the present one was ended before the end of the output.
void output_tend(const struct job *job, struct output *output);

/// Waits until all output that the command has written is in the log. Returns 0, or -1 if that takes more than 10 s,
/// because the disk hangs or every new collector is ended, too.
int output_drain(const struct job *job, struct output *output);

/// Takes over the FIFO of a job whose supervisor and collector were ended, in a process of its own. Returns the exit
/// status for this process: 0 if output is collected now, by the new process or by another.
int output_take_over(const struct job *job);

#endif
