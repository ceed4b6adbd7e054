/// A whole number of 64 bits.
package struct IntegerType: ParameterType {
    package static let name = "integer"

    let min: Int64?
    let max: Int64?

    package init(min: Int64? = nil, max: Int64? = nil) {
        self.min = min
        self.max = max
    }

    package init(_ section: ConfigurationSection, in context: ProgramContext) {
        min = section.integer("min", in: .min ... .max).map { Int64($0) }
        max = section.integer("max", in: .min ... .max).map { Int64($0) }
        if let min, let max, min > max { section.problem("is greater than max.", at: "min") }
    }

    package func accept(_ value: String) throws(InvalidValueError) -> String {
        // Int64 also reads "+5", which programs may not.
        guard let number = Int64(value), value.utf8.first != UInt8(ascii: "+") else {
            throw InvalidValueError("integer", "must be a whole number.")
        }
        if let min, number < min { throw InvalidValueError("min", "must be at least \(min, as: "min").") }
        if let max, number > max { throw InvalidValueError("max", "must be at most \(max, as: "max").") }
        return value
    }

    package var facts: [(name: String, value: JSONValue)] {
        range(min.map { Double($0) }, max.map { Double($0) }) + [("input_mode", .text("numeric"))]
    }
}

/// A number with an optional decimal point.
package struct DecimalType: ParameterType {
    package static let name = "decimal"

    let min: Double?
    let max: Double?

    package init(min: Double? = nil, max: Double? = nil) {
        self.min = min
        self.max = max
    }

    package init(_ section: ConfigurationSection, in context: ProgramContext) {
        min = section.decimal("min")
        max = section.decimal("max")
        if let min, let max, min > max { section.problem("is greater than max.", at: "min") }
    }

    package func accept(_ value: String) throws(InvalidValueError) -> String {
        // Only digits, a sign and a point, because Double also reads "nan", "inf", "0x1p3" and "1e9".
        let isPlain = value.utf8.allSatisfy { byte in
            byte.isDigit || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
        }
        guard isPlain, let number = Double(value) else {
            throw InvalidValueError("number", "must be a number such as 12.5.")
        }
        if let min, number < min { throw InvalidValueError("min", "must be at least \(min, as: "min").") }
        if let max, number > max { throw InvalidValueError("max", "must be at most \(max, as: "max").") }
        return value
    }

    package var facts: [(name: String, value: JSONValue)] {
        range(min, max) + [("input_mode", .text("decimal"))]
    }
}

private func range(_ min: Double?, _ max: Double?) -> [(name: String, value: JSONValue)] {
    [("min", min), ("max", max)].compactMap { name, limit in limit.map { (name, .number($0)) } }
}
