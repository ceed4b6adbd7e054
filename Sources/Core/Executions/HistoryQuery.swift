/// What somebody wants to see of the history.
package struct HistoryQuery: Sendable, Equatable {
    /// Rows on a page.
    package static let perPage = 10

    /// Which rows they may see at all.
    package var visibility: Visibility
    /// Page, from 1.
    package var page: Int
    /// Name of the command, exactly.
    package var name: String?
    /// Part of "command parameters"; `%` and `_` are ordinary characters. Case does not matter.
    package var text: String?
    /// Status; `.some(nil)` is one that does not exist and finds nothing.
    package var status: Status??
    /// Part of the job's UUID.
    package var uuid: String?
    /// User, exactly.
    package var user: String?
    /// First second of the time of start.
    package var from: Int64?
    /// First second after the time of start.
    package var until: Int64?
    /// Order.
    package var sort: Sort
    /// Whether small values come first.
    package var ascending: Bool
    /// Only so many of the newest rows are listed; nil: all.
    package var maxRecords: Int?

    /// What rows are ordered by. Rows alike in it come newest first.
    package enum Sort: String, Sendable, CaseIterable {
        /// Time of start.
        case executedAt = "executed_at"
        /// Command and parameters.
        case command
        /// User.
        case user = "user_identifier"
        /// Status.
        case status = "process_status"
        /// Running time; none while it waits.
        case duration
    }

    /// Creates a query; by default the first page of everything visible, newest first.
    package init(
        visibility: Visibility, page: Int = 1, name: String? = nil, text: String? = nil, status: Status?? = nil,
        uuid: String? = nil,
        user: String? = nil, from: Int64? = nil, until: Int64? = nil, sort: Sort = .executedAt,
        ascending: Bool = false, maxRecords: Int? = nil
    ) {
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
