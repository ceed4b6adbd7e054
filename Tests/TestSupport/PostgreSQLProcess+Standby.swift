import Core
import Foundation
import Glibc

/// Streaming replication, and servers that stand still.
extension PostgreSQLProcess {
    /// Makes a standby of this server by pg_basebackup, and starts it. It follows by streaming replication.
    ///
    /// - Parameter isSynchronous: Whether a commit waits until the standby has it.
    package func makeStandby(isSynchronous: Bool) throws -> PostgreSQLProcess {
        let standby = try PostgreSQLProcess(standbyOf: self)
        try blockUntil("the standby follows") {
            try sql("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", in: "postgres") == "1"
        }
        guard isSynchronous else { return standby }
        try sql("ALTER SYSTEM SET synchronous_standby_names = '*'", in: "postgres")
        try sql("SELECT pg_reload_conf()", in: "postgres")
        try blockUntil("the standby is synchronous") {
            try sql("SELECT sync_state FROM pg_stat_replication", in: "postgres") == "sync"
        }
        return standby
    }

    /// Ends the replication of this standby. It stays a standby, and receives no later commit.
    package func stopFollowing() throws {
        try sql("ALTER SYSTEM SET primary_conninfo = ''", in: "postgres")
        try sql("SELECT pg_reload_conf()", in: "postgres")
        try blockUntil("the end of the replication") {
            try sql("SELECT count(*) FROM pg_stat_wal_receiver", in: "postgres") == "0"
        }
    }

    /// Makes a standby the server that takes writes.
    package func promote() throws {
        try sql("SELECT pg_promote()", in: "postgres")
    }

    /// Stops all processes of the server, with their connections open.
    package func freeze() {
        guard let pid else { return }
        // The main process first, so that it starts no others.
        kill(pid, SIGSTOP)
        for process in ProcessTable().descendants(of: [pid]) { kill(process.identity.pid, SIGSTOP) }
    }

    /// Continues the server after ``freeze()``.
    package func thaw() {
        guard let pid else { return }
        for process in ProcessTable().descendants(of: [pid]) { kill(process.identity.pid, SIGCONT) }
        kill(pid, SIGCONT)
    }

    /// Dumps a database with pg_dump.
    package func dump(_ database: String) throws {
        try Self.run(
            "pg_dump", "--format=custom", "--host", socket, "--port", "\(port)", "--username", "postgres", "--file",
            "\(socket)/\(database).dump", database)
    }

    /// Restores the dump of a database with pg_restore, over the database.
    package func restore(_ database: String) throws {
        try Self.run(
            "pg_restore", "--clean", "--if-exists", "--host", socket, "--port", "\(port)", "--username", "postgres",
            "--dbname", database, "\(socket)/\(database).dump")
    }
}
