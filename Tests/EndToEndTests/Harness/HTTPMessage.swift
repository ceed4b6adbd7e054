import Foundation

/// A request.
struct HTTPRequest: Sendable {
    var method = "GET"
    var target: String
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var isChunked = false

    /// Its bytes. The connection closes after the response.
    var bytes: [UInt8] {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if isChunked {
            head += "Transfer-Encoding: chunked\r\n\r\n"
            return Array(head.utf8) + chunks
        }
        if !body.isEmpty || method == "POST" { head += "Content-Length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }

    private var chunks: [UInt8] {
        var result: [UInt8] = []
        var rest = body[...]
        while !rest.isEmpty {
            let piece = rest.prefix(7000)
            rest = rest.dropFirst(7000)
            result += Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8)
        }
        return result + Array("0\r\n\r\n".utf8)
    }
}

/// A complete response.
struct HTTPReply: Sendable {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    /// Parses a response; nil if it is malformed or incomplete.
    init?(_ bytes: [UInt8]) {
        let raw = Data(bytes)
        guard let end = raw.range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: raw[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let statusLine = lines[0].split(separator: " ")
        guard statusLine.count > 1, let status = Int(statusLine[1]) else { return nil }
        self.status = status
        headers = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            return (line[..<colon].lowercased(), value)
        }
        let rest = Array(raw[end.upperBound...])
        if headers.contains(where: { $0.name == "transfer-encoding" && $0.value.lowercased() == "chunked" }) {
            guard let whole = Self.unchunked(rest[...]) else { return nil }
            body = whole
        } else {
            body = rest
            let announced = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) }
            if let announced, announced > rest.count, !rest.isEmpty { return nil }
        }
    }

    /// A header field, by its name in lower case.
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON.
    func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            throw HTTPParseError(status: status, text: String(text.prefix(2000)), error: "\(error)")
        }
    }

    private static func unchunked(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        var rest = bytes
        while true {
            guard let lineEnd = rest.firstIndex(of: 13) else { return nil }
            let size = String(decoding: rest[rest.startIndex..<lineEnd].prefix { $0 != 59 }, as: UTF8.self)
            guard let count = Int(size, radix: 16) else { return nil }
            rest = rest[(lineEnd + 2)...]
            if count == 0 { return result }
            guard rest.count >= count + 2 else { return nil }
            result += rest.prefix(count)
            rest = rest.dropFirst(count + 2)
        }
    }
}

/// A response that is not the expected JSON.
struct HTTPParseError: Error {
    let status: Int
    let text: String
    let error: String
}
