// SPDX-License-Identifier: Apache-2.0
//
// Sorts N numbers into buckets with all threads of a job, on all its machines: each thread counts its share
// for itself and adds that to the shared histogram under a lock. The counts must add up to N.
//
//     c++ -std=c++20 histogram.cpp $(pkg-config --cflags --libs atoll) -o histogram
//     atoll run GROUP --threads-per-vm 2 -- ./histogram 1000000

#include <array>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <numeric>
#include <string>

#include "atoll.hpp"

namespace {

constexpr std::size_t buckets = 16;

/// A number that looks random and is the same on every machine.
std::uint64_t scatter(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

void count(std::int64_t numbers) {
    atollxx::team team;
    auto histogram = team.array<std::int64_t>("histogram", buckets);
    auto lock = team.lock("histogram");

    team.run([&](atollxx::thread &me) {
        me.parallel_for(0, numbers, [&](std::int64_t first, std::int64_t last) {
            std::array<std::int64_t, buckets> mine{};
            for (auto i = first; i < last; i++) mine[scatter(static_cast<std::uint64_t>(i)) % buckets]++;
            auto held = me.hold(lock);
            std::lock_guard guard(held);
            for (std::size_t i = 0; i < buckets; i++) histogram[i] += mine[i];
        });
        auto [first, last] = me.share(0, numbers);
        if (me.sum(last - first) != numbers) throw std::logic_error("the shares do not add up");
    });

    auto all = std::accumulate(histogram.begin(), histogram.end(), std::int64_t{0});
    if (all != numbers) throw std::logic_error("counted " + std::to_string(all));
    if (team.vm_rank() == 0)
        std::cout << "histogram: vms=" << team.vms() << " threads=" << team.size() << " n=" << all
                  << " first=" << histogram.front() << "\n";
}

}  // namespace

int main(int argc, char **argv) {
    try {
        count(argc > 1 ? std::atoll(argv[1]) : 1000000);
        return 0;
    } catch (const std::exception &problem) {
        std::cerr << "histogram: " << problem.what() << "\n";
        return 1;
    }
}
