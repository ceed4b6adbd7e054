/// An execution of the original, as a row of our table.
struct ImportedExecution {
    /// The columns of ``values``.
    static let columns = [
        "id", "job_uuid", "server_uuid", "user_identifier", "command", "parameters", "executed_at", "finished_at",
        "process_status", "killed_by", "intended_to_kill_by", "reason", "lost",
    ]

    var id: Int64
    let uuid: String
    let server: String
    private let user: StoreValue
    private let command: String
    private let parameters: String
    private let executedAt: Int64
    private var finishedAt: Int64
    private var status: Status
    private let killedBy: StoreValue
    private let intendedToKillBy: StoreValue
    private var isLost = false

    /// What is wrong with a row.
    struct Problem: Error {
        let text: String
    }

    /// - Throws: The first problem of the row.
    init(_ row: OriginalRow) throws(Problem) {
        // Early versions had other names.
        func value(_ names: String...) -> StoreValue {
            names.lazy.compactMap { row.values[$0] }.first { $0 != .null } ?? .null
        }
        func number(_ name: String) throws(Problem) -> Int64? {
            let value = value(name)
            guard let text = value.text, text != "" else { return nil }
            guard let number = value.integer, number >= 0 else {
                throw Problem(text: "\(name) is not a whole number.")
            }
            return number
        }
        func required(_ name: String) throws(Problem) -> Int64 {
            guard let number = try number(name) else { throw Problem(text: "\(name) is missing.") }
            return number
        }
        id = try required("id")
        guard let job = value("job_uuid", "uuid").text.flatMap({ JobUUID($0) }) else {
            throw Problem(text: "job_uuid is missing or is no UUID.")
        }
        uuid = job.description
        guard let server = value("server_uuid", "instance_uuid").text, !server.isEmpty, server.utf8.count <= 255 else {
            throw Problem(text: "server_uuid is missing.")
        }
        self.server = server
        guard let command = value("command").text, !command.isEmpty else { throw Problem(text: "command is missing.") }
        self.command = command
        executedAt = try required("executed_at")
        finishedAt = try number("finished_at") ?? 0
        guard let status = Status(rawValue: Int(clamping: try required("process_status"))), status != .queued else {
            throw Problem(text: "process_status is not 1, 2, 3 or 4.")
        }
        self.status = status
        parameters = value("parameters").text ?? ""
        func name(_ name: String) -> StoreValue { value(name).text.map { .text($0) } ?? .null }
        user = name("user_identifier")
        killedBy = name("killed_by")
        intendedToKillBy = name("intended_to_kill_by")
    }

    var isRunning: Bool { status == .running }

    /// Ends an execution that another instance of the original left running. None of that instance runs any more.
    mutating func markLost(at now: Int64) {
        status = .failed
        finishedAt = now
        isLost = true
    }

    var values: [StoreValue] {
        [
            .integer(id), .text(uuid), .text(server), user, .text(command), .text(parameters), .integer(executedAt),
            .integer(finishedAt), .integer(Int64(status.rawValue)), killedBy, intendedToKillBy,
            isLost ? .text("lost") : .null, isLost ? .integer(1) : .null,
        ]
    }
}
