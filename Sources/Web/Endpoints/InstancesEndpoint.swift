import Core

/// `GET /instances`: who shares this audit, and who of them is gone.
///
/// Everybody may know that an instance is gone: it is why their job does not go on. Address, version and the numbers
/// of executions that run and wait there, others' among them, are for super users.
struct InstancesEndpoint: Endpoint {
    let registry: any InstanceStore
    /// UUID of this instance.
    let here: String

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        let now = Clock.seconds()
        let open = person.isSuperUser ? try registry.openExecutions() : nil
        let entries = try registry.instances().map { instance in
            Entry(
                instance, isHere: instance.serverUUID == here, now: now,
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

        /// - Parameter open: nil for who is no super user.
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
