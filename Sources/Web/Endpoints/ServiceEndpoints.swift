import Core

/// `GET /health`: whether requests can be answered. Load balancers ask without a login, so no detail is shown.
struct HealthEndpoint: PublicEndpoint {
    let store: any ExecutionStore
    let catalogue: Catalogue
    let condition: InstanceCondition

    func respond(to request: Request, _ values: PathValues) throws -> Response {
        do throws(StoreError) {
            try store.verify()
        } catch {
            var response = try JSON.response(
                Failure(store: Self.word(for: error), checkedAt: store.damageCheckedAt), .serviceUnavailable)
            response.headers[.retryAfter] = "5"
            return response
        }
        let snapshot = catalogue.current
        let consoles = snapshot.consoles.map { Self.state(listedAt: $0.listedAt, problem: $0.problem) }
        let choices = snapshot.choices.map { Self.state(listedAt: $0.listedAt, problem: $0.problem) }
        return try JSON.response(
            Answer(
                status: "ok", consoles: consoles.isEmpty ? nil : consoles, choices: choices.isEmpty ? nil : choices,
                configuration: condition.configurationProblem() == nil ? nil : "not in use",
                broker: condition.isBrokerStalled() ? "stalled" : nil))
    }

    /// A word without details, because anyone may ask. The log has the details.
    private static func word(for error: StoreError) -> String {
        switch error {
        case .unavailable: "unavailable"
        case .broken: "failing"
        case .unusable(let problem, _): problem.rawValue
        }
    }

    private struct Failure: Encodable {
        let status = "failing"
        /// What is wrong with the store.
        let store: String
        /// When the damage of the store was last checked, in Unix seconds; nil if it is not damaged.
        let checkedAt: Int64?

        private enum CodingKeys: String, CodingKey {
            case status, store
            case checkedAt = "checked_at"
        }
    }

    private static func state(listedAt: Int64?, problem: String?) -> String {
        problem != nil ? "failing" : listedAt == nil ? "not listed yet" : "ok"
    }

    private struct Answer: Encodable {
        let status: String
        /// The state of each console, in the order of the configuration. The problem itself is shown by `doctor` and
        /// the log.
        let consoles: [String]?
        /// The state of each program of choices, in the order of its commands.
        let choices: [String]?
        /// Whether the changed file is not used, because it is invalid or needs a restart. Nil if it is used.
        let configuration: String?
        /// Whether the broker on watch is stopped, so that kills wait for the next one. Nil if it is not.
        let broker: String?
    }
}

/// `GET /metrics`: the numbers of executions, in the text format of Prometheus.
struct MetricsEndpoint: Endpoint {
    let store: any ExecutionStore

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        var lines = [
            "# HELP remotisan_executions Executions in the store, by command and status.",
            "# TYPE remotisan_executions gauge",
        ]
        for count in try store.counts() {
            lines.append(
                """
                remotisan_executions{command="\(Self.escaped(count.command))",status="\(count.status)"} \(count.count)
                """)
        }
        return Response(
            text: lines.joined(separator: "\n") + "\n", type: "text/plain; version=0.0.4; charset=utf-8")
    }

    private static func escaped(_ label: String) -> String {
        var escaped = ""
        // Scalars are compared, not characters: a quote with a combining mark is one character, but still ends the
        // label.
        for scalar in label.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// `GET /openapi.json`: the routes in OpenAPI 3.1.
struct OpenAPIEndpoint: Endpoint {
    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        Response(json: PackageResources.openapi_json)
    }
}
