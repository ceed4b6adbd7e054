/// Who does something, and how they came in, as the audit records it.
package struct AuditActor: Sendable, Equatable {
    /// UUID of the instance where it happens. Each instance has a chain of its own.
    package var instance: String
    /// The user; nil for a program that acts by itself.
    package var user: String?
    package var means: AuditMeans
    /// The address of the client, as the web server passes it; nil if there is none.
    package var address: String?
    /// The number of the API token; nil if there is none.
    package var tokenID: Int64?

    package init(
        instance: String, user: String? = nil, means: AuditMeans, address: String? = nil, tokenID: Int64? = nil
    ) {
        self.instance = instance
        self.user = user
        self.means = means
        self.address = address
        self.tokenID = tokenID
    }

    /// A program of an instance that acts by itself.
    package init(_ means: AuditMeans, of storage: Storage) {
        self.init(instance: storage.serverUUID, means: means)
    }
}

extension AuditActor {
    /// The name in `closed_by`, which is never empty.
    package var closer: String { user ?? means.rawValue }
}

/// How somebody came in.
package enum AuditMeans: String, Sendable, CaseIterable {
    /// The login of the web server.
    case webServer = "web_server"
    case apiToken = "api_token"
    /// A JSON Web Token.
    case jwt
    /// A person with a shell on the machine.
    case commandLine = "command_line"
    /// The `timeout` of a command.
    case timeout
    /// The responder by itself.
    case responder
    /// A broker by itself.
    case broker
}

/// How a person logged in.
package struct Login: Sendable, Equatable {
    package var means: AuditMeans
    /// The address of the client, as the web server passes it (REMOTE_ADDR); nil if there is none.
    package var address: String?

    package init(_ means: AuditMeans = .webServer, from address: String? = nil) {
        self.means = means
        // No address is longer, RFC 4291 with a zone index, RFC 4007.
        self.address = address.flatMap { $0.isEmpty ? nil : String($0.prefix(80)).sanitized }
    }
}

extension Person {
    /// The person as an actor on an instance.
    package func actor(on storage: Storage) -> AuditActor {
        AuditActor(
            instance: storage.serverUUID, user: identifier, means: login.means, address: login.address,
            tokenID: token?.id)
    }
}

extension KillRequester {
    /// The requester as an actor of a program on an instance.
    func actor(on storage: Storage, by means: AuditMeans) -> AuditActor {
        switch self {
        case .user(let user): AuditActor(instance: storage.serverUUID, user: user, means: means)
        case .timeout: AuditActor(.timeout, of: storage)
        }
    }
}
