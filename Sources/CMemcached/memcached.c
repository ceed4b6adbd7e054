#include "CMemcached.h"

#include <dlfcn.h>
#include <libmemcached/memcached.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Every function of the library that is used. Its type comes from the library's header.
// clang-format off
#define FUNCTIONS(use)               \
    use(memcached_create)            \
    use(memcached_free)              \
    use(memcached_behavior_set)      \
    use(memcached_server_add)        \
    use(memcached_server_add_unix_socket) \
    use(memcached_mget)              \
    use(memcached_fetch_result)      \
    use(memcached_result_free)       \
    use(memcached_result_value)      \
    use(memcached_result_length)     \
    use(memcached_result_cas)        \
    use(memcached_add)               \
    use(memcached_cas)               \
    use(memcached_last_error_message) \
    use(memcached_strerror)
// clang-format on

#define AS_POINTER(name) __typeof__(&name) name;
static struct {
    FUNCTIONS(AS_POINTER)
} library;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static char load_failure[MEMCACHED_WHY_SIZE];

static void load(void)
{
    // The name without a version is installed by the -dev package only.
    void *handle = dlopen("libmemcached.so.11", RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        snprintf(load_failure, sizeof load_failure, "libmemcached (Debian: libmemcached11) cannot be loaded: %s",
                 dlerror());
        return;
    }
#define FIND(name)                                                                             \
    if (!(library.name = (__typeof__(&name))dlsym(handle, #name))) {                           \
        snprintf(load_failure, sizeof load_failure, "libmemcached has no function %s", #name); \
        return;                                                                                \
    }
    FUNCTIONS(FIND)
}

struct memcached_connection {
    memcached_st *client;
};

static int explain(memcached_st *client, memcached_return_t code, char why[MEMCACHED_WHY_SIZE])
{
    const char *text = library.memcached_last_error_message(client);
    snprintf(why, MEMCACHED_WHY_SIZE, "%s", text && *text ? text : library.memcached_strerror(client, code));
    return -1;
}

struct memcached_connection *memcached_open(const char *host, uint16_t port, int timeout_ms,
                                            char why[MEMCACHED_WHY_SIZE])
{
    pthread_once(&once, load);
    if (load_failure[0]) {
        memcpy(why, load_failure, MEMCACHED_WHY_SIZE);
        return NULL;
    }
    struct memcached_connection *connection = malloc(sizeof *connection);
    memcached_st *client = connection ? library.memcached_create(NULL) : NULL;
    if (!client) {
        snprintf(why, MEMCACHED_WHY_SIZE, "out of memory");
        free(connection);
        return NULL;
    }
    connection->client = client;
    const struct {
        memcached_behavior_t which;
        uint64_t value;
    } behaviours[] = {
        {MEMCACHED_BEHAVIOR_SUPPORT_CAS, 1},
        {MEMCACHED_BEHAVIOR_TCP_NODELAY, 1},
        {MEMCACHED_BEHAVIOR_CONNECT_TIMEOUT, (uint64_t)timeout_ms},
        {MEMCACHED_BEHAVIOR_POLL_TIMEOUT, (uint64_t)timeout_ms},
        {MEMCACHED_BEHAVIOR_SND_TIMEOUT, (uint64_t)timeout_ms * 1000},
        {MEMCACHED_BEHAVIOR_RCV_TIMEOUT, (uint64_t)timeout_ms * 1000},
    };
    memcached_return_t code = MEMCACHED_SUCCESS;
    for (size_t i = 0; i < sizeof behaviours / sizeof *behaviours && code == MEMCACHED_SUCCESS; i++)
        code = library.memcached_behavior_set(client, behaviours[i].which, behaviours[i].value);
    if (code == MEMCACHED_SUCCESS)
        code = port ? library.memcached_server_add(client, host, port)
                    : library.memcached_server_add_unix_socket(client, host);
    if (code == MEMCACHED_SUCCESS) return connection;
    explain(client, code, why);
    memcached_shut(connection);
    return NULL;
}

void memcached_shut(struct memcached_connection *connection)
{
    library.memcached_free(connection->client);
    free(connection);
}

int memcached_read(struct memcached_connection *connection, const char *key, size_t key_length,
                   struct memcached_item *item, char why[MEMCACHED_WHY_SIZE])
{
    memcached_st *client = connection->client;
    memset(item, 0, sizeof *item);
    // memcached_get returns no version (CAS value). Only memcached_mget does.
    memcached_return_t code = library.memcached_mget(client, &key, &key_length, 1);
    if (code != MEMCACHED_SUCCESS) return explain(client, code, why);
    memcached_result_st *result;
    // Fetch until the end. Otherwise the next request would read the rest of this answer.
    while ((result = library.memcached_fetch_result(client, NULL, &code))) {
        free(item->value);
        item->length = library.memcached_result_length(result);
        item->version = library.memcached_result_cas(result);
        item->value = malloc(item->length + 1);
        if (item->value && item->length) memcpy(item->value, library.memcached_result_value(result), item->length);
        library.memcached_result_free(result);
        if (!item->value) {
            snprintf(why, MEMCACHED_WHY_SIZE, "out of memory");
            return -1;
        }
    }
    if (code == MEMCACHED_END || code == MEMCACHED_NOTFOUND || code == MEMCACHED_SUCCESS) return 0;
    free(item->value);
    item->value = NULL;
    return explain(client, code, why);
}

int memcached_write(struct memcached_connection *connection, const char *key, size_t key_length, const char *value,
                    size_t length, int must_be_new, uint64_t version, char why[MEMCACHED_WHY_SIZE])
{
    memcached_st *client = connection->client;
    memcached_return_t code = must_be_new
                                  ? library.memcached_add(client, key, key_length, value, length, 0, 0)
                                  : library.memcached_cas(client, key, key_length, value, length, 0, 0, version);
    switch (code) {
    case MEMCACHED_SUCCESS: return 1;
    // NOTFOUND: the item was removed after it was read.
    case MEMCACHED_NOTSTORED:
    case MEMCACHED_DATA_EXISTS:
    case MEMCACHED_NOTFOUND: return 0;
    default: return explain(client, code, why);
    }
}
