import Core

/// `POST /execute`: starts a command.
struct ExecuteEndpoint: Endpoint {
    let starting: StartExecution

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        let body = try ExecuteBody(request, allowance: starting.uploadAllowance)
        return try JSON.response(["id": starting.start(body.command, body.input, by: person).description])
    }
}
