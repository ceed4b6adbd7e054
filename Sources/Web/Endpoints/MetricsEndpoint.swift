import Core

/// `GET /metrics`: counts for Prometheus, in its text format.
struct MetricsEndpoint: Endpoint {
    let store: any ExecutionStore

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        var lines = [
            "# HELP remotisan_executions Executions in the audit, by command and status.",
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
        // By scalars: a quote with a combining mark behind it is a quote all the same.
        var escaped = ""
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
