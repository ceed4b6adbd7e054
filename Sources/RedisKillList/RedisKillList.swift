import Core

/// A kill list in Redis: a set for each instance, and a channel of the same name that tells of additions.
public struct RedisKillList: KillList {
    private let server: CacheServer
    private let name: String
    private let patience: Int
    private let commands: Reconnecting<RedisConnection>

    /// A list; nothing is connected before it is used.
    ///
    /// - Parameters:
    ///   - server: Where Redis is.
    ///   - name: What stands before the instance in the sets' keys.
    ///   - patience: Milliseconds that connecting may take, and each answer.
    public init(_ server: CacheServer, name: String, patience: Int = 500) {
        self.server = server
        self.name = name
        self.patience = patience
        commands = Reconnecting { try RedisConnection(server, patience: patience) }
    }

    /// See `KillList`; additions are told on the set's channel, too.
    public func add(_ uuid: JobUUID, on server: String) throws {
        let key = key(server)
        try commands.use { redis in
            try redis.command(["SADD", key, uuid.description])
            try redis.command(["PUBLISH", key, uuid.description])
        }
    }

    /// See `KillList`.
    public func jobs(on server: String) throws -> Set<JobUUID> {
        let key = key(server)
        return try commands.use { redis in
            guard case .list(let members) = try redis.command(["SMEMBERS", key]) else { return [] }
            let uuids = members.compactMap { member -> JobUUID? in
                if case .text(let text) = member { JobUUID(text) } else { nil }
            }
            return Set(uuids)
        }
    }

    /// See `KillList`.
    public func remove(_ uuids: Set<JobUUID>, on server: String) throws {
        guard !uuids.isEmpty else { return }
        let key = key(server)
        _ = try commands.use { try $0.command(["SREM", key] + uuids.map(\.description)) }
    }

    /// A connection that is subscribed can do nothing else, so it is one of its own.
    public func subscribe(on instance: String) throws -> KillSubscription? {
        let redis = try RedisConnection(server, patience: patience)
        try redis.command(["SUBSCRIBE", key(instance)])
        return KillSubscription(descriptor: redis.descriptor) { try redis.drain() }
    }

    private func key(_ server: String) -> String { "\(name):\(server)" }
}
