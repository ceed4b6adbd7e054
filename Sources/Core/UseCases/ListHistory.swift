/// Lists what a person may see of the history.
package struct ListHistory: Sendable {
    private let permissions: Permissions
    private let catalogue: Catalogue
    private let store: any ExecutionStore
    private let maxRecords: Int?

    /// The use case on its collaborators.
    package init(
        configuration: Configuration, catalogue: Catalogue, permissions: Permissions, store: any ExecutionStore
    ) {
        self.catalogue = catalogue
        self.permissions = permissions
        self.store = store
        maxRecords = configuration.history.maxRecords
    }

    /// One page.
    ///
    /// - Parameters:
    ///   - query: What is asked for; which rows are visible is decided here.
    ///   - person: Who asks.
    package func page(_ query: HistoryQuery, for person: Person) throws(StoreError) -> HistoryPage {
        var query = query
        query.visibility = visibility(for: person)
        query.maxRecords = maxRecords
        return try store.history(query)
    }

    /// The users in what this person sees.
    package func users(for person: Person) throws(StoreError) -> [String] {
        try store.users(visibility(for: person))
    }

    /// What a person may see.
    package func visibility(for person: Person) -> Visibility {
        permissions.visibility(for: person, runnable: catalogue.names(for: person, permissions))
    }
}
