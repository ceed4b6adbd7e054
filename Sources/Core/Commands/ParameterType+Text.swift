import Foundation

extension ParameterType {
    static func checkText(_ value: String, _ pattern: String?, _ maxLength: Int?) throws(Misfit) {
        if let maxLength, value.unicodeScalars.count > maxLength {
            throw Misfit(description: "must have \(maxLength) characters at the most.")
        }
        guard let pattern else { return }
        // Made anew for each value: a Regex cannot be shared between threads.
        guard let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar),
            (try? regex.wholeMatch(in: value)) != nil
        else { throw Misfit(description: "must match \(pattern).") }
    }

    static func checkJSON(_ value: String) throws(Misfit) {
        guard (try? JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)) != nil else {
            throw Misfit(description: "must be JSON.")
        }
    }
}
