/// A sentence for a person, with a code and values from which a client writes it in another language.
///
/// The code stays the same when the English words change. `strings.*.js` of the page has a text for each code.
package struct Sentence: Error, Sendable, Hashable, CustomStringConvertible {
    /// What the sentence says, such as `option.unknown`.
    package let code: String
    /// The English words.
    package let description: String
    /// The values in the sentence, by name.
    package let values: [String: String]

    /// Creates a sentence: `Sentence("option.unknown", "The option \(name, as: "option") does not exist.")`.
    package init(_ code: String, _ words: Words) {
        self.init(code, words.text, words.values)
    }

    package init(_ code: String, _ description: String, _ values: [String: String]) {
        self.code = code
        self.description = description
        self.values = values
    }

    /// A sentence without a code, which stays English: a mistake that only a program makes, or a text of the system.
    package static func uncoded(_ description: String) -> Sentence {
        Sentence("", description, [:])
    }

    /// Text whose interpolations have names.
    package struct Words: ExpressibleByStringInterpolation, Sendable {
        fileprivate let text: String
        fileprivate let values: [String: String]

        package init(stringLiteral value: String) {
            text = value
            values = [:]
        }

        package init(stringInterpolation: StringInterpolation) {
            text = stringInterpolation.text
            values = stringInterpolation.values
        }

        package struct StringInterpolation: StringInterpolationProtocol {
            fileprivate var text = ""
            fileprivate var values: [String: String] = [:]

            package init(literalCapacity: Int, interpolationCount: Int) {
                text.reserveCapacity(literalCapacity + 16 * interpolationCount)
            }

            package mutating func appendLiteral(_ literal: String) {
                text += literal
            }

            /// Words that only the English sentence has.
            package mutating func appendInterpolation(_ words: String) {
                text += words
            }

            package mutating func appendInterpolation(_ value: some CustomStringConvertible, as name: String) {
                text += value.description
                values[name] = value.description
            }
        }
    }
}
