import Core
import HTTPTypes

/// `POST /kill/{uuid}`: requests a kill.
struct KillEndpoint: Endpoint {
    let killing: RequestKill

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        do {
            guard let uuid = try? values.jobUUID else { throw RequestKillError.unknown }
            let warning = try killing.request(uuid, by: person, isForced: try Self.isForced(request))
            return try JSON.response(Acceptance(uuid: uuid.description, message: warning))
        } catch let error as RequestKillError {
            let status: HTTPResponse.Status =
                switch error {
                case .unknown: .notFound
                case .turnedOff: .forbidden
                case .notYours: .unauthorized
                case .ended: .unprocessableContent
                case .alreadyRequested, .elsewhere: .conflict
                }
            return try JSON.response(Refusal(error.sentence), status)
        }
    }

    /// Whether the body has `"now": true`. The original sends no body that means anything.
    private static func isForced(_ request: Request) throws -> Bool {
        switch try Request.jsonFields(of: try request.body())["now"] {
        case .truth(let truth): truth
        case nil, .null: false
        default: throw HTTPError.invalid("now", "The now must be true or false.")
        }
    }

    private struct Acceptance: Encodable {
        let uuid: String
        /// Which processes cannot be killed. It is absent if there are none.
        let message: String?
    }

    /// The original's answer. Its page reads `error_message`.
    private struct Refusal: Encodable {
        let uuid = Nullable<String>(nil)
        let message: String
        let error_message: String
        let code: String?

        init(_ sentence: Sentence) {
            message = sentence.description
            error_message = sentence.description
            code = sentence.code
        }
    }
}
