import Foundation

/// Any JSON value, for input whose shape is somebody else's: a client's, a console's.
package enum JSONValue: Codable, Sendable, Equatable {
    /// `null`.
    case null
    /// `true` or `false`.
    case truth(Bool)
    /// A number that this one is, digit by digit.
    case number(Double)
    /// About a number that has more digits than a `Double` holds: what was written is lost.
    case inexactNumber(Double)
    /// A string.
    case text(String)
    /// An array.
    case list([JSONValue])
    /// An object.
    case object([String: JSONValue])

    /// Reads any JSON.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let truth = try? container.decode(Bool.self) {
            self = .truth(truth)
        } else if let number = try? container.decode(Double.self) {
            // Decimal reads 38 digits.
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

    /// Writes it as it was read; objects in no order.
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

    /// Its number, if it is one, as exact as a `Double` can say it.
    package var number: Double? {
        switch self {
        case .number(let number), .inexactNumber(let number): number
        case .null, .truth, .text, .list, .object: nil
        }
    }

    /// The texts in it: its own, or those of its list.
    package var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .truth(let truth): [String(truth)]
        case .list(let list): list.flatMap(\.texts)
        case .null, .number, .inexactNumber, .object: []
        }
    }
}
