// SPDX-License-Identifier: Apache-2.0
//
// What atoll.hpp promises beyond atoll.h. Run as each part of a job of two machines with two threads; says
// "ok" and ends with 0 where all of it held.

#include <iostream>
#include <mutex>
#include <string>

#include "atoll.hpp"

namespace {

void expect(bool truth, const std::string &what) {
    if (!truth) throw std::logic_error("not so: " + what);
}

/// The code that `body` throws; 0 for none.
template <typename Body> int code_of(Body body) {
    try {
        body();
        return 0;
    } catch (const atollxx::error &error) {
        expect(std::string(error.what()) != "", "an error has a sentence");
        return error.code();
    }
}

struct pair { double first; int second; };
pair best_of(int rank) { return {rank == 1 ? 9.0 : rank, rank}; }

void check() {
    atollxx::team team;
    expect(team.vms() == 2 && team.size() == 4, "the team's shape");
    auto counts = team.array<int>("counts", 4);
    expect(counts.size() == 4 && counts[3] == 0, "an array is zero at first");
    expect(code_of([&] { team.array<int>("counts", 5); }) == ATOLL_ERROR_SIZE_MISMATCH, "a size of its own");
    expect(code_of([&] { team.lock(std::string(100, 'n')); }) == ATOLL_ERROR_BAD_NAME, "a name too long");
    auto lock = team.lock("lock");

    team.run([&](atollxx::thread &me) {
        auto held = me.hold(lock);
        for (int i = 0; i < 1000; i++) {
            std::scoped_lock guard(held);
            counts[0]++;
        }
        me.barrier();
        expect(counts[0] == 4000, "the lock excludes");
        {
            std::unique_lock guard(held, std::defer_lock);
            if (me.rank() == 0) guard.lock();
            me.barrier();
            if (me.rank() == 3) expect(!guard.try_lock(), "another has it");
            me.barrier();
        }
        expect(me.sum(me.rank()) == 6 && me.maximum(me.rank()) == 3, "whole numbers");
        expect(me.sum(0.5) == 2.0 && me.minimum(me.rank() - 0.5) == -0.5, "floating point");
    });

    auto counter = team.counter("n");
    auto queue = team.queue<float>("q", 8);
    auto recursive = team.recursive_lock("recursive");
    team.run([&](atollxx::thread &me) {
        for (auto how : {atollxx::schedule::fixed(3), atollxx::schedule::dynamic(), atollxx::schedule::guided(),
                         atollxx::schedule::trapezoid(), atollxx::schedule::dynamic(10).no_wait()})
            me.parallel_for(0, 100, how, [&](auto first, auto last) { me.add(counter, last - first); });
        expect(me.restartable_for(0, 100, 9, [&](auto first, auto last) { me.add(counter, last - first); }) == 0,
               "nobody is lost");
        me.barrier();
        expect(me.sum_of(counter) == 600, "each iteration once");
        me.single([&] { counts[1]++; });
        for (int i = 0; i < 50; i++) me.critical("c", [&] { counts[2]++; });
        me.barrier();
        expect(counts[1] == 1 && counts[2] == 200, "regions");
        auto best = me.all_reduce(best_of(me.rank()), [](auto a, auto b) { return a.first < b.first ? b : a; });
        expect(best.first == 9 && best.second == 1, "a reduction of one's own");
        expect(me.broadcast(me.rank() * 10, 2) == 20, "broadcast");
        if (me.rank() == 0) me.push(queue, 1.5f);
        if (me.rank() == 3) expect(me.pop(queue) == 1.5f && !me.pop(queue, ATOLL_AT_ONCE), "a queue");
        auto held = me.hold(recursive);
        std::scoped_lock outer(held);
        std::scoped_lock inner(held);
    });
    expect(code_of([&] {
        team.run([&](atollxx::thread &me) {
            auto held = me.hold(lock);
            if (me.rank() == 0) held.lock();
            me.barrier();
            using namespace std::chrono_literals;
            if (me.rank() == 1) expect(!held.try_lock_for(1ms), "the time is over");
            me.barrier();
            if (me.rank() == 0) held.unlock();
        });
    }) == 0, "a timed lock");

    // A body's own exception comes back whole, in its own process; the others learn of it.
    try {
        team.run([&](atollxx::thread &me) {
            if (me.rank() == 3) throw std::out_of_range("mine");
            me.barrier();
        });
        expect(false, "run() throws");
    } catch (const std::out_of_range &problem) {
        expect(team.vm_rank() == 1 && std::string(problem.what()) == "mine", "whose exception it is");
    } catch (const atollxx::error &error) {
        expect(team.vm_rank() == 0 && error.code() == ATOLL_ERROR_PEER_FAILED, "the other's word");
    }
}

}  // namespace

int main() {
    try {
        check();
        std::cout << "ok\n";
        return 0;
    } catch (const std::exception &problem) {
        std::cout << problem.what() << "\n";
        return 77;
    }
}
