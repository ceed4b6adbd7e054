import Core

/// `GET /instances`: the instances that share the store.
///
/// Everyone may know that an instance is gone, because it explains why a job of theirs does not end. Only super users
/// see addresses, versions and the numbers of executions, because those include other people's executions.
struct InstancesEndpoint: Endpoint {
    let registry: any InstanceStore
    /// The UUID of this instance.
    let own: String

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        let now = Clock.seconds()
        let open = person.isSuperUser ? try registry.openExecutions() : nil
        let entries = try registry.instances().map { instance in
            Entry(
                instance, isHere: instance.serverUUID == own, now: now,
                open: open.map { $0[instance.serverUUID] ?? OpenExecutions() })
        }
        return try JSON.response(["instances": entries])
    }

    private struct Entry: Encodable {
        let server_uuid: String
        let name: String
        let last_seen: Int64
        let is_here: Bool
        let is_gone: Bool
        let address: Nullable<String>
        let version: Nullable<String>
        let running: Nullable<Int>
        let waiting: Nullable<Int>

        /// - Parameter open: The numbers of executions; nil for people who are not super users.
        init(_ instance: RegisteredInstance, isHere: Bool, now: Int64, open: OpenExecutions?) {
            server_uuid = instance.serverUUID
            name = instance.name
            last_seen = instance.lastSeen
            is_here = isHere
            is_gone = instance.isGone(at: now)
            address = Nullable(open == nil ? nil : instance.address?.description)
            version = Nullable(open == nil ? nil : instance.version)
            running = Nullable(open?.running)
            waiting = Nullable(open?.waiting)
        }
    }
}

/// `POST /instances/{server_uuid}/close`: closes the executions of a dead instance as lost.
struct CloseInstanceEndpoint: Endpoint {
    let closing: CloseInstance
    let storage: Storage

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        do {
            let closed = try closing.close(
                try values.serverUUID, by: person.actor(on: storage), now: Clock.seconds())
            return try JSON.response(["closed": closed])
        } catch let error as CloseInstanceError {
            switch error {
            case .unknown: throw HTTPError(.notFound, error.description)
            case .alive: throw HTTPError(.conflict, error.description)
            }
        }
    }
}
