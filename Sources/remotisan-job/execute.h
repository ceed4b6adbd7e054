/// Replacing the process by a program, as the supervisor and remotisan-as do it.
#ifndef REMOTISAN_EXECUTE_H
#define REMOTISAN_EXECUTE_H

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/// execve(2) with a search along `path`. Returns only after a failure, with errno.
///
/// Not execvp(3), because that passes a file without a #! line to a shell, and no command ever goes through a shell.
static inline void execute(const char *path, char **argv, char **variables)
{
    if (strchr(argv[0], '/') != NULL || path == NULL) {
        execve(argv[0], argv, variables);
        return;
    }
    int denied = 0;
    for (const char *part = path; part != NULL;) {
        const char *colon = strchr(part, ':');
        const size_t count = colon != NULL ? (size_t)(colon - part) : strlen(part);
        char file[4096];
        int length = snprintf(file, sizeof file, "%.*s/%s", (int)count, part, argv[0]);
        // An empty entry would mean the working directory. It is skipped, so that a file there is never run by
        // accident.
        if (count != 0 && length > 0 && (size_t)length < sizeof file) {
            execve(file, argv, variables);
            if (errno == EACCES)
                denied = 1;
            else if (errno != ENOENT && errno != ENOTDIR)
                return;
        }
        part = colon != NULL ? colon + 1 : NULL;
    }
    errno = denied ? EACCES : ENOENT;
}

#endif
