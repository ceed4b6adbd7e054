import CSystem
import Core
import Foundation
import Glibc
import Web

/// The single request of a CGI program (RFC 3875).
package enum CGIExchange {
    /// Whether this process was started to answer one request: the environment says so, and descriptor 0 is not a
    /// listening socket.
    package static var isRequested: Bool {
        ProcessInfo.processInfo.environment["GATEWAY_INTERFACE"] != nil && system_is_listening(0) != 1
    }

    /// Answers the request in the environment.
    package static func run(_ responder: Responder) {
        let variables = CGIVariables(environment())
        // A web server may keep standard input open after the body, so no more than Content-Length is read. For a
        // chunked body mod_cgid sets no length, but closes standard input.
        let length = variables["CONTENT_LENGTH"].flatMap { Int($0) }.map { max(0, $0) }
        let isChunked = length == nil && variables["HTTP_TRANSFER_ENCODING"] != nil
        var readCount = 0
        let response = responder.respond(variables, isAbandoned: { system_is_peer_gone(STDOUT_FILENO) == 1 }) { limit in
            let bytes = readInput(min(limit + 1, length ?? limit + 1))
            readCount += bytes.count
            return bytes
        }
        // mod_cgid sends the body through a socket. If this process ended with a part of it unread, the connection
        // would be reset and the answer lost. The rest is read before the answer is written, because mod_cgid does not
        // read the answer while it still writes the body.
        let rest = (length ?? (isChunked ? Limits.drained : 0)) - readCount
        _ = readInput(min(max(0, rest), Limits.drained))
        write(response, isHead: variables["REQUEST_METHOD"] == "HEAD")
    }

    /// Writes an answer. Stops if the web server has closed its end.
    private static func write(_ response: Response, isHead: Bool) {
        try? Descriptor.standardOutput { output throws(SystemError) in
            try output.write(response.head, to: "standard output")
            guard !isHead else { return }
            switch response.body {
            case .bytes(let bytes): try output.write(bytes, to: "standard output")
            case .log, .parts:
                guard var rest = BodyStream(response.body) else { return }
                while let bytes = try? rest.next() { try output.write(bytes, to: "standard output") }
            }
        }
    }

    /// The environment, byte for byte. `ProcessInfo` replaces bytes that are not UTF-8.
    private static func environment() -> [UnsafeRawBufferPointer] {
        var lines: [UnsafeRawBufferPointer] = []
        var entry = system_environment()
        while let text = entry?.pointee {
            lines.append(UnsafeRawBufferPointer(start: text, count: strlen(text)))
            entry = entry?.advanced(by: 1)
        }
        return lines
    }

    private static func readInput(_ limit: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            while filled < limit, let base = buffer.baseAddress {
                let got = read(0, base + filled, limit - filled)
                if got < 0, errno == EINTR { continue }
                if got <= 0 { break }
                filled += got
            }
        }
    }
}
