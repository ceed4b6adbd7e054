import Core

/// `GET /filters`: the users that occur in the history this person sees.
struct FiltersEndpoint: Endpoint {
    let history: ListHistory

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        try JSON.response(["users": history.users(for: person)])
    }
}
