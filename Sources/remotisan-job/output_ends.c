/// What a job writes into: a FIFO or a terminal.

#define _GNU_SOURCE
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

int output_open_terminal(const struct job *job, struct output *output)
{
    struct winsize size = {.ws_col = job->columns, .ws_row = job->rows};
    struct termios settings;
    char name[64];
    output->holder_fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (output->holder_fd < 0 || grantpt(output->holder_fd) != 0 || unlockpt(output->holder_fd) != 0
        || ptsname_r(output->holder_fd, name, sizeof name) != 0)
        return -1;
    output->command_fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (output->command_fd < 0 || tcgetattr(output->command_fd, &settings) != 0) return -1;
    settings.c_oflag &= (tcflag_t)~OPOST;
    settings.c_lflag &= (tcflag_t) ~(ECHO | ICANON | ISIG);
    if (tcsetattr(output->command_fd, TCSANOW, &settings) != 0) return -1;
    // Others may write, as to a FIFO: `sudo -u other` opens /dev/stderr again.
    if (fchmod(output->command_fd, 0622) != 0) return -1;
    return ioctl(output->holder_fd, TIOCSWINSZ, &size);
}

/// Opens a FIFO. Fails with EPERM if it is none, or belongs to another user. Returns a descriptor, or -1 with errno.
static int open_own_fifo(const char *path, int flags)
{
    struct stat status;
    const int fifo_fd = open(path, flags | O_NOFOLLOW | O_CLOEXEC);
    if (fifo_fd < 0) return -1;
    if (fstat(fifo_fd, &status) == 0 && S_ISFIFO(status.st_mode) && status.st_uid == geteuid()) return fifo_fd;
    close(fifo_fd);
    errno = EPERM;
    return -1;
}

int output_open_held(const struct job *job, struct output *output)
{
    if (mkfifo(job->held, 0600) != 0 && errno != EEXIST) return -1;
    for (int end = 0; end < 2; end++) {
        output->held_fd[end] = open_own_fifo(job->held, O_RDWR | O_NONBLOCK);
        if (output->held_fd[end] < 0) return -1;
    }
    return 0;
}

int output_open_fifo(const struct job *job, struct output *output)
{
    if (mkfifo(job->fifo, 0622) != 0 || chmod(job->fifo, 0622) != 0) return -1;
    output->command_fd = open_own_fifo(job->fifo, O_RDWR);
    output->holder_fd = open_own_fifo(job->fifo, O_RDONLY | O_NONBLOCK);
    return output->command_fd < 0 || output->holder_fd < 0 ? -1 : 0;
}

void output_remove(const struct job *job)
{
    if (job->held != NULL) unlink(job->held);
    if (job->fifo != NULL) unlink(job->fifo);
}
