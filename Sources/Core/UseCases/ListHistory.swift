/// Lists the executions that a person may see.
package struct ListHistory: Sendable {
    private let permissions: Permissions
    private let catalogue: Catalogue
    private let store: any ExecutionStore
    private let identity: Configuration.Identity
    private let maxRecords: Int?
    private let viewable = RoleCache<Set<String>>()

    package init(
        configuration: Configuration, catalogue: Catalogue, permissions: Permissions, store: any ExecutionStore
    ) {
        self.catalogue = catalogue
        self.permissions = permissions
        self.store = store
        identity = configuration.identity
        maxRecords = configuration.history.maxRecords
    }

    /// Up to how many rows the total is exact of a search, and of a filter by running time, API token or instance.
    package static let exactUpTo = 10_000

    /// A page of the history.
    ///
    /// - Parameters:
    ///   - query: The query. This function sets its visibility.
    ///   - person: The person who sees the page.
    package func page(_ query: HistoryQuery, for person: Person) throws(StoreError) -> HistoryPage {
        var query = try visible(query, for: person)
        query.exactUpTo = Self.exactUpTo
        return try store.history(query)
    }

    /// The number of rows of a query that a person may see.
    package func count(_ query: HistoryQuery, for person: Person) throws(StoreError) -> Int {
        var query = try visible(query, for: person)
        query.page = .max
        return try store.history(query).total
    }

    /// All rows of a query that a person may see.
    ///
    /// - Parameter now: Unix seconds.
    package func export(_ query: HistoryQuery, for person: Person, now: Int64) throws(StoreError) -> HistoryExport {
        HistoryExport(try visible(query, for: person), in: store, now: now)
    }

    /// The query for the rows that a person may see.
    private func visible(_ query: HistoryQuery, for person: Person) throws(StoreError) -> HistoryQuery {
        var query = query
        query.visibility = visibility(for: person)
        if let user = query.user, !identity.identifier(of: user).isExactly(user),
            try !store.users(query.visibility).contains(where: user.isExactly)
        {
            // Rows from before `identity.ignore_case` keep the spelling that they have.
            query.user = identity.identifier(of: user)
        }
        query.maxRecords = maxRecords
        return query
    }

    /// The users of the executions that a person may see.
    package func users(for person: Person) throws(StoreError) -> [String] {
        try store.users(visibility(for: person))
    }

    /// The rows that a person may see.
    package func visibility(for person: Person) -> Visibility {
        let commands = catalogue.current
        return permissions.visibility(
            for: person,
            viewable: viewable.value(for: person, version: commands.version) {
                commands.viewableNames(for: person, permissions)
            })
    }
}
