import ArgumentParser
import Core
import Foundation

/// A subcommand failed. The program was called correctly, so the usage is not shown, and the exit code is 1.
struct CommandError: Error, CustomStringConvertible {
    /// A sentence for the administrator.
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Runs `body`. If it throws, prints the error to standard error and ends the program with exit code 1.
func reportingErrors<Value>(_ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as ExitCode {
        throw error
    } catch let error as ValidationError {
        throw error
    } catch {
        StandardError.report("\(error)", of: "remotisan-broker")
        throw ExitCode(1)
    }
}

/// A number with its noun: `1 command`, `2 commands`.
func counted(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
}
