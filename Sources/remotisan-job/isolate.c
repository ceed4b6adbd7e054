/// `isolation: landlock`: keeps the command out of the files of the service.
///
/// Landlock, landlock(7), only knows what is allowed. So the rules allow everything beside the way to each protected
/// path: with /var/lib/remotisan protected, all entries of /, of /var and of /var/lib but those on the way. What
/// appears later directly in a directory on the way is denied. Listing directories is allowed everywhere.

#define _GNU_SOURCE
#include "job.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// The definitions of linux/landlock.h, which musl does not have.
enum { RULESET_VERSION = 1, PATH_BENEATH = 1 };
enum rights {
    EXECUTE = 1 << 0,
    WRITE_FILE = 1 << 1,
    READ_FILE = 1 << 2,
    READ_DIRECTORY = 1 << 3,
    ALL_OF_VERSION_1 = (1 << 13) - 1,
    MOVE = 1 << 13,      ///< since version 2. Before, no file can be moved to another directory.
    TRUNCATE = 1 << 14,  ///< since version 3
};

struct rule {
    uint64_t rights;
    int32_t parent_fd;
} __attribute__((packed));

struct ruleset {
    const struct job *job;
    int ruleset_fd;
    uint64_t rights;  ///< all rights that this kernel knows
};

/// Allows rights for a path and everything below it. A path that is gone, or that cannot be opened, stays denied.
static int allow(const struct ruleset *ruleset, const char *path, uint64_t rights)
{
    struct stat status;
    struct rule rule = {.rights = rights, .parent_fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC)};
    if (rule.parent_fd < 0) return 0;
    int result = 0;
    if (fstat(rule.parent_fd, &status) == 0 && !S_ISLNK(status.st_mode)) {
        if (!S_ISDIR(status.st_mode)) rule.rights &= EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE;
        result = (int)syscall(SYS_landlock_add_rule, ruleset->ruleset_fd, PATH_BENEATH, &rule, 0);
    }
    const int error = errno;
    close(rule.parent_fd);
    errno = error;
    return result == 0 || error == EBADFD ? 0 : -1;  // EBADFD: a file system of the kernel itself
}

/// Whether a path is a protected one (1), or on the way to one (2), or neither (0).
static int place(const struct job *job, const char *path)
{
    const size_t length = strlen(path);
    int found = 0;
    for (int i = 0; i < job->protected_count; i++) {
        if (strncmp(job->protected_paths[i], path, length) != 0) continue;
        if (job->protected_paths[i][length] == '\0') return 1;
        if (job->protected_paths[i][length] == '/') found = 2;
    }
    return found;
}

/// Allows all entries of a directory that are not on the way to a protected path. `path` is empty for the root.
static int allow_around(const struct ruleset *ruleset, const char *path)
{
    char entry[PATH_MAX];
    DIR *directory = opendir(*path == '\0' ? "/" : path);
    if (directory == NULL) return 0;  // entries that cannot be listed stay denied
    const struct dirent *item;
    int result = 0;
    while (result == 0 && (item = readdir(directory)) != NULL) {
        const int length = snprintf(entry, sizeof entry, "%s/%s", path, item->d_name);
        if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0 || length < 0
            || (size_t)length >= sizeof entry)
            continue;
        switch (place(ruleset->job, entry)) {
        case 0: result = allow(ruleset, entry, ruleset->rights); break;
        case 2: result = allow_around(ruleset, entry); break;
        default: break;
        }
    }
    closedir(directory);
    return result;
}

int isolate(const struct job *job)
{
    const int version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, RULESET_VERSION);
    if (version < 1) return -1;
    struct ruleset ruleset = {.job = job, .rights = ALL_OF_VERSION_1};
    if (version >= 2) ruleset.rights |= MOVE;
    if (version >= 3) ruleset.rights |= TRUNCATE;
    const uint64_t handled = ruleset.rights;
    ruleset.ruleset_fd = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
    if (ruleset.ruleset_fd < 0 || allow(&ruleset, "/", READ_DIRECTORY) != 0 || allow_around(&ruleset, "") != 0)
        return -1;
    for (int i = 0; i < job->kept_count; i++)
        if (allow(&ruleset, job->kept_paths[i], EXECUTE | READ_FILE | READ_DIRECTORY) != 0) return -1;
    // /dev/stdout and /dev/stderr are opened again by this name.
    if (job->fifo != NULL && allow(&ruleset, job->fifo, READ_FILE | WRITE_FILE | (ruleset.rights & TRUNCATE)) != 0)
        return -1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    const int result = (int)syscall(SYS_landlock_restrict_self, ruleset.ruleset_fd, 0);
    close(ruleset.ruleset_fd);
    return result;
}
