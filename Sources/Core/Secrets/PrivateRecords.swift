/// What the supervisor is handed on a descriptor of its own: what the filter hides, and variables for the command.
struct PrivateRecords {
    /// Records as `remotisan-job/mask.h` describes them.
    let bytes: [UInt8]

    init(_ invocation: Invocation) {
        var bytes: [UInt8] = []
        func append(_ kind: Unicode.Scalar, _ content: [UInt8]) {
            bytes.append(UInt8(ascii: kind))
            withUnsafeBytes(of: UInt32(content.count)) { bytes.append(contentsOf: $0) }
            bytes += content
        }
        for pattern in SecretPatterns(invocation.secrets).all { append("m", pattern) }
        for (name, value) in invocation.environment.sorted(by: { $0.key < $1.key }) {
            append("e", Array("\(name)=\(value.text)\0".utf8))
        }
        self.bytes = bytes
    }
}
