/// The calls of libpq that the PostgreSQL store needs.
///
/// The first postgres_open loads the library with dlopen(3). The library depends on libssl, libldap and libkrb5, and
/// processes that do not use PostgreSQL should not load these.
#ifndef REMOTISAN_CPOSTGRESQL_H
#define REMOTISAN_CPOSTGRESQL_H

#include <stdint.h>

/// A connection to one server, always in pipeline mode. Only one thread may use it at a time.
struct postgres_connection;

/// The result of a statement.
struct postgres_result;

enum { POSTGRES_WHY_SIZE = 512 };

/// Why something failed.
struct postgres_failure {
    /// The server's SQLSTATE (PostgreSQL manual, appendix A). Empty if the server did not answer.
    char sqlstate[6];
    /// One line, without its last full stop.
    char why[POSTGRES_WHY_SIZE];
};

/// Connects as PQconnectdbParams does. `keywords` ends with NULL. Returns NULL and fills `failure` on failure.
struct postgres_connection *postgres_open(const char *const *keywords, const char *const *values,
                                          struct postgres_failure *failure);

/// Closes a connection.
void postgres_shut(struct postgres_connection *connection);

/// Whether an idle connection is still open. Does not contact the server: a connection that the server closed is
/// readable.
int postgres_is_alive(struct postgres_connection *connection);

/// Sends the preparation of a statement without waiting. Returns 0, or -1 with `failure` filled.
int postgres_prepare(struct postgres_connection *connection, const char *name, const char *sql,
                     struct postgres_failure *failure);

/// Sends a statement without waiting: the prepared one called `name`, or `sql` if `name` is NULL. Values are text; NULL
/// is SQL null. Returns 0, or -1 with `failure` filled.
int postgres_send(struct postgres_connection *connection, const char *name, const char *sql, int count,
                  const char *const *values, struct postgres_failure *failure);

/// Ends a group of statements (PQpipelineSync). All statements since the last sync are one transaction, unless they
/// begin their own. Returns 0, or -1 with `failure` filled.
int postgres_sync(struct postgres_connection *connection, struct postgres_failure *failure);

/// Waits for the next answer. There is one for each preparation and statement, in order, and one for each sync.
///
/// Returns 1 if a statement succeeded; the caller passes `result` to postgres_forget. Returns 0 for a sync. Returns -1
/// with `failure` filled if it failed; without an SQLSTATE the connection is unusable. Returns -2 if the statement was
/// skipped because an earlier one failed. `timeout_ms` limits the wait; a negative value means no limit.
int postgres_next(struct postgres_connection *connection, int64_t timeout_ms, struct postgres_result **result,
                  struct postgres_failure *failure);

/// Frees a result.
void postgres_forget(struct postgres_result *result);

/// Number of rows of a result.
int postgres_rows(const struct postgres_result *result);

/// Number of columns of a result.
int postgres_columns(const struct postgres_result *result);

/// A value as text, with its length in `length`. NULL for SQL null.
const char *postgres_value(const struct postgres_result *result, int row, int column, int *length);

/// Number of rows that a statement changed.
int64_t postgres_changed(struct postgres_result *result);

#endif
