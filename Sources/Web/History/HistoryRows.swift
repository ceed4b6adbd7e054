import Core

/// Writes executions as one person sees them.
struct HistoryRows {
    private let person: Person
    private let commands: CatalogueSnapshot
    private let permissions: Permissions
    /// The instances by their UUIDs; empty if there is only one.
    private let instances: [String: RegisteredInstance]
    /// Whether the person sees the numbers of the rows.
    private let seesNumbers: Bool
    private let now: Int64

    /// - Parameters:
    ///   - seesAll: Whether the person sees all rows of the history. The number of a row tells how many others have been
    ///     stored. So other people get the place of the row among those that they see, as it is without filters: the
    ///     newest has the largest number.
    ///   - now: Unix seconds.
    init(
        for person: Person, seesAll: Bool, commands: CatalogueSnapshot, permissions: Permissions,
        registry: any InstanceStore, now: Int64
    ) throws(StoreError) {
        self.person = person
        self.commands = commands
        self.permissions = permissions
        seesNumbers = seesAll
        self.now = now
        let registered = try registry.instances()
        // Rows name their instance only if there are several.
        instances = Dictionary(
            registered.count > 1 ? registered.map { ($0.serverUUID, $0) } : [], uniquingKeysWith: { first, _ in first })
    }

    /// An execution as a row.
    ///
    /// - Parameter place: The place of the row, from 1 for the last one.
    func row(_ execution: Execution, place: Int) -> HistoryRow {
        let command = commands[execution.command]
        return HistoryRow(
            execution: execution, id: seesNumbers ? execution.id : Int64(place),
            canKill: !execution.status.isEnded
                && permissions.mayKill(ownedBy: execution.userIdentifier, of: command, by: person),
            canRun: command.map { permissions.mayRun($0, by: person) } ?? false,
            instance: instances[execution.serverUUID], now: now)
    }
}
