/// The calls of libmemcached that a kill list needs.
///
/// The first memcached_open loads the library with dlopen(3). The library depends on libsasl2 and libcrypto, and
/// processes that do not use memcached should not load these.
#ifndef REMOTISAN_CMEMCACHED_H
#define REMOTISAN_CMEMCACHED_H

#include <stddef.h>
#include <stdint.h>

/// A connection to one server. Only one thread may use it at a time.
struct memcached_connection;

enum { MEMCACHED_WHY_SIZE = 256 };

/// The value of an item, and its version.
struct memcached_item {
    /// NULL if the item does not exist. The caller frees it with free(3).
    char *value;
    size_t length;
    uint64_t version;
};

/// Creates a connection without contacting the server. If `port` is 0, `host` is the path of a Unix socket.
/// Returns NULL and fills `why` on failure.
struct memcached_connection *memcached_open(const char *host, uint16_t port, int timeout_ms,
                                            char why[MEMCACHED_WHY_SIZE]);

/// Closes a connection.
void memcached_shut(struct memcached_connection *connection);

/// Reads an item. Returns 0, or -1 with `why` filled.
int memcached_read(struct memcached_connection *connection, const char *key, size_t key_length,
                   struct memcached_item *item, char why[MEMCACHED_WHY_SIZE]);

/// Writes an item that never expires, if it still has `version`, or with `must_be_new` if it does not exist.
/// Returns 1 if it was written, 0 if another client changed it first, and -1 with `why` filled on failure.
int memcached_write(struct memcached_connection *connection, const char *key, size_t key_length, const char *value,
                    size_t length, int must_be_new, uint64_t version, char why[MEMCACHED_WHY_SIZE]);

#endif
