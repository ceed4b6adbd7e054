import Core

/// `GET /health`: whether requests can be answered; for load balancers, so it tells nothing else.
struct HealthEndpoint: PublicEndpoint {
    let store: any ExecutionStore

    func respond(to request: Request, _ values: [String]) throws -> Response {
        _ = try store.execution(JobUUID())
        return try JSON.response(["status": "ok"])
    }
}
