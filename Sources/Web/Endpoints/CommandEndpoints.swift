import Core
import HTTPTypes

/// `GET /commands`: the commands that a person may run.
struct CommandsEndpoint: Endpoint {
    let commands: CommandList

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        let list = try commands.list(for: person)
        // Not `no-store`, so that browsers ask whether their list is current.
        return list.answer.response(
            to: request, tag: list.tag, type: "application/json", cacheControl: "private, no-cache")
    }
}

/// `POST /execute`: starts a command.
struct ExecuteEndpoint: Endpoint {
    let starting: StartExecution
    let catalogue: Catalogue
    let refresh: BackgroundRefresh

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        let body = try ExecuteBody(request, allowance: starting.uploadAllowance(for: person))
        refresh.startIfDue(for: catalogue.current)
        let key = try IdempotencyField.key(of: request, by: person) { try body.canonicalBytes() }
        let started = try starting.start(body.command, body.input, by: person, key: key) { !request.isAbandoned() }
        return try JSON.response(
            Answer(id: started.uuid.description, queued: started.ahead.map { _ in true }, ahead: started.ahead))
    }

    /// The original's answer. `queued` and `ahead` are ours, and only queued executions have them.
    private struct Answer: Encodable {
        let id: String
        let queued: Bool?
        let ahead: Int?
    }
}

/// `POST /check`: the argv that a command would run with, or the errors in its parameters. Nothing is started.
struct CheckEndpoint: Endpoint {
    let starting: StartExecution
    let catalogue: Catalogue
    let refresh: BackgroundRefresh

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        let body = try ExecuteBody(request, allowance: starting.uploadAllowance(for: person))
        refresh.startIfDue(for: catalogue.current)
        let invocation = try starting.check(body.command, body.input, by: person)
        return try JSON.response(Answer(argv: invocation.argv, params: invocation.line))
    }

    private struct Answer: Encodable {
        let argv: [String]
        let params: String
    }
}
