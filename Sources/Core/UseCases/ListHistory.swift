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

    /// A page of the history.
    ///
    /// - Parameters:
    ///   - query: The query. This function sets its visibility.
    ///   - person: The person who sees the page.
    package func page(_ query: HistoryQuery, for person: Person) throws(StoreError) -> HistoryPage {
        var query = query
        query.visibility = visibility(for: person)
        if let user = query.user, !identity.identifier(of: user).isExactly(user),
            try !store.users(query.visibility).contains(where: user.isExactly)
        {
            // Rows from before `identity.ignore_case` keep the spelling that they have.
            query.user = identity.identifier(of: user)
        }
        query.maxRecords = maxRecords
        return try store.history(query)
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
