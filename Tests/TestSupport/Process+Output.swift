import Foundation

extension Process {
    /// Runs the process to its end, and returns its standard output and standard error.
    package func runToEnd() throws -> String {
        let output = Pipe()
        standardOutput = output
        standardError = output
        try run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        waitUntilExit()
        return text
    }
}
