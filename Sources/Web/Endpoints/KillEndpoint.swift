import Core

/// `POST /kill/UUID`: asks for the end of an execution.
struct KillEndpoint: Endpoint {
    let killing: RequestKill

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        do {
            guard let uuid = JobUUID(values[0]) else { throw RequestKillError.unknown }
            try killing.request(uuid, by: person)
            return try JSON.response(["uuid": uuid.description])
        } catch let refused as RequestKillError {
            let status: HTTPStatus =
                switch refused {
                case .unknown: .notFound
                case .turnedOff: .forbidden
                case .notYours: .unauthorized
                case .ended: .unprocessableContent
                case .alreadyRequested: .conflict
                }
            return try JSON.response(Refusal(refused.description), status)
        }
    }

    /// The original's page reads `error_message`.
    private struct Refusal: Encodable {
        let uuid = Nullable<String>(nil)
        let message: String
        let error_message: String

        init(_ text: String) {
            message = text
            error_message = text
        }
    }
}
