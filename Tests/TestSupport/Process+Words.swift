import Foundation

extension Process {
    /// Runs it to its end, and gives back all that it printed, on whichever output.
    ///
    /// - Throws: What starting a process throws.
    package func words() throws -> String {
        let output = Pipe()
        standardOutput = output
        standardError = output
        try run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        waitUntilExit()
        return said
    }
}
