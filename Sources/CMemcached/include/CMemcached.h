/// The few calls of libmemcached that a kill list needs.
///
/// The library is loaded (dlopen(3)) by the first memcached_open: it brings libsasl2 and libcrypto along, and only who
/// uses memcached should pay for them, in each process.
#ifndef REMOTISAN_CMEMCACHED_H
#define REMOTISAN_CMEMCACHED_H

#include <stddef.h>
#include <stdint.h>

/// A connection to one server. It belongs to one thread at a time.
struct memcached_connection;

enum { MEMCACHED_WHY_SIZE = 256 };

/// What an item held, and its version.
struct memcached_item {
    /// NULL if there is no such item; else to be given to free(3).
    char *value;
    size_t length;
    uint64_t version;
};

/// Makes a connection; the server is not asked yet. `port` 0: `host` is the path of a Unix socket.
/// NULL if that cannot be done; then `why` says it.
struct memcached_connection *memcached_open(const char *host, uint16_t port, int timeout_ms,
                                            char why[MEMCACHED_WHY_SIZE]);

/// Ends it.
void memcached_shut(struct memcached_connection *connection);

/// Reads an item. 0, or -1 and `why`.
int memcached_read(struct memcached_connection *connection, const char *key, size_t key_length,
                   struct memcached_item *item, char why[MEMCACHED_WHY_SIZE]);

/// Writes an item if it still has `version`, or, where `must_be_new`, if there is none. It never expires.
/// 1 if it was written, 0 if somebody else was faster, -1 and `why` if the server did not answer so.
int memcached_write(struct memcached_connection *connection, const char *key, size_t key_length, const char *value,
                    size_t length, int must_be_new, uint64_t version, char why[MEMCACHED_WHY_SIZE]);

#endif
