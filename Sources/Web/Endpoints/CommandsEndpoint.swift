import Core

/// `GET /commands`: what this person may run.
struct CommandsEndpoint: Endpoint {
    let catalogue: Catalogue
    let permissions: Permissions

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        try JSON.response(["commands": CommandList(catalogue.commands(for: person, permissions))])
    }
}
