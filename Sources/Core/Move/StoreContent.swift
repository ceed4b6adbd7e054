/// The content of a store as rows of its tables, so that it can be moved to another kind of store.
package protocol StoreContent: Sendable {
    /// Number of rows by table. Tables that do not exist are left out. It creates nothing.
    func rowCounts() throws(StoreError) -> [String: Int64]

    /// Where the content was moved to; nil if the store is in use.
    func movedTo() throws(StoreError) -> String?

    /// Fails if other programs of Remotisan are connected to the store.
    ///
    /// It is called before this process opens the store otherwise. A store in a file has the locks of its storage for
    /// that.
    func requireUnused() throws

    /// Runs `body` in one transaction. No other program changes the store meanwhile. If `body` throws, nothing has
    /// changed; if the process dies, too.
    func change<Value>(_ body: (any StoreTransaction) throws -> Value) throws -> Value
}

/// A transaction on the content of a store.
package protocol StoreTransaction {
    /// The tables whose rows are moved.
    func tables() throws -> [StoreTable]

    func count(_ table: StoreTable) throws -> Int64

    /// Reads all rows, in the order of the key. The values are those of the table's columns, in their order.
    func forEachRow(of table: StoreTable, _ body: ([StoreValue]) throws -> Void) throws

    /// The values of a list that stand in a text column of some row.
    func present(_ values: [String], in column: String, of table: StoreTable) throws -> Set<String>

    /// Removes indexes that are made faster after many rows than with each. Opening the store for a migration makes them
    /// again.
    func dropSlowIndexes() throws

    /// Inserts rows. The values are those of the table's columns, in their order.
    func insert(_ rows: [[StoreValue]], into table: StoreTable) throws

    /// The largest number that a row of a numbered table ever had; 0 if there was no row.
    func lastNumber(of table: StoreTable) throws -> Int64

    /// Makes later rows have larger numbers than this one.
    func setLastNumber(_ number: Int64, of table: StoreTable) throws

    /// Brings what the server knows about the tables up to date, after many rows were inserted.
    func analyze() throws

    /// Records that the content was moved, so that no program uses the store any more; nil lets programs use it again.
    func setMoved(to place: String?) throws
}

/// A table whose rows are moved.
package struct StoreTable: Sendable, Equatable {
    package let name: String
    /// The columns that tell rows apart and give their order.
    package let key: [String]
    package let columns: [Column]

    package struct Column: Sendable, Equatable {
        package let name: String
        package let isInteger: Bool

        package init(name: String, isInteger: Bool) {
            self.name = name
            self.isInteger = isInteger
        }
    }

    package init(name: String, key: [String], columns: [Column]) {
        self.name = name
        self.key = key
        self.columns = columns
    }

    /// Whether the store numbers its rows.
    package var isNumbered: Bool { key == ["id"] }

    /// The table with some of its columns, in the order of the names.
    package func with(columns names: [String]) -> StoreTable {
        StoreTable(
            name: name, key: key, columns: names.compactMap { name in columns.first { $0.name == name } })
    }
}

/// A value of a row.
package enum StoreValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case text(String)

    /// A text; NUL, which PostgreSQL cannot store, becomes U+FFFD.
    package init(text: String) {
        self = .text(text.withoutNUL)
    }

    package var text: String? {
        switch self {
        case .null: nil
        case .integer(let number): "\(number)"
        case .text(let text): text
        }
    }

    package var integer: Int64? {
        switch self {
        case .null: nil
        case .integer(let number): number
        case .text(let text): Int64(text)
        }
    }
}

/// Why a store was not moved, or no history imported. Nothing has changed in any of the stores then.
package enum MoveError: Error, Equatable, CustomStringConvertible {
    /// Other programs are connected to the store.
    case inUse(connections: Int)
    /// The destination has rows that are not those of the source.
    case notEmpty([String: Int64])
    /// A value has the wrong type for the destination.
    case unsuitable(table: String, key: String, column: String)
    /// What was written is not what was read.
    case differs(table: String)
    /// A chain of the audit does not fit.
    case auditMisfit(String)
    case other(String)

    /// A sentence for the administrator.
    package var description: String {
        switch self {
        case .inUse(let connections):
            """
            Programs of Remotisan have \(connections) connection\(connections == 1 ? "" : "s") to the database. Stop the \
            responder and the broker of every instance that uses it: systemctl stop remotisan.socket \
            remotisan.service remotisan-broker.service remotisan-broker.timer.
            """
        case .notEmpty(let counts):
            """
            The destination has rows that are not from this store: \
            \(counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.value) in \($0.key)" }
                .joined(separator: ", ")). Name an empty database, or move the file remotisan.sqlite away.
            """
        case .unsuitable(let table, let key, let column):
            """
            The row \(key.sanitized) of \(table) has a value in \(column) that is not a whole number. Correct it in the \
            old store. Nothing was moved.
            """
        case .differs(let table):
            """
            The rows of \(table) were not the same after they had been written. Nothing was moved. Check the disk of \
            the destination.
            """
        case .auditMisfit(let text):
            """
            The audit does not fit: \(text) Nothing was moved. Find out why, see docs/audit.md, or move it as it is \
            with --accept-audit.
            """
        case .other(let text): text
        }
    }
}
