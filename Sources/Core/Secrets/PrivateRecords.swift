/// What the supervisor reads from a descriptor of its own: the patterns to mask, and variables for the command.
struct PrivateRecords {
    /// The records, in the format of `remotisan-job/mask.h`.
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
