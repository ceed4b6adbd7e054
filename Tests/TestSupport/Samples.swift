import Core

extension Execution {
    /// A running execution of `only:a`, started by ann@lab.
    package static func sample(
        _ uuid: JobUUID = JobUUID(), server: String = "11111111-2222-3333-4444-555555555555",
        user: String? = "ann@lab", command: String = "only:a", parameters: String = "",
        executedAt: Int64 = 1_790_000_000
    ) -> Execution {
        Execution(
            id: 0, jobUUID: uuid.description, serverUUID: server, userIdentifier: user, command: command,
            parameters: parameters, executedAt: executedAt)
    }
}

extension Settlement {
    /// An end with exit code 0.
    package static func sample(
        _ status: Status = .completed, at finishedAt: Int64 = 1_790_000_060, killedBy: KillRequester? = nil,
        exitCode: Int? = 0
    ) -> Settlement {
        Settlement(
            status: status, finishedAt: finishedAt, killedBy: killedBy, ending: Execution.Ending(exitCode: exitCode))
    }
}

extension RegisteredInstance {
    /// An instance whose name is its UUID.
    package static func sample(
        _ serverUUID: String = "11111111-2222-3333-4444-555555555555", name: String? = nil,
        address: InstanceAddress? = nil, lastSeen: Int64 = 1_790_000_000
    ) -> RegisteredInstance {
        RegisteredInstance(
            serverUUID: serverUUID, name: name ?? serverUUID, version: "1", address: address, firstSeen: lastSeen,
            lastSeen: lastSeen)
    }
}

/// Lets tests write a user as a string literal.
extension KillRequester: ExpressibleByStringLiteral {
    package init(stringLiteral user: String) {
        self = .user(user)
    }
}
