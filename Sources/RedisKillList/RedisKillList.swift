import Core

/// A kill list in Redis: a set for each instance, and a channel of the same name that tells of additions.
package struct RedisKillList: KillList {
    private let server: CacheServer
    private let name: String
    private let timeout: Int
    private let commands: ReconnectingConnection<RedisConnection>

    /// A list; nothing is connected before it is used.
    ///
    /// - Parameters:
    ///   - server: Where Redis is.
    ///   - name: What stands before the instance in the sets' keys.
    ///   - timeout: Milliseconds that connecting may take, and each answer.
    package init(_ server: CacheServer, name: String, timeout: Int = 500) {
        self.server = server
        self.name = name
        self.timeout = timeout
        commands = ReconnectingConnection { () throws(KillListError) in try RedisConnection(server, timeout: timeout) }
    }

    /// See `KillList`; additions are told on the set's channel, too.
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

    /// A connection that is subscribed can do nothing else, so it is one of its own.
    package func subscribe(on instance: String) throws(KillListError) -> KillSubscription? {
        let redis = try RedisConnection(server, timeout: timeout)
        try redis.command(["SUBSCRIBE", key(instance)])
        return KillSubscription(descriptor: redis.descriptor) { () throws(KillListError) in try redis.drain() }
    }

    private func key(_ server: String) -> String { "\(name):\(server)" }
}
