/// The few calls of libpq that an audit store needs.
///
/// The library is loaded (dlopen(3)) by the first postgres_open: it brings libssl, libldap and libkrb5 along, and only
/// who uses PostgreSQL should pay for them, in each process.
#ifndef REMOTISAN_CPOSTGRESQL_H
#define REMOTISAN_CPOSTGRESQL_H

#include <stdint.h>

/// A connection to one server, always in pipeline mode. It belongs to one thread at a time.
struct postgres_connection;

/// What a statement gave.
struct postgres_result;

enum { POSTGRES_WHY_SIZE = 512 };

/// Why something failed.
struct postgres_failure {
    /// The server's code (PostgreSQL's manual, appendix A); empty where the server did not answer.
    char sqlstate[6];
    /// One line, without its last full stop.
    char why[POSTGRES_WHY_SIZE];
};

/// Connects, as PQconnectdbParams does with these keywords; `keywords` ends with NULL.
/// NULL if that cannot be done; then `failure` says why.
struct postgres_connection *postgres_open(const char *const *keywords, const char *const *values,
                                          struct postgres_failure *failure);

/// Ends it.
void postgres_shut(struct postgres_connection *connection);

/// Whether a connection that nobody uses is still there, without asking the server: one that was closed from the other
/// side has something to read.
int postgres_is_alive(struct postgres_connection *connection);

/// Sends, without waiting, the preparation of a statement. -1 and `failure` if it cannot be sent.
int postgres_prepare(struct postgres_connection *connection, const char *name, const char *sql,
                     struct postgres_failure *failure);

/// Sends, without waiting, a statement with values as text (NULL: null): a prepared one by its name, or where `name` is
/// NULL by its text. -1 and `failure` if it cannot be sent.
int postgres_send(struct postgres_connection *connection, const char *name, const char *sql, int count,
                  const char *const *values, struct postgres_failure *failure);

/// Ends what belongs together: what was sent since the last time is one transaction, unless it says otherwise.
/// -1 and `failure` if it cannot be sent.
int postgres_sync(struct postgres_connection *connection, struct postgres_failure *failure);

/// Waits for the next answer: one for each preparation and statement, in order, and one for the end.
///
/// 1: a statement succeeded, `result` is to be given to postgres_forget. 0: the end. -1: it failed, `failure` says why;
/// where that has no sqlstate the connection is of no use any more. -2: it was not done, because one before it failed.
/// `timeout_ms` is how long the server may be silent; negative: for ever.
int postgres_next(struct postgres_connection *connection, int64_t timeout_ms, struct postgres_result **result,
                  struct postgres_failure *failure);

/// Frees a result.
void postgres_forget(struct postgres_result *result);

/// Number of rows that it holds.
int postgres_rows(const struct postgres_result *result);

/// Number of columns of each.
int postgres_columns(const struct postgres_result *result);

/// A value as text, and its length; NULL: null.
const char *postgres_value(const struct postgres_result *result, int row, int column, int *length);

/// Number of rows that a statement changed.
int64_t postgres_changed(struct postgres_result *result);

#endif
