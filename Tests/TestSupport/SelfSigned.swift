import Foundation

/// Self-signed certificates.
package enum SelfSigned {
    /// Creates a certificate for `localhost` and its key.
    package static func make(certificate: String, key: String) throws {
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
        ]
        let output = try process.runToEnd()
        guard process.terminationStatus == 0 else { throw CertificateError(output: output) }
    }
}

/// openssl failed, with this output.
package struct CertificateError: Error {
    let output: String
}
