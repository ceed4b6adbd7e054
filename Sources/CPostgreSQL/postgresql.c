#include "CPostgreSQL.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <postgresql/libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Every function of the library that is used. Its type comes from the library's header.
// clang-format off
#define FUNCTIONS(use)         \
    use(PQconnectdbParams)     \
    use(PQfinish)              \
    use(PQstatus)              \
    use(PQsocket)              \
    use(PQerrorMessage)        \
    use(PQsetNoticeProcessor)  \
    use(PQsetnonblocking)      \
    use(PQenterPipelineMode)   \
    use(PQpipelineSync)        \
    use(PQsendPrepare)         \
    use(PQsendQueryPrepared)   \
    use(PQsendQueryParams)     \
    use(PQflush)               \
    use(PQconsumeInput)        \
    use(PQisBusy)              \
    use(PQgetResult)           \
    use(PQclear)               \
    use(PQresultStatus)        \
    use(PQresultErrorField)    \
    use(PQntuples)             \
    use(PQnfields)             \
    use(PQgetvalue)            \
    use(PQgetisnull)           \
    use(PQgetlength)           \
    use(PQcmdTuples)
// clang-format on

#define AS_POINTER(name) __typeof__(&name) name;
static struct {
    FUNCTIONS(AS_POINTER)
} library;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static char load_failure[POSTGRES_WHY_SIZE];

static void load(void)
{
    // The name without a version is installed by the -dev package only.
    void *handle = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        snprintf(load_failure, sizeof load_failure, "libpq (Debian: libpq5) cannot be loaded: %s", dlerror());
        return;
    }
#define FIND(name)                                                                                                 \
    if (!(library.name = (__typeof__(&name))dlsym(handle, #name))) {                                               \
        snprintf(load_failure, sizeof load_failure, "libpq has no function %s: it must be of version 14 or later", \
                 #name);                                                                                           \
        return;                                                                                                    \
    }
    FUNCTIONS(FIND)
}

static PGconn *raw(struct postgres_connection *connection)
{
    return (PGconn *)connection;
}
static const PGresult *content(const struct postgres_result *result)
{
    return (const PGresult *)result;
}

/// Copies a message of the library as one line, without its last full stop.
static void copy_words(char why[POSTGRES_WHY_SIZE], const char *words)
{
    size_t length = 0;
    for (; *words && length < POSTGRES_WHY_SIZE - 1; words++) {
        if (*words == '\n' && !words[1]) break;
        why[length++] = *words == '\n' || *words == '\t' ? ' ' : *words;
    }
    while (length && (why[length - 1] == ' ' || why[length - 1] == '.')) length--;
    why[length] = 0;
}

static int explain(struct postgres_connection *connection, struct postgres_failure *failure)
{
    const char *words = library.PQerrorMessage(raw(connection));
    failure->sqlstate[0] = 0;
    copy_words(failure->why, words && *words ? words : "the server closed the connection");
    return -1;
}

// Without this the library prints the server's notices to standard error.
static void ignore_notice(void *argument, const char *message)
{
    (void)argument;
    (void)message;
}

struct postgres_connection *postgres_open(const char *const *keywords, const char *const *values,
                                          struct postgres_failure *failure)
{
    failure->sqlstate[0] = 0;
    pthread_once(&once, load);
    if (load_failure[0]) {
        memcpy(failure->why, load_failure, POSTGRES_WHY_SIZE);
        return NULL;
    }
    struct postgres_connection *connection =
        (struct postgres_connection *)library.PQconnectdbParams(keywords, values, 0);
    if (!connection) {
        copy_words(failure->why, "out of memory");
        return NULL;
    }
    library.PQsetNoticeProcessor(raw(connection), ignore_notice, NULL);
    if (library.PQstatus(raw(connection)) == CONNECTION_OK && library.PQsetnonblocking(raw(connection), 1) == 0
        && library.PQenterPipelineMode(raw(connection)))
        return connection;
    explain(connection, failure);
    postgres_shut(connection);
    return NULL;
}

void postgres_shut(struct postgres_connection *connection)
{
    library.PQfinish(raw(connection));
}

int postgres_is_alive(struct postgres_connection *connection)
{
    struct pollfd socket = {.fd = library.PQsocket(raw(connection)), .events = POLLIN};
    // An idle connection is readable if the server closed it, and rarely if the server reports a changed setting.
    return poll(&socket, 1, 0) == 0;
}

int postgres_prepare(struct postgres_connection *connection, const char *name, const char *sql,
                     struct postgres_failure *failure)
{
    return library.PQsendPrepare(raw(connection), name, sql, 0, NULL) ? 0 : explain(connection, failure);
}

int postgres_send(struct postgres_connection *connection, const char *name, const char *sql, int count,
                  const char *const *values, struct postgres_failure *failure)
{
    int sent = name ? library.PQsendQueryPrepared(raw(connection), name, count, values, NULL, NULL, 0)
                    : library.PQsendQueryParams(raw(connection), sql, count, NULL, values, NULL, NULL, 0);
    return sent ? 0 : explain(connection, failure);
}

int postgres_sync(struct postgres_connection *connection, struct postgres_failure *failure)
{
    return library.PQpipelineSync(raw(connection)) ? 0 : explain(connection, failure);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/// Sends and reads until an answer has arrived. Returns 0, or -1 with `failure` filled.
static int await(struct postgres_connection *connection, int64_t timeout_ms, struct postgres_failure *failure)
{
    int64_t deadline = now_ms() + timeout_ms;
    for (;;) {
        int unsent = library.PQflush(raw(connection));
        if (unsent < 0) return explain(connection, failure);
        if (!library.PQisBusy(raw(connection))) return 0;
        int64_t left = timeout_ms < 0 ? 60000 : deadline - now_ms();
        struct pollfd socket = {.fd = library.PQsocket(raw(connection)),
                                .events = (short)(POLLIN | (unsent ? POLLOUT : 0))};
        int ready = left > 0 ? poll(&socket, 1, left > 60000 ? 60000 : (int)left) : 0;
        if (ready < 0 && errno != EINTR) {
            failure->sqlstate[0] = 0;
            snprintf(failure->why, sizeof failure->why, "poll: %s", strerror(errno));
            return -1;
        }
        if (ready > 0 && !library.PQconsumeInput(raw(connection))) return explain(connection, failure);
        if (timeout_ms >= 0 && now_ms() >= deadline && library.PQisBusy(raw(connection))) {
            failure->sqlstate[0] = 0;
            copy_words(failure->why, "the server does not answer");
            return -1;
        }
    }
}

/// Fills `failure` from a result. A failure of the connection has no SQLSTATE, or it has one and the connection is
/// closed.
static int explain_result(struct postgres_connection *connection, PGresult *result, struct postgres_failure *failure)
{
    const char *code = library.PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *words = library.PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (!code || library.PQstatus(raw(connection)) != CONNECTION_OK) return explain(connection, failure);
    snprintf(failure->sqlstate, sizeof failure->sqlstate, "%s", code);
    copy_words(failure->why, words ? words : "no message");
    return -1;
}

int postgres_next(struct postgres_connection *connection, int64_t timeout_ms, struct postgres_result **result,
                  struct postgres_failure *failure)
{
    *result = NULL;
    if (await(connection, timeout_ms, failure) < 0) return -1;
    PGresult *answer = library.PQgetResult(raw(connection));
    if (!answer) return explain(connection, failure);
    ExecStatusType status = library.PQresultStatus(answer);
    int code = -1;
    switch (status) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
        *result = (struct postgres_result *)answer;
        code = 1;
        break;
    case PGRES_PIPELINE_SYNC: code = 0; break;
    case PGRES_PIPELINE_ABORTED: code = -2; break;
    default: explain_result(connection, answer, failure); break;
    }
    if (code != 1) library.PQclear(answer);
    if (code == 0 || (code == -1 && !failure->sqlstate[0])) return code;
    // A NULL follows each result except the one of the sync.
    if (await(connection, timeout_ms, failure) == 0) {
        PGresult *more = library.PQgetResult(raw(connection));
        if (!more) return code;
        library.PQclear(more);
        failure->sqlstate[0] = 0;
        copy_words(failure->why, "the server sent more results than expected");
    }
    if (*result) postgres_forget(*result);
    *result = NULL;
    return -1;
}

void postgres_forget(struct postgres_result *result)
{
    library.PQclear((PGresult *)result);
}

int postgres_rows(const struct postgres_result *result)
{
    return library.PQntuples(content(result));
}

int postgres_columns(const struct postgres_result *result)
{
    return library.PQnfields(content(result));
}

const char *postgres_value(const struct postgres_result *result, int row, int column, int *length)
{
    if (library.PQgetisnull(content(result), row, column)) return NULL;
    *length = library.PQgetlength(content(result), row, column);
    return library.PQgetvalue(content(result), row, column);
}

int64_t postgres_changed(struct postgres_result *result)
{
    return strtoll(library.PQcmdTuples((PGresult *)result), NULL, 10);
}
