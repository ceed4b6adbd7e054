/// Moves the store of an instance to another kind of store, while no program uses either.
package struct RelocateStore {
    private let storage: Storage
    private let source: any StoreBackend
    private let destination: any StoreBackend
    private let place: String
    private let actor: AuditActor

    /// - Parameters:
    ///   - place: The value of `database` that selects the destination, without a password.
    ///   - actor: Who moves it, for the audit.
    package init(
        of storage: Storage, from source: any StoreBackend, to destination: any StoreBackend, named place: String,
        by actor: AuditActor
    ) {
        self.storage = storage
        self.source = source
        self.destination = destination
        self.place = place
        self.actor = actor
    }

    /// What a move would do.
    package enum Plan: Sendable, Equatable {
        /// So many rows of each table would be written.
        case move([String: Int64])
        /// The store was moved to the same destination before.
        case done
    }

    /// Checks everything that can be checked without changing a store.
    ///
    /// - Throws: ``MoveError``, ``BackupError`` if a program uses the storage, ``StoreError``, ``SystemError``.
    package func plan() throws -> Plan {
        try storage.withoutPrograms { try checked() }
    }

    /// Moves the store.
    ///
    /// - Returns: Nil if an earlier call has moved it to the same destination.
    package func move(acceptsAudit: Bool, progress: @escaping (MoveStore.Progress) -> Void) throws -> MoveStore.Outcome?
    {
        try storage.withoutPrograms {
            guard try checked() != .done else { return nil }
            try recordBegin(in: try source.open(in: storage, isMigrating: false).executions)
            _ = try destination.open(in: storage, isMigrating: true)
            let outcome = try MoveStore(
                from: source.content(in: storage), to: destination.content(in: storage),
                anchors: [AuditAnchor.kept(in: storage)?.anchor].compactMap(\.self), acceptsAudit: acceptsAudit,
                progress: progress
            ).move(to: place)
            progress(.indexing)
            // The store is complete without the indexes of searches. If this fails, `doctor` reports them, and the next
            // migration makes them.
            _ = try? destination.open(in: storage, isMigrating: true)
            return outcome
        }
    }

    /// Lets programs use a store again that was moved.
    ///
    /// - Returns: Where it was moved to; nil if it was not.
    package static func undo(of storage: Storage, _ store: any StoreBackend) throws -> String? {
        try storage.withoutPrograms {
            let content = store.content(in: storage)
            guard let place = try content.movedTo() else { return nil }
            try content.change { try $0.setMoved(to: nil) }
            return place
        }
    }

    private func checked() throws -> Plan {
        let (from, to) = (source.content(in: storage), destination.content(in: storage))
        if let known = try from.movedTo() {
            guard known == place else {
                throw MoveError.other(
                    "The store was moved to \(known) before. To use it again, run remotisan-broker move-store --undo.")
            }
            return .done
        }
        try from.requireUnused()
        if let known = try to.movedTo() {
            throw MoveError.other(
                """
                The destination is an earlier store that was moved to \(known). Name an empty database, or move the \
                file \(storage.database) away.
                """)
        }
        try requireNoOtherInstance()
        let counts = try from.rowCounts()
        let present = try to.rowCounts()
        // After a move that was interrupted between its two commits, the destination has all rows.
        guard present.values.allSatisfy({ $0 == 0 }) || present == counts else { throw MoveError.notEmpty(present) }
        return .move(counts)
    }

    /// Fails if other instances need the store and cannot use the new one.
    private func requireNoOtherInstance() throws {
        guard type(of: source).isShared, !type(of: destination).isShared else { return }
        let now = Clock.seconds()
        let others = try source.open(in: storage, isMigrating: false).instances.instances()
            .filter { $0.serverUUID != storage.serverUUID && !$0.isGone(at: now) }
        guard let other = others.first else { return }
        throw MoveError.other(
            """
            The instance \(other.name.sanitized) shares this store, and one instance alone can use the new one. Stop \
            its responder and broker, wait \(other.goneAfter) seconds, and close its executions: remotisan-broker \
            instances close \(other.serverUUID.sanitized).
            """)
    }

    /// Records in the audit that a move begins. The entry is moved with the others. A repeated move adds none, so that
    /// the rows stay those that an interrupted one has written.
    private func recordBegin(in store: any ExecutionStore) throws {
        let event = AuditEvent.storeMoved(to: place)
        let head = try store.auditHead(of: actor.instance)
        let newest = try store.auditEntries(of: actor.instance, after: head.number - 1, limit: 1).first
        if newest?.event == event.kind.rawValue, newest?.details == event.details { return }
        try store.append([event], by: actor)
    }
}
