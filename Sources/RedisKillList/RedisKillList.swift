import Core

/// A kill list in Redis: a set for each instance, and a channel of the same name for notifications.
package struct RedisKillList: KillList {
    private let server: CacheServer
    private let name: String
    private let timeout: Int
    private let commands: ReconnectingConnection<RedisConnection>

    /// It connects when it is used first.
    ///
    /// - Parameters:
    ///   - server: The address of Redis.
    ///   - name: The first part of the key of each set.
    ///   - timeout: Time limit for connecting and for each answer, in milliseconds.
    package init(_ server: CacheServer, name: String, timeout: Int = 500) {
        self.server = server
        self.name = name
        self.timeout = timeout
        commands = ReconnectingConnection { () throws(KillListError) in try RedisConnection(server, timeout: timeout) }
    }

    package func add(_ uuid: JobUUID, on server: String) throws(KillListError) {
        let key = key(server)
        try commands.use { redis throws(KillListError) in
            try redis.command(["SADD", key, uuid.description])
            try redis.command(["PUBLISH", key, uuid.description])
        }
    }

    package func jobs(on server: String) throws(KillListError) -> Set<JobUUID> {
        let key = key(server)
        return try commands.use { redis throws(KillListError) in
            guard case .list(let members) = try redis.command(["SMEMBERS", key]) else { return [] }
            let uuids = members.compactMap { member -> JobUUID? in
                if case .text(let text) = member { JobUUID(text) } else { nil }
            }
            return Set(uuids)
        }
    }

    package func remove(_ uuids: Set<JobUUID>, on server: String) throws(KillListError) {
        guard !uuids.isEmpty else { return }
        let key = key(server)
        _ = try commands.use { redis throws(KillListError) in
            try redis.command(["SREM", key] + uuids.map(\.description))
        }
    }

    /// Uses a connection of its own, because a subscribed connection cannot send other commands.
    package func subscribe(on instance: String) throws(KillListError) -> KillSubscription? {
        let redis = try RedisConnection(server, timeout: timeout)
        try redis.command(["SUBSCRIBE", key(instance)])
        return KillSubscription(descriptor: redis.descriptor) { () throws(KillListError) in try redis.drain() }
    }

    private func key(_ server: String) -> String { "\(name):\(server)" }
}
