import ArgumentParser
import Core
import Foundation

/// A subcommand failed. The program was called correctly, so the usage is not shown.
struct CommandError: Error, CustomStringConvertible {
    /// A sentence for the administrator.
    let description: String
    let status: ExitStatus

    init(_ description: String, _ status: ExitStatus = .failed) {
        self.description = description
        self.status = status
    }
}

/// The exit codes of this program other than 0, and 64 for wrong arguments. docs/command-line.md explains them.
enum ExitStatus: Int32 {
    /// It could not be done, or a check found a problem.
    case failed = 1
    /// `audit verify` found an entry that does not fit.
    case misfit = 2
    /// `settle`: the job is still running, or belongs to another instance.
    case unsettled = 3
    /// The state forbids it: the job has ended, or something uses the storage.
    case refused = 4
    /// `log --follow`: the job failed.
    case jobFailed = 5
    /// `log --follow`: the job was killed.
    case jobKilled = 6
    /// There is no such job, token or instance, or several UUIDs begin so (`EX_NOINPUT`).
    case notFound = 66
    /// The store cannot be reached, or cannot be used (`EX_UNAVAILABLE`).
    case storeUnavailable = 69
    /// Standard output takes no more (`EX_IOERR`).
    case outputFailed = 74

    var code: ExitCode { ExitCode(rawValue) }

    /// The exit code for an error.
    init(of error: any Error) {
        switch error {
        case let error as CommandError: self = error.status
        case is StoreError: self = .storeUnavailable
        case is OutputError: self = .outputFailed
        case BackupError.inUse, BackupError.exists: self = .refused
        default: self = .failed
        }
    }
}

/// Runs `body`. If it throws, prints the error to standard error and ends the program with the exit code for it.
func reportingErrors<Value>(_ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as ExitCode {
        throw error
    } catch let error as ValidationError {
        throw error
    } catch {
        let text = (error as? OutputError).map(\.report) ?? "\(error)"
        if let text { StandardError.report(text, of: "remotisan-broker") }
        throw ExitStatus(of: error).code
    }
}

/// A number with its noun: `1 command`, `2 commands`.
func counted(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
}
