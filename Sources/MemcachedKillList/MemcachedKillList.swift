import Core

/// A kill list in memcached: an item for each instance, a UUID a line, changed by compare-and-set.
package struct MemcachedKillList: KillList {
    private let name: String
    private let connection: ReconnectingConnection<MemcachedConnection>
    /// Compare-and-set retries. A failed attempt means that another client won; 1,000 in a row mean that something else is
    /// wrong.
    private static let maxAttempts = 1000

    /// A list; nothing is connected before it is used.
    ///
    /// - Parameters:
    ///   - server: Where memcached is.
    ///   - name: What stands before the instance in the items' keys.
    ///   - timeout: Milliseconds that connecting may take, and each answer.
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

    /// memcached tells nobody anything.
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
            throw KillListError.refused("memcached takes no change of \(key)")
        }
    }

    private static func jobs(in item: MemcachedConnection.Item?) -> Set<JobUUID> {
        Set((item?.text ?? "").split(separator: "\n").compactMap { JobUUID(String($0)) })
    }

    /// Instances are named by the table, which others may have written; a space or a line's end in a key would be read
    /// as part of the command (memcached's protocol.txt).
    private func key(_ server: String) throws(KillListError) -> String {
        let key = "\(name):\(server)"
        guard key.utf8.count <= 250, key.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw KillListError.refused("the name of the instance is no key of memcached")
        }
        return key
    }
}
