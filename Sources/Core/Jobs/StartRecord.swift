import Foundation
import Glibc

/// STORAGE/jobs/UUID.start: the facts of an execution that are otherwise only in the store.
///
/// If the store loses the execution, because it was restored from an older backup, the execution is made anew from this
/// record. It is written before the job starts and stays as long as the log. It contains no secrets.
struct StartRecord: Codable, Equatable {
    let user: String?
    let command: String
    let parameters: String
    let executedAt: Int64
    let queuedAt: Int64?
    let token: Int64?
    let tokenName: String?

    private enum CodingKeys: String, CodingKey {
        case user, command, parameters, token
        case executedAt = "executed_at"
        case queuedAt = "queued_at"
        case tokenName = "token_name"
    }

    init(_ execution: Execution, executedAt: Int64) {
        user = execution.userIdentifier
        command = execution.command
        parameters = execution.parameters
        self.executedAt = executedAt
        queuedAt = execution.queuedAt
        token = execution.token?.id
        tokenName = execution.token?.name
    }

    /// An execution whose record is missing. An earlier version started it.
    init(startedAt time: Int64) {
        user = nil
        command = "unknown"
        parameters = ""
        executedAt = time
        queuedAt = nil
        token = nil
        tokenName = nil
    }

    /// The execution, as running.
    func execution(of uuid: JobUUID, on server: String) -> Execution {
        Execution(
            id: 0, jobUUID: uuid.description, serverUUID: server, userIdentifier: user, command: command,
            parameters: parameters, executedAt: executedAt, queuedAt: queuedAt,
            token: token.map { TokenReference(id: $0, name: tokenName ?? "") }, isRestored: true)
    }
}

extension JobFiles {
    /// ``StartRecord``.
    var start: String { "\(jobs)/\(uuid).start" }

    /// Writes the record of an execution that is about to start.
    ///
    /// Without fsync: after a power cut the store still has the execution.
    func writeStartRecord(of execution: Execution, executedAt: Int64) throws(SystemError) {
        guard let bytes = try? JSONEncoder().encode(StartRecord(execution, executedAt: executedAt)) else { return }
        let file = try Descriptor.opening(replaceable: start, O_WRONLY | O_CREAT | O_TRUNC, owner: owner)
        try file.write(bytes, to: start)
    }

    /// The record; nil if there is none, or only a part of it.
    func startRecord() throws(SystemError) -> StartRecord? {
        try DurableFile.read(replaceable: start, owner: owner).flatMap {
            try? JSONDecoder().decode(StartRecord.self, from: Data($0.utf8))
        }
    }

    /// Removes the files of a job that did not start.
    func removeUnstarted() {
        unlink(start)
        removeLiveFiles()
    }
}
