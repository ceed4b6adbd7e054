import Core

/// `GET /health`: whether requests can be answered; for load balancers, so it tells little else.
struct HealthEndpoint: PublicEndpoint {
    let store: any ExecutionStore
    let catalogue: Catalogue

    func respond(to request: Request, _ values: [String]) throws -> Response {
        _ = try store.execution(JobUUID())
        let snapshot = catalogue.current
        let consoles = snapshot.consoles.map { Self.word($0.listedAt, $0.problem) }
        let choices = snapshot.choices.map { Self.word($0.listedAt, $0.problem) }
        return try JSON.response(
            Answer(
                status: "ok", consoles: consoles.isEmpty ? nil : consoles, choices: choices.isEmpty ? nil : choices))
    }

    private static func word(_ listedAt: Int64?, _ problem: String?) -> String {
        problem != nil ? "failing" : listedAt == nil ? "not listed yet" : "ok"
    }

    private struct Answer: Encodable {
        let status: String
        /// One word a console, in the configuration's order: what is wrong is for the operator, in log and `doctor`.
        let consoles: [String]?
        /// One word a program of choices, in the order of the commands that they are for.
        let choices: [String]?
    }
}
