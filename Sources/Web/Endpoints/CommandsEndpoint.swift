import Core

/// `GET /commands`: what this person may run.
struct CommandsEndpoint: Endpoint {
    let commands: CommandList

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        let body = Array("{\"commands\":".utf8) + (try commands.json(for: person)) + [UInt8(ascii: "}")]
        return Response(headers: [JSON.contentType], body: .bytes(body))
    }
}
