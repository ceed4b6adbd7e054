import Core

/// `POST /execute`: starts a command.
struct ExecuteEndpoint: Endpoint {
    let starting: StartExecution
    let catalogue: Catalogue
    let freshness: CatalogueFreshness

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        let body = try ExecuteBody(request)
        freshness.look(catalogue.current)
        return try JSON.response(["id": starting.start(body.command, body.input, by: person).description])
    }
}
