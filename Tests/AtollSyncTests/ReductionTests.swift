// SPDX-License-Identifier: Apache-2.0
import AtollSync
import Testing

struct ReductionTests {
    private func fold<T: Reducible>(_ values: [T], _ reduction: Reduction) -> T {
        T(bits: reduction.fold(T.self, count: values.count) { values[$0].bits })
    }

    @Test func valuesAreTakenInOrder() {
        // The ones are lost beside the large number; in another order they are not.
        let values = [1e16, 1, 1, -1e16]
        #expect(fold(values, .sum) == 0)
        #expect(fold([1e16, -1e16, 1, 1], .sum) == 2)
    }

    @Test func extremes() {
        #expect(fold([3.0, -7, 5], .minimum) == -7)
        #expect(fold([3.0, -7, 5], .maximum) == 5)
        #expect(fold([Int64.max, .min, 0], .minimum) == .min)
        #expect(fold([Int64.max, .min, 0], .maximum) == .max)
        #expect(fold([Int64(4)], .sum) == 4)
        #expect(fold([Int64.max, 1], .sum) == .min)
    }

    @Test(arguments: [[1.0, .nan, 2], [.nan, 1, 2], [1, 2, .nan]])
    func notANumberWins(values: [Double]) {
        #expect(fold(values, .minimum).isNaN)
        #expect(fold(values, .maximum).isNaN)
        #expect(fold(values, .sum).isNaN)
    }
}
