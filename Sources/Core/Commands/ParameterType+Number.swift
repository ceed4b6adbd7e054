extension ParameterType {
    static func checkInteger(_ value: String, _ min: Int64?, _ max: Int64?) throws(Misfit) {
        // Int64 reads "+5" as well; programs may not.
        guard let number = Int64(value), value.utf8.first != UInt8(ascii: "+") else {
            throw Misfit(description: "must be a whole number.")
        }
        if let min, number < min { throw Misfit(description: "must be \(min) at the least.") }
        if let max, number > max { throw Misfit(description: "must be \(max) at the most.") }
    }

    static func checkDecimal(_ value: String, _ min: Double?, _ max: Double?) throws(Misfit) {
        // Digits, a sign and a point alone: Double reads "nan", "inf", "0x1p3" and "1e9", too.
        let isPlain = value.utf8.allSatisfy { byte in
            byte.isDigit || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
        }
        guard isPlain, let number = Double(value) else {
            throw Misfit(description: "must be a number such as 12.5.")
        }
        if let min, number < min { throw Misfit(description: "must be \(min) at the least.") }
        if let max, number > max { throw Misfit(description: "must be \(max) at the most.") }
    }
}
