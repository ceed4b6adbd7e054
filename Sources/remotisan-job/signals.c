/// Signals: what the supervisor and the collector ignore, and the defaults that the command starts with.

#define _GNU_SOURCE
#include "job.h"

#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

void ignore_signals(void)
{
    static const int ignored[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGPIPE, SIGALRM,
                                  SIGUSR1, SIGUSR2, SIGTSTP, SIGTTIN, SIGTTOU, SIGXFSZ};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
}

void reset_signals(void)
{
    // By the system call, because signal(3) refuses the signals 32 and 33, which glibc reserves, and posix_spawn(3)
    // leaves exactly these two ignored. For the kernel, a struct sigaction of zeros is SIG_DFL without flags.
    static const unsigned long defaults[8];
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int number = 1; number < _NSIG; number++) syscall(SYS_rt_sigaction, number, defaults, NULL, _NSIG / 8);
}
