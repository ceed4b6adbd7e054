import CFastCGI
import CSystem
import Core
import Glibc
import Web

/// One FastCGI request and its answer.
struct Exchange {
    /// libfcgi's request, whose variables have been read. It is valid until `FCGX_Finish_r`.
    let request: UnsafeMutablePointer<FCGX_Request>

    /// The time by which the body must have arrived, in milliseconds of the boot clock. Without it, a client that sends
    /// one byte at a time would occupy a thread.
    private let deadline = Clock.boottimeMilliseconds() + 10_000

    /// Answers the request.
    ///
    /// - Returns: Whether the whole request was read. Only then the connection can be used again or closed gracefully.
    func run(_ responder: Responder) -> Bool {
        let variables = CGIVariables(lines())
        let response =
            variables.size > Limits.variables
            ? Response(
                .requestHeaderFieldsTooLarge, text: "{\"message\":\"Request Header Fields Too Large\"}",
                type: "application/json")
            : responder.respond(variables, isAbandoned: { system_is_peer_gone(request.pointee.ipcFd) == 1 }) { limit in
                read(limit + 1)
            }
        // mod_proxy_fcgi sends the empty record that ends the body separately, even after a GET. If we had answered and
        // closed by then, its write would fail, and the client would get a 503. So the body is always read to its end.
        let isRead = read(Limits.drained).count < Limits.drained && Clock.boottimeMilliseconds() < deadline
        write(response, isHead: variables["REQUEST_METHOD"] == "HEAD")
        return isRead
    }

    /// The CGI variables, in libfcgi's memory.
    private func lines() -> [UnsafeRawBufferPointer] {
        var lines: [UnsafeRawBufferPointer] = []
        var entry = request.pointee.envp
        while let text = entry?.pointee {
            lines.append(UnsafeRawBufferPointer(start: text, count: strlen(text)))
            entry = entry?.advanced(by: 1)
        }
        return lines
    }

    /// Reads up to `limit` bytes of the body. Returns fewer at the end of the body, and after the deadline.
    ///
    /// Each call of libfcgi asks only for bytes that have arrived. If asked for more, libfcgi waits for all of them,
    /// without a timeout.
    private func read(_ limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        guard let input = request.pointee.in else { return bytes }
        while bytes.count < limit, Clock.boottimeMilliseconds() < deadline {
            let first = FCGX_GetChar(input)
            guard first >= 0 else { break }
            bytes.append(UInt8(truncatingIfNeeded: first))
            let arrived = input.pointee.stop - input.pointee.rdNext
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: max(arrived, 1)) { buffer in
                let count = FCGX_GetStr(buffer.baseAddress, Int32(min(arrived, limit - bytes.count)), input)
                bytes.append(contentsOf: UnsafeRawBufferPointer(buffer).prefix(Int(max(count, 0))))
            }
        }
        return bytes
    }

    private func write(_ response: Response, isHead: Bool) {
        ResponseWriter { bytes in
            bytes.withUnsafeBytes { buffer in
                let text = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
                return FCGX_PutStr(text, Int32(buffer.count), request.pointee.out) == Int32(buffer.count)
            }
        }.write(response, isHead: isHead)
    }
}
