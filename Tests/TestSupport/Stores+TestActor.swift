import Core

extension AuditActor {
    /// An actor of tests in which it does not matter who does something.
    package static let test = AuditActor(instance: "test", user: "tester", means: .commandLine)
}

/// The functions of the stores with ``AuditActor/test``.
extension ExecutionStore {
    package func insert(
        _ execution: Execution, limit: RunningLimit?, key: IdempotencyKey? = nil
    ) throws(StoreError) -> Admission {
        try insert(execution, limit: limit, key: key, by: .test)
    }

    package func claim(_ uuid: JobUUID, limit: RunningLimit?, now: Int64) throws(StoreError) -> Bool {
        try claim(uuid, limit: limit, now: now, by: .test)
    }

    package func requeue(_ uuid: JobUUID) throws(StoreError) -> Bool {
        try requeue(uuid, by: .test)
    }

    package func dequeue(_ uuid: JobUUID, _ settlement: Settlement) throws(StoreError) -> Bool {
        try dequeue(uuid, settlement, by: .test)
    }

    package func insert(_ refusal: Refusal) throws(StoreError) {
        try insert(refusal, by: .test)
    }

    package func requestKill(
        _ uuid: JobUUID, by requester: KillRequester, token: Int64? = nil
    ) throws(StoreError) -> Bool {
        var actor = AuditActor.test
        actor.tokenID = token
        return try requestKill(uuid, by: requester, actor)
    }

    package func settle(_ uuid: JobUUID, _ settlement: Settlement) throws(StoreError) -> Bool {
        try settle(uuid, settlement, by: .test)
    }

    package func settle(
        _ settlements: [(uuid: JobUUID, settlement: Settlement)]
    ) throws(StoreError) -> Set<JobUUID> {
        try settle(settlements, by: .test)
    }

    package func removeRefusals(before time: Int64, upTo newest: Int64 = .max) throws(StoreError) {
        try removeRefusals(before: time, upTo: newest, by: .test)
    }

    package func removeExecutions(
        on server: String, endedBefore time: Int64, upTo newest: Int64 = .max, limit: Int
    ) throws(StoreError) -> [String] {
        try removeExecutions(on: server, endedBefore: time, upTo: newest, limit: limit, by: .test)
    }

    package func adopt(_ execution: Execution) throws(StoreError) -> Bool {
        try adopt(execution, by: .test)
    }
}

extension TokenStore {
    package func addToken(hash: String, _ token: APIToken) throws(StoreError) -> Int64 {
        try addToken(hash: hash, token, by: .test)
    }

    package func removeToken(id: Int64) throws(StoreError) -> Bool {
        try removeToken(id: id, by: .test)
    }
}

extension InstanceStore {
    package func closeExecutions(
        on server: String, goneAt now: Int64, by user: String, running: Settlement, queued: Settlement
    ) throws(StoreError) -> Int? {
        var actor = AuditActor.test
        actor.user = user
        return try closeExecutions(on: server, goneAt: now, by: actor, running: running, queued: queued)
    }

    package func reopenClosedExecutions(on server: String) throws(StoreError) -> [Execution] {
        try reopenClosedExecutions(on: server, by: .test)
    }
}

extension CloseInstance {
    package func close(_ server: String, by user: String, now: Int64) throws -> Int {
        var actor = AuditActor.test
        actor.user = user
        return try close(server, by: actor, now: now)
    }
}

extension KillRequestWriter {
    package func write(_ uuid: JobUUID, on server: String, by requester: KillRequester) throws(StoreError) -> Bool {
        try write(uuid, on: server, by: requester, .test)
    }
}
