// SPDX-License-Identifier: Apache-2.0
//
// Atoll for C++20: the C interface (atoll.h) with owners that give back what they hold, lambdas as bodies,
// std::span views of shared arrays, locks that std::lock_guard takes, and errors as exceptions that carry
// the library's sentence. Header only: link with -latoll (pkg-config atoll).
//
//     atollxx::team team;
//     auto grid = team.array<double>("grid", 1000);
//     team.run([&](atollxx::thread &me) {
//         me.parallel_for(0, 1000, [&](auto first, auto last) { ... grid[i] ... });
//         double all = me.sum(mine);
//     });
//
// The namespace is atollxx: stdlib.h has a function atoll.
//
// An exception that leaves a body ends the team, in every VM: the others' waits throw atollxx::error with
// code() == ATOLL_ERROR_PEER_FAILED, and run() throws the first exception of its own process again, one
// that is not such an echo if there is one.

#ifndef ATOLL_HPP
#define ATOLL_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "atoll.h"

namespace atollxx {

/// What a call of the library failed with. what() is atoll_last_error's sentence.
class error : public std::runtime_error {
public:
    error(int code, const std::string &text) : std::runtime_error(text), code_(code) {}
    /// One of atoll.h's ATOLL_ERROR_...
    int code() const noexcept { return code_; }

private:
    int code_;
};

namespace detail {

/// Gives what is no error; throws what is one.
inline int check(int result) {
    if (result < 0) throw error(result, atoll_last_error());
    return result;
}

/// What a body's thread tells its team: an exception cannot pass through C.
template <typename Body>
int guarded(std::exception_ptr &failure, Body &&body) noexcept {
    try {
        std::forward<Body>(body)();
        return 0;
    } catch (const error &problem) {
        failure = std::current_exception();
        return problem.code();
    } catch (...) {
        failure = std::current_exception();
        return 1;
    }
}

/// The failures of one process's threads; the first that is no echo of another's is told.
class failures {
public:
    void add(std::exception_ptr failure, bool is_echo) {
        std::lock_guard guard(mutex_);
        if (!first_ || (is_echo_ && !is_echo)) {
            first_ = failure;
            is_echo_ = is_echo;
        }
    }
    void rethrow() {
        if (first_) std::rethrow_exception(first_);
    }

private:
    std::mutex mutex_;
    std::exception_ptr first_;
    bool is_echo_ = false;
};

}  // namespace detail

/// What lies in shared memory byte by byte: no pointers, no owners.
template <typename T>
concept plain = std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>;

/// A named lock of a team. Copy it as you like; a thread takes it through thread::hold.
class lock {
public:
    lock() = default;
    explicit lock(atoll_lock_handle handle) : handle_(handle) {}
    atoll_lock_handle handle() const noexcept { return handle_; }

private:
    atoll_lock_handle handle_ = 0;
};

/// A lock as one thread takes it: what std::lock_guard, std::unique_lock and std::scoped_lock want.
///
/// If the holder died: lock() and try_lock() call `repair`, if there is one, and the lock is well again
/// when that returns. Without one, or if it throws, the lock is given back poisoned and what was thrown, or
/// atollxx::error with code ATOLL_ERROR_POISONED, leaves lock().
class held_lock {
public:
    held_lock(atoll_thread *me, atollxx::lock lock, std::function<void()> repair)
        : me_(me), lock_(lock), repair_(std::move(repair)) {}
    held_lock(const held_lock &) = delete;
    held_lock &operator=(const held_lock &) = delete;

    void lock() { take(detail::check(atoll_lock_acquire(me_, lock_.handle()))); }

    bool try_lock() {
        int result = detail::check(atoll_lock_try(me_, lock_.handle()));
        if (result == ATOLL_BUSY) return false;
        take(result);
        return true;
    }

    /// In a destructor nobody could hear of a failure: of a lock that is not held there is nothing to
    /// give back.
    void unlock() noexcept { atoll_lock_release(me_, lock_.handle()); }

private:
    void take(int result) {
        if (result != ATOLL_OWNER_DIED) return;
        try {
            if (!repair_) throw error(ATOLL_ERROR_POISONED, "the lock's holder died, and there is no repair");
            repair_();
            detail::check(atoll_lock_consistent(me_, lock_.handle()));
        } catch (...) {
            atoll_lock_release(me_, lock_.handle());
            throw;
        }
    }

    atoll_thread *me_;
    atollxx::lock lock_;
    std::function<void()> repair_;
};

/// One thread of a team, in the body that it was handed to.
class thread {
public:
    explicit thread(atoll_thread *me) : me_(me) {}
    thread(const thread &) = delete;
    thread &operator=(const thread &) = delete;

    /// For the calls of atoll.h that have no word of their own here.
    atoll_thread *c() const noexcept { return me_; }

    int rank() const { return detail::check(atoll_thread_rank(me_)); }
    int size() const { return detail::check(atoll_thread_size(me_)); }
    int vm_rank() const { return detail::check(atoll_thread_vm_rank(me_)); }
    int in_vm() const { return detail::check(atoll_thread_in_vm(me_)); }

    void barrier() { detail::check(atoll_barrier(me_)); }

    template <typename T>
        requires std::floating_point<T> || std::integral<T>
    T all_reduce(T value, int operation) {
        if constexpr (std::floating_point<T>) {
            double all;
            detail::check(atoll_all_reduce_double(me_, static_cast<double>(value), operation, &all));
            return static_cast<T>(all);
        } else {
            std::int64_t all;
            detail::check(atoll_all_reduce_int64(me_, static_cast<std::int64_t>(value), operation, &all));
            return static_cast<T>(all);
        }
    }
    template <typename T> T sum(T value) { return all_reduce(value, ATOLL_SUM); }
    template <typename T> T minimum(T value) { return all_reduce(value, ATOLL_MINIMUM); }
    template <typename T> T maximum(T value) { return all_reduce(value, ATOLL_MAXIMUM); }

    /// This thread's share of begin..<end, as first and last.
    std::pair<std::int64_t, std::int64_t> share(std::int64_t begin, std::int64_t end) const {
        std::int64_t first, last;
        detail::check(atoll_share(me_, begin, end, &first, &last));
        return {first, last};
    }

    /// Calls `body(first, last)` with this thread's share, then waits for all.
    template <typename Body>
        requires std::invocable<Body &, std::int64_t, std::int64_t>
    void parallel_for(std::int64_t begin, std::int64_t end, Body body) {
        call<Body> call{body, {}};
        finish(atoll_parallel_for(me_, begin, end, call.range, &call), call.failure);
    }

    /// The lock as this thread takes it, for std::lock_guard and its like.
    [[nodiscard]] held_lock hold(atollxx::lock lock, std::function<void()> repair = {}) {
        return held_lock(me_, lock, std::move(repair));
    }

protected:
    template <typename Body> struct call {
        Body &body;
        std::exception_ptr failure;

        static int range(atoll_thread *, std::int64_t first, std::int64_t last, void *context) {
            auto &self = *static_cast<call *>(context);
            return detail::guarded(self.failure, [&] { self.body(first, last); });
        }
    };

    /// What a body threw comes before the code that C made of it.
    static void finish(int result, const std::exception_ptr &failure) {
        if (failure) std::rethrow_exception(failure);
        detail::check(result);
    }

private:
    atoll_thread *me_;
};

/// The team that this process is a part of. Leaves it when it goes: no array of it may be used after.
class team {
public:
    team() {
        atoll_team *team = nullptr;
        detail::check(atoll_team_join(&team));
        team_.reset(team);
    }

    /// For the calls of atoll.h that have no word of their own here.
    atoll_team *c() const noexcept { return team_.get(); }

    atoll_team_info info() const {
        atoll_team_info info{};
        info.size = sizeof info;
        detail::check(atoll_team_get_info(c(), &info));
        return info;
    }
    int vms() const { return static_cast<int>(info().vms); }
    int vm_rank() const { return static_cast<int>(info().vm_rank); }
    int size() const {
        auto all = info();
        return static_cast<int>(all.vms * all.threads_per_vm);
    }

    atollxx::lock lock(const std::string &name) {
        atoll_lock_handle handle;
        detail::check(atoll_lock_open(c(), name.c_str(), &handle));
        return atollxx::lock(handle);
    }

    /// Memory of this name, the same for all threads of the team; zero at first. Valid as long as this
    /// team.
    template <plain T> std::span<T> array(const std::string &name, std::size_t count) {
        void *address = nullptr;
        detail::check(atoll_array_open(c(), name.c_str(), count, sizeof(T), &address));
        return {static_cast<T *>(address), count};
    }

    /// Runs `body(thread &)` in each thread of this process and returns when all of the team have come to
    /// its end. Every process of the job calls it the same number of times.
    template <typename Body>
        requires std::invocable<Body &, thread &>
    void run(Body body) {
        struct context {
            Body &body;
            detail::failures failures;
        } context{body, {}};
        int result = atoll_team_run(
            c(),
            [](atoll_thread *me, void *pointer) -> int {
                auto &context = *static_cast<struct context *>(pointer);
                std::exception_ptr failure;
                int code = detail::guarded(failure, [&] {
                    thread self(me);
                    context.body(self);
                });
                if (failure) context.failures.add(failure, code == ATOLL_ERROR_PEER_FAILED);
                return code;
            },
            &context);
        if (result == 0) return;
        context.failures.rethrow();
        throw error(result, atoll_last_error());
    }

private:
    struct leave {
        void operator()(atoll_team *team) const noexcept { atoll_team_leave(team); }
    };
    std::unique_ptr<atoll_team, leave> team_;
};

}  // namespace atollxx

#endif  // ATOLL_HPP
