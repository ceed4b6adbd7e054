import Core

/// `GET /health`: whether requests can be answered; for load balancers, so it tells little else.
struct HealthEndpoint: PublicEndpoint {
    let store: any ExecutionStore
    let catalogue: Catalogue

    func respond(to request: Request, _ values: [String]) throws -> Response {
        _ = try store.execution(JobUUID())
        let consoles = catalogue.current.consoles.map { state in
            state.problem != nil ? "failing" : state.listedAt == nil ? "not listed yet" : "ok"
        }
        return try JSON.response(Answer(status: "ok", consoles: consoles.isEmpty ? nil : consoles))
    }

    private struct Answer: Encodable {
        let status: String
        /// One word a console, in the configuration's order: what is wrong is for the operator, in log and `doctor`.
        let consoles: [String]?
    }
}
