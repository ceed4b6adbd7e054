import Core

/// A kill list in memcached: an item for each instance with one UUID per line, changed by compare-and-set.
package struct MemcachedKillList: KillList {
    private let name: String
    private let connection: ReconnectingConnection<MemcachedConnection>
    /// Compare-and-set retries. A failed attempt means that another client won; 1,000 in a row mean that something else
    /// is wrong.
    private static let maxAttempts = 1000

    /// It connects when it is used first.
    ///
    /// - Parameters:
    ///   - server: The address of memcached.
    ///   - name: The first part of the key of each item.
    ///   - timeout: Time limit for connecting and for each answer, in milliseconds.
    package init(_ server: CacheServer, name: String, timeout: Int = 500) {
        self.name = name
        connection = ReconnectingConnection { () throws(KillListError) in
            try MemcachedConnection(server, timeout: timeout)
        }
    }

    package func add(_ uuid: JobUUID, on server: String) throws(KillListError) {
        try change(server) { $0.insert(uuid) }
    }

    package func jobs(on server: String) throws(KillListError) -> Set<JobUUID> {
        let key = try key(server)
        return try connection.use { memcached throws(KillListError) in Self.jobs(in: try memcached.item(key)) }
    }

    package func remove(_ uuids: Set<JobUUID>, on server: String) throws(KillListError) {
        try change(server) { $0.subtract(uuids) }
    }

    /// Nil, because memcached sends no notifications.
    package func subscribe(on server: String) throws(KillListError) -> KillSubscription? { nil }

    private func change(_ server: String, _ body: @Sendable (inout Set<JobUUID>) -> Void) throws(KillListError) {
        let key = try key(server)
        try connection.use { memcached throws(KillListError) in
            for _ in 0..<Self.maxAttempts {
                let item = try memcached.item(key)
                let before = Self.jobs(in: item)
                var after = before
                body(&after)
                if after == before { return }
                let text = after.map(\.description).joined(separator: "\n")
                if try memcached.write(text, to: key, over: item) { return }
            }
            throw KillListError.refused("memcached rejects every change of \(key)")
        }
    }

    private static func jobs(in item: MemcachedConnection.Item?) -> Set<JobUUID> {
        Set((item?.text ?? "").split(separator: "\n").compactMap { JobUUID(String($0)) })
    }

    /// The UUID of an instance comes from the store, which other programs may write. memcached would read a space or a
    /// line break in a key as part of the command (its protocol.txt).
    private func key(_ server: String) throws(KillListError) -> String {
        let key = "\(name):\(server)"
        guard key.utf8.count <= 250, key.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw KillListError.refused("the UUID of the instance is not a valid key of memcached")
        }
        return key
    }
}
