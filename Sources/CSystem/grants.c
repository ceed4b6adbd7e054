/// Access control lists, acl(5), by their extended attribute: no library is needed for one entry.

#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

static const char attribute[] = "system.posix_acl_access";

enum { VERSION = 2, ENTRIES_MAX = 64 };
enum tag { OWNER = 0x01, USER = 0x02, OWNER_GROUP = 0x04, GROUP = 0x08, MASK = 0x10, OTHERS = 0x20 };

/// The attribute, as the kernel reads it on machines with little-endian byte order. Others are refused.
struct list {
    uint32_t version;
    struct entry {
        uint16_t tag;
        uint16_t permissions;
        uint32_t id;
    } entries[ENTRIES_MAX];
};

/// Reads the list of a file, or makes it from the mode. Returns the number of entries, or -1.
static int read_list(const char *path, struct list *list)
{
    struct stat status;
    const ssize_t size = lgetxattr(path, attribute, list, sizeof *list);
    if (size >= (ssize_t)sizeof list->version) return (int)((size_t)size / sizeof *list->entries);
    if (size >= 0 || errno != ENODATA || lstat(path, &status) != 0) return -1;
    *list = (struct list){.version = VERSION,
                          .entries = {{OWNER, status.st_mode >> 6 & 7, UINT32_MAX},
                                      {OWNER_GROUP, status.st_mode >> 3 & 7, UINT32_MAX},
                                      {MASK, status.st_mode >> 3 & 7, UINT32_MAX},
                                      {OTHERS, status.st_mode & 7, UINT32_MAX}}};
    return 4;
}

int system_grant(const char *path, uid_t user, unsigned permissions)
{
    struct list list;
    const uint16_t one = 1;
    int count = read_list(path, &list), own = 0, is_granted = 0;
    if (count < 0) return -1;
    if (*(const uint8_t *)&one != 1 || count >= ENTRIES_MAX) {
        errno = EOPNOTSUPP;
        return -1;
    }
    for (int i = 0; i < count; i++) {
        const int is_complete = (list.entries[i].permissions & permissions) == permissions;
        if (list.entries[i].tag == USER && list.entries[i].id == user) own = i;
        // The mask limits all entries. chmod(2) changes it.
        if ((own == i && own != 0) || list.entries[i].tag == MASK) is_granted += is_complete;
    }
    if (own != 0 && is_granted == 2) return 0;
    if (own == 0) {
        // Behind the owner, with whom every list begins.
        own = 1;
        memmove(list.entries + 2, list.entries + 1, (size_t)(count - 1) * sizeof *list.entries);
        list.entries[own] = (struct entry){.tag = USER, .permissions = 0, .id = user};
        count++;
    }
    for (int i = 0; i < count; i++) {
        if (i == own || list.entries[i].tag == MASK) list.entries[i].permissions |= (uint16_t)permissions;
    }
    return lsetxattr(path, attribute, &list, sizeof list.version + (size_t)count * sizeof *list.entries, 0);
}
