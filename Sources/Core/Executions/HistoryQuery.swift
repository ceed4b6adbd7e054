/// A query of the history.
package struct HistoryQuery: Sendable, Equatable {
    /// Number of rows on a page, if the request does not say it.
    package static let perPage = 10
    /// Maximum number of rows on a page.
    package static let perPageLimit = 100

    /// Which executions the person may see.
    package var visibility: Visibility
    /// Number of the page, from 1.
    package var page: Int
    /// Number of rows on a page.
    package var rowsPerPage = Self.perPage
    /// Exact name of the command.
    package var name: String?
    /// Text that "command parameters" must contain. It ignores case. `%` and `_` are ordinary characters.
    package var text: String?
    /// The status; `.some(nil)` is a status that does not exist and matches nothing.
    package var status: Status??
    /// Text that the UUID of the job must contain.
    package var uuid: String?
    /// Exact user.
    package var user: String?
    /// Earliest start time, in Unix seconds.
    package var from: Int64?
    /// First Unix second after the latest start time.
    package var until: Int64?
    /// Exact UUID of the instance; nil for all.
    package var instance: String?
    /// With which API token the execution was started; nil for any way.
    package var token: TokenFilter?
    /// The limits of the running time, in seconds and not negative; nil for none.
    package var duration: DurationFilter?
    /// The order.
    package var sort: Sort
    /// Whether small values come first.
    package var ascending: Bool
    /// Number of newest rows to list at all; nil for all rows.
    package var maxRecords: Int?
    /// Up to how many rows the total is exact if the query ``isCountedByReading``; nil for any number. Counting all of them
    /// would take longer than finding the page.
    package var exactUpTo: Int?

    /// Whether it searches for a text or a part of a UUID.
    package var isSearch: Bool { text != nil || (uuid.map { JobUUID($0) == nil } ?? false) }

    /// Whether the store has to read its rows to count them, and they may be many.
    package var isCountedByReading: Bool { isSearch || instance != nil || token != nil || duration != nil }

    /// Up to how many rows the total is exact; nil for any number. Beyond the limit there are at least 100 pages after
    /// this one.
    package var countLimit: Int? {
        guard isCountedByReading, let exactUpTo else { return nil }
        let (reach, overflow) = page.addingReportingOverflow(100)
        let (rows, overflows) = reach.multipliedReportingOverflow(by: rowsPerPage)
        return overflow || overflows ? nil : max(exactUpTo, rows)
    }

    /// The order of the rows. Equal rows are ordered by time, newest first.
    package enum Sort: String, Sendable, CaseIterable {
        /// Start time.
        case executedAt = "executed_at"
        /// Command and parameters.
        case command
        case user = "user_identifier"
        case status = "process_status"
        /// Running time. A queued execution has none.
        case duration
    }

    /// How executions were started.
    package enum TokenFilter: Sendable, Equatable {
        /// By a person, without an API token.
        case person
        /// With any API token.
        case anyToken
        /// With the API token of this number.
        case token(Int64)

        /// Reads `none`, `any` or a number; nil for anything else.
        package init?(_ text: String) {
            switch text {
            case "none": self = .person
            case "any": self = .anyToken
            default:
                guard let number = Int64(text), number > 0 else { return nil }
                self = .token(number)
            }
        }
    }

    /// Limits of the running time in seconds. A queued execution has no running time, so it is not within them.
    package struct DurationFilter: Sendable, Equatable {
        /// The shortest time; nil for any.
        package var least: Int64?
        /// The longest time; nil for any.
        package var most: Int64?
        /// Unix seconds. A running execution has run until now.
        package var now: Int64

        /// Nil if there is neither limit.
        package init?(least: Int64?, most: Int64?, now: Int64) {
            guard least != nil || most != nil else { return nil }
            self.least = least
            self.most = most
            self.now = now
        }
    }

    /// By default, the first page of everything that is visible, newest first.
    package init(
        visibility: Visibility, page: Int = 1, name: String? = nil, text: String? = nil, status: Status?? = nil,
        uuid: String? = nil,
        user: String? = nil, from: Int64? = nil, until: Int64? = nil, sort: Sort = .executedAt,
        ascending: Bool = false, maxRecords: Int? = nil, exactUpTo: Int? = nil
    ) {
        self.exactUpTo = exactUpTo
        self.visibility = visibility
        self.page = page
        self.name = name
        self.text = text
        self.status = status
        self.uuid = uuid
        self.user = user
        self.from = from
        self.until = until
        self.sort = sort
        self.ascending = ascending
        self.maxRecords = maxRecords
    }
}

/// One page of the history.
package struct HistoryPage: Sendable, Equatable {
    package let rows: [Execution]
    /// Number of rows on all pages.
    package let total: Int
    /// Whether there are not more rows than ``total``.
    package let isTotalExact: Bool

    package init(rows: [Execution], total: Int, isTotalExact: Bool = true) {
        self.rows = rows
        self.total = total
        self.isTotalExact = isTotalExact
    }
}
