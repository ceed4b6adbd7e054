import Foundation

/// A certificate that nobody but its maker vouches for.
package enum SelfSigned {
    /// Makes one for `localhost`, and its key.
    ///
    /// - Throws: ``CertificateError``, and what starting a process throws.
    package static func make(certificate: String, key: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
        ]
        let output = Pipe()
        process.standardError = output
        process.standardOutput = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CertificateError(said: String(decoding: said, as: UTF8.self))
        }
    }
}

/// What openssl said when it made none.
package struct CertificateError: Error {
    let said: String
}
