/// A JSON object that always has the same keys. A value that is missing is null.
struct JSONRecord: Encodable, ExpressibleByDictionaryLiteral {
    typealias Key = String
    typealias Value = (any Encodable)?

    private var members: [(key: String, value: (any Encodable)?)]

    init(dictionaryLiteral elements: (String, (any Encodable)?)...) {
        members = elements.map { (key: $0.0, value: $0.1) }
    }

    /// Adds a member.
    subscript(key: String) -> (any Encodable)? {
        get { members.last { $0.key == key }?.value }
        set { members.append((key: key, value: newValue)) }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: MemberName.self)
        for (name, value) in members {
            let key = MemberName(stringValue: name)
            if let value { try container.encode(value, forKey: key) } else { try container.encodeNil(forKey: key) }
        }
    }

    private struct MemberName: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
