import Foundation

/// Any JSON value, for input from clients and consoles.
package enum JSONValue: Codable, Sendable, Equatable {
    case null
    /// `true` or `false`.
    case truth(Bool)
    /// A number that `Double` represents exactly.
    case number(Double)
    /// A number with more digits than `Double` has, rounded.
    case inexactNumber(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let truth = try? container.decode(Bool.self) {
            self = .truth(truth)
        } else if let number = try? container.decode(Double.self) {
            // Decimal has 38 digits, so it shows whether Double has lost some.
            let isExact = (try? container.decode(Decimal.self)).map { $0 == Decimal(string: "\(number)") } ?? false
            self = isExact ? .number(number) : .inexactNumber(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Encodes the value. The order of an object's members is undefined.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .truth(let truth): try container.encode(truth)
        case .number(let number), .inexactNumber(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .list(let list): try container.encode(list)
        case .object(let object): try container.encode(object)
        }
    }

    /// The number, possibly rounded; nil for other values.
    package var number: Double? {
        switch self {
        case .number(let number), .inexactNumber(let number): number
        case .null, .truth, .text, .list, .object: nil
        }
    }

    /// The text, or the texts of the list. Boolean values become `true` and `false`.
    package var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .truth(let truth): [String(truth)]
        case .list(let list): list.flatMap(\.texts)
        case .null, .number, .inexactNumber, .object: []
        }
    }
}
