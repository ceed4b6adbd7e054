import Core

/// `POST /instances/UUID/close`: closes what ran on an instance that is gone.
struct CloseInstanceEndpoint: Endpoint {
    let closing: CloseInstance

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        do {
            let closed = try closing.close(values[0], by: person.identifier, now: Clock.seconds())
            return try JSON.response(["closed": closed])
        } catch let refused as CloseInstanceError {
            switch refused {
            case .unknown: throw HTTPError(.notFound, refused.description)
            case .alive: throw HTTPError(.conflict, refused.description)
            }
        }
    }
}
