import CFastCGI
import Core
import Glibc
import Web

/// One FastCGI request and its answer.
struct Exchange {
    /// libfcgi's request, with its parameters read. Valid until `FCGX_Finish_r`.
    let request: UnsafeMutablePointer<FCGX_Request>

    /// Answers the request.
    func run(_ responder: Responder) {
        let parameters = Parameters(lines())
        let response =
            parameters.size > Limits.parameters
            ? Response(
                .headerFieldsTooLarge, text: "{\"message\":\"Request Header Fields Too Large\"}",
                type: "application/json")
            : responder.respond(parameters) { limit in read(limit) }
        readToEnd()
        write(response, isHead: parameters["REQUEST_METHOD"] == "HEAD")
    }

    /// The parameters as libfcgi keeps them.
    private func lines() -> [UnsafeRawBufferPointer] {
        var lines: [UnsafeRawBufferPointer] = []
        var entry = request.pointee.envp
        while let text = entry?.pointee {
            lines.append(UnsafeRawBufferPointer(start: text, count: strlen(text)))
            entry = entry?.advanced(by: 1)
        }
        return lines
    }

    private func read(_ limit: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, filled in
            while filled <= limit, let base = buffer.baseAddress {
                let got = FCGX_GetStr(
                    UnsafeMutableRawPointer(base + filled).assumingMemoryBound(to: CChar.self),
                    Int32(limit + 1 - filled), request.pointee.in)
                if got <= 0 { break }
                filled += Int(got)
            }
        }
    }

    /// Reads the rest of the body away, at least the empty record that ends it. mod_proxy_fcgi writes that one by
    /// itself, also after a GET; if we had answered and closed by then, its write would fail and the answer be a 503.
    private func readToEnd() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            var left = Limits.drained
            while left > 0 {
                let got = FCGX_GetStr(buffer.baseAddress, Int32(buffer.count), request.pointee.in)
                if got <= 0 { return }
                left -= Int(got)
            }
        }
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
