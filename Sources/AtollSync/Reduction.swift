// SPDX-License-Identifier: Apache-2.0

/// How values become one.
public enum Reduction: Sendable, Equatable { case sum, product, minimum, maximum }

/// How the bits of whole numbers become one.
public enum BitReduction: Sendable, Equatable { case and, or, exclusiveOr }

/// A value that can be reduced, and fits a word.
public protocol Reducible: Sendable {
    init(bits: UInt64)
    var bits: UInt64 { get }
    func combined(with other: Self, by reduction: Reduction) -> Self
}

extension Reducible where Self: FixedWidthInteger {
    @inlinable public init(bits: UInt64) { self.init(truncatingIfNeeded: bits) }
    @inlinable public var bits: UInt64 { UInt64(truncatingIfNeeded: self) }

    /// Sums and products wrap.
    @inlinable
    public func combined(with other: Self, by reduction: Reduction) -> Self {
        switch reduction {
        case .sum: self &+ other
        case .product: self &* other
        case .minimum: self < other ? self : other
        case .maximum: self > other ? self : other
        }
    }

    @inlinable
    public func combined(with other: Self, by reduction: BitReduction) -> Self {
        switch reduction {
        case .and: self & other
        case .or: self | other
        case .exclusiveOr: self ^ other
        }
    }
}

extension Reducible where Self: FloatingPoint {
    /// Not-a-number wins: a result that went wrong must not hide behind the others.
    @inlinable
    public func combined(with other: Self, by reduction: Reduction) -> Self {
        switch reduction {
        case .sum: self + other
        case .product: self * other
        case .minimum: isNaN || self < other ? self : other
        case .maximum: isNaN || self > other ? self : other
        }
    }
}

extension Double: Reducible {
    @inlinable public init(bits: UInt64) { self.init(bitPattern: bits) }
    @inlinable public var bits: UInt64 { bitPattern }
}

extension Float: Reducible {
    @inlinable public init(bits: UInt64) {
        self.init(bitPattern: UInt32(truncatingIfNeeded: bits))
    }
    @inlinable public var bits: UInt64 { UInt64(bitPattern) }
}

extension Int: Reducible {}
extension Int64: Reducible {}
extension Int32: Reducible {}
extension UInt: Reducible {}
extension UInt64: Reducible {}
extension UInt32: Reducible {}

extension Reduction {
    /// The words of participants 0 to `count - 1` reduced in that order, so that floating point gives
    /// the same bits whoever computes it and however the participants are spread.
    @inlinable
    public func fold<T: Reducible>(_ type: T.Type, count: Int, word: (Int) -> UInt64) -> UInt64 {
        var result = T(bits: word(0))
        for index in 1..<max(count, 1) {
            result = result.combined(with: T(bits: word(index)), by: self)
        }
        return result.bits
    }
}
