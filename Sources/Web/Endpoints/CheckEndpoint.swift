import Core

/// `POST /check`: what would run, or what is wrong with it; nothing is started.
struct CheckEndpoint: Endpoint {
    let starting: StartExecution
    let catalogue: Catalogue
    let freshness: CatalogueFreshness

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        let body = try ExecuteBody(request, allowance: starting.uploadAllowance)
        freshness.look(catalogue.current)
        let invocation = try starting.check(body.command, body.input, by: person)
        return try JSON.response(Answer(argv: invocation.argv, params: invocation.line))
    }

    private struct Answer: Encodable {
        let argv: [String]
        let params: String
    }
}
