import CFastCGI
import Core
import TestSupport
import Testing

@testable import FastCGI

/// Records of a peer, well-formed and hostile.
struct RecordReaderTests {
    private static func record(_ type: Int32, _ id: UInt16, _ content: [UInt8] = [], padding: UInt8 = 0) -> [UInt8] {
        let length = UInt16(content.count)
        let header = [1, UInt8(type), UInt8(id >> 8), UInt8(id & 0xFF), UInt8(length >> 8), UInt8(length & 0xFF)]
        return header + [padding, 0] + content + [UInt8](repeating: 0, count: Int(padding))
    }

    private static func begin(_ id: UInt16 = 1, role: Int32 = FCGI_RESPONDER, keeps: Bool = false) -> [UInt8] {
        record(FCGI_BEGIN_REQUEST, id, [0, UInt8(role), keeps ? 1 : 0, 0, 0, 0, 0, 0])
    }

    private static func pair(_ name: String, _ value: String) -> [UInt8] {
        func length(_ text: String) -> [UInt8] {
            let count = text.utf8.count
            return count < 128
                ? [UInt8(count)] : [UInt8(count >> 24 | 0x80)] + [16, 8, 0].map { UInt8(count >> $0 & 0xFF) }
        }
        return length(name) + length(value) + name.utf8 + value.utf8
    }

    private static let cookie = String(repeating: "c", count: 300)
    private static let post: [UInt8] =
        begin(keeps: true) + record(FCGI_PARAMS, 1, pair("REQUEST_METHOD", "POST"), padding: 5)
        + record(FCGI_PARAMS, 1, pair("HTTP_COOKIE", cookie)) + record(FCGI_PARAMS, 1)
        + record(FCGI_STDIN, 1, Array("hello ".utf8), padding: 2) + record(FCGI_STDIN, 1, Array("world".utf8))
        + record(FCGI_STDIN, 1)

    /// Reads bytes in parts of a length. The body is kept up to a limit.
    private static func read(
        _ bytes: [UInt8], inPartsOf length: Int = .max, bodyLimit: Int = 100
    ) throws(RecordError) -> (reader: RecordReader, rest: Int) {
        var reader = RecordReader()
        var input: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            input += rest.prefix(length)
            rest = rest.dropFirst(length)
            while true {
                let used: Result<Int, RecordError> = input.withUnsafeBytes { bytes in
                    do throws(RecordError) { return .success(try reader.read(bytes)) } catch { return .failure(error) }
                }
                input.removeFirst(try used.get())
                guard reader.isWaiting else { break }
                reader.keepBody(upTo: bodyLimit)
            }
        }
        return (reader, input.count)
    }

    @Test(arguments: [1, 2, 3, 7, 8, 9, 64, .max]) func `a request is the same in parts of any length`(_ length: Int)
        throws
    {
        let reader = try Self.read(Self.post, inPartsOf: length).reader
        #expect(reader.hasParameters)
        #expect(reader.hasBody)
        #expect(reader.keepsConnection)
        #expect(reader.body == Array("hello world".utf8))
        let variables = try #require(RequestParameters(reader.parameters)?.variables)
        #expect(variables["REQUEST_METHOD"] == "POST")
        #expect(variables["HTTP_COOKIE"] == Self.cookie)
        #expect(variables["HTTP"] == nil)
    }

    @Test func `the next request on the connection is left alone`() throws {
        let next = Self.begin(2)
        #expect(try Self.read(Self.post + next).rest == next.count)
    }

    @Test func `a body is not read before it is wanted, and not kept beyond the limit`() throws {
        var reader = RecordReader()
        let used = try Self.post.withUnsafeBytes { try reader.read($0) }
        #expect(used < Self.post.count)
        #expect(reader.isWaiting)
        #expect(reader.body.isEmpty)

        let limited = try Self.read(Self.post, bodyLimit: 4).reader
        #expect(limited.body == Array("hello".utf8))
        #expect(limited.hasBody)
        #expect(limited.discarded == 6)
    }

    @Test func `variables beyond the limit are not kept`() throws {
        let value = String(repeating: "v", count: 60_000)
        let many = (1...100).flatMap { _ in Self.record(FCGI_PARAMS, 1, Self.pair("A", value)) }
        let reader = try Self.read(Self.begin() + many + Self.record(FCGI_PARAMS, 1)).reader
        #expect(reader.hasParameters)
        #expect(reader.parameters.count == 64 * 1024 + 1)
    }

    static let malformed: [(String, [UInt8])] = [
        ("another version", [2] + Self.begin().dropFirst()),
        ("zeros", [UInt8](repeating: 0, count: 64)),
        ("HTTP", Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)),
        ("a short beginning", Self.record(FCGI_BEGIN_REQUEST, 1, [0, 1])),
        ("a beginning without content", Self.record(FCGI_BEGIN_REQUEST, 1)),
        ("a long beginning", Self.record(FCGI_BEGIN_REQUEST, 1, [UInt8](repeating: 0, count: 65_000))),
        ("a long management record", Self.record(FCGI_GET_VALUES, 0, [UInt8](repeating: 0, count: 65_000))),
        ("a second beginning", Self.begin() + Self.begin()),
        ("a body before the variables", Self.begin() + Self.record(FCGI_STDIN, 1, [1])),
    ]

    @Test(arguments: malformed) func `malformed records are an error`(_ name: String, _ bytes: [UInt8]) {
        #expect(throws: RecordError.self) { try Self.read(bytes) }
    }

    @Test func `variables whose lengths exceed what was sent are malformed`() {
        let absurd: [[UInt8]] = [
            [0x7F], [1], [1, 0], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 1], [0xFF, 0xFF],
            [2, 2, 65, 66, 67], [0, 0x80, 0, 0], [0x80, 0, 0, 2, 0x80, 0, 0, 2, 65, 66, 67],
        ]
        for bytes in absurd { #expect(RequestParameters(bytes) == nil, "\(bytes)") }
        #expect(RequestParameters([])?.names == [])
        #expect(RequestParameters([0, 0, 1, 0, 65])?.names == ["", "A"])
    }

    @Test func `other requests, roles and management records are answered`() throws {
        let other = try Self.read(Self.begin() + Self.begin(2) + Self.record(FCGI_PARAMS, 2, [1])).reader
        #expect(other.request == 1)
        #expect(other.parameters.isEmpty)
        #expect(other.replies == RecordWriter.end(2, status: FCGI_CANT_MPX_CONN))

        let filter = try Self.read(Self.begin(role: FCGI_FILTER)).reader
        #expect(filter.request == nil)
        #expect(filter.replies == RecordWriter.end(1, status: FCGI_UNKNOWN_ROLE))

        let values = try Self.read(Self.record(FCGI_GET_VALUES, 0, Self.pair("FCGI_MPXS_CONNS", ""))).reader
        #expect(values.replies == Self.record(FCGI_GET_VALUES_RESULT, 0, Self.pair("FCGI_MPXS_CONNS", "0")))

        let unknown = try Self.read(Self.record(99, 0, [1, 2, 3])).reader
        #expect(unknown.replies == Self.record(FCGI_UNKNOWN_TYPE, 0, [99, 0, 0, 0, 0, 0, 0, 0]))
    }

    @Test func `an aborted request says so`() throws {
        #expect(try Self.read(Self.begin() + Self.record(FCGI_ABORT_REQUEST, 1)).reader.isAborted)
        #expect(try !Self.read(Self.begin() + Self.record(FCGI_ABORT_REQUEST, 2)).reader.isAborted)
    }

    @Test func `an answer of any length consists of records that fit`() throws {
        for count in [0, 1, 65_527, 65_528, 65_529, 200_000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            var records: [UInt8] = []
            RecordWriter.append(bytes, of: 258, to: &records)
            var found: [UInt8] = []
            while !records.isEmpty {
                #expect(records.prefix(4) == [1, UInt8(FCGI_STDOUT), 1, 2])
                let length = Int(records[4]) << 8 | Int(records[5])
                #expect(length > 0)
                found += records[8..<8 + length]
                records.removeFirst(8 + length + Int(records[6]))
            }
            #expect(found == bytes)
        }
    }

    @Test func `random records are read or refused, and no more is kept than the limits allow`() throws {
        try Corpus("fastcgi-records").feed { bytes in
            for length in [.max, 5] {
                guard let reader = try? Self.read(bytes, inPartsOf: length).reader else { continue }
                #expect(reader.body.count <= 101)
                #expect(reader.parameters.count <= 64 * 1024 + 1)
                _ = RequestParameters(reader.parameters)?.variables["REQUEST_METHOD"]
            }
        }
    }
}
