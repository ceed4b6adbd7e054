import Core

/// `POST /execute`: starts a command.
struct ExecuteEndpoint: Endpoint {
    let starting: StartExecution
    let catalogue: Catalogue
    let freshness: CatalogueFreshness

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        let body = try ExecuteBody(request, allowance: starting.uploadAllowance)
        freshness.look(catalogue.current)
        let started = try starting.start(body.command, body.input, by: person)
        return try JSON.response(
            Answer(id: started.uuid.description, queued: started.ahead.map { _ in true }, ahead: started.ahead))
    }

    /// The original's answer, and what else is to be told of one that waits.
    private struct Answer: Encodable {
        let id: String
        let queued: Bool?
        let ahead: Int?
    }
}
