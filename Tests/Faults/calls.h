/// Which system calls are worth a kill, and which can fail how.
#ifndef REMOTISAN_CALLS_H
#define REMOTISAN_CALLS_H

#include <sys/types.h>
#include <sys/user.h>

/// Whether a kill at the call that a stopped process begins differs from a kill at the call before it. Calls that only ask,
/// compute, map memory or read proc(5) change nothing that outlives the process.
int has_effect(pid_t pid, const struct user_regs_struct *registers);

/// Whether the kernel can let the call that a stopped process begins fail with `error`.
int can_fail(pid_t pid, const struct user_regs_struct *registers, int error);

#endif
