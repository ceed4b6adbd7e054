/// What somebody wants to see of the history.
public struct HistoryQuery: Sendable, Equatable {
    /// Rows on a page.
    public static let perPage = 10

    /// Which rows they may see at all.
    public var visibility: Visibility
    /// Page, from 1.
    public var page: Int
    /// Name of the command, exactly.
    public var name: String?
    /// Part of "command parameters"; `%` and `_` are ordinary characters. Case does not matter.
    public var text: String?
    /// Status; `.some(nil)` is one that does not exist and finds nothing.
    public var status: Status??
    /// Part of the job's UUID.
    public var uuid: String?
    /// User, exactly.
    public var user: String?
    /// First second of the time of start.
    public var from: Int64?
    /// First second after the time of start.
    public var until: Int64?
    /// Order.
    public var sort: Sort
    /// Whether small values come first.
    public var ascending: Bool
    /// Only so many of the newest rows are listed; nil: all.
    public var maxRecords: Int?

    /// What rows are ordered by. Rows alike in it come newest first.
    public enum Sort: String, Sendable, CaseIterable {
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
    public init(
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
