import Core

/// `POST /execute`: starts a command.
struct ExecuteEndpoint: Endpoint {
    let starting: StartExecution

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        let fields = try request.jsonFields()
        let command: String
        switch fields["command"] {
        case .text(let text) where !text.isEmpty: command = text
        case nil, .null, .text: throw HTTPError.invalid("command", "The command field is required.")
        default: throw HTTPError.invalid("command", "The command must be a string.")
        }
        let params: String
        switch fields["params"] {
        case .text(let text): params = text
        case nil, .null: params = ""
        default: throw HTTPError.invalid("params", "The params must be a string.")
        }
        return try JSON.response(["id": starting.start(command, line: params, by: person).description])
    }
}
