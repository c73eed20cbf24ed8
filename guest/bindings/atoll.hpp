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

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
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

    /// For std::timed_mutex's users: `false` where the time is over.
    template <typename Rep, typename Period>
    bool try_lock_for(std::chrono::duration<Rep, Period> time) {
        auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
        int result = atoll_lock_acquire_timed(
            me_, lock_.handle(), nanoseconds > 0 ? static_cast<std::uint64_t>(nanoseconds) : 0);
        if (result == ATOLL_ERROR_TIMED_OUT) return false;
        take(detail::check(result));
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

/// A named sum of a team that all threads add to without waiting for each other.
class counter {
public:
    counter() = default;
    explicit counter(atoll_counter_handle handle) : handle_(handle) {}
    atoll_counter_handle handle() const noexcept { return handle_; }

private:
    atoll_counter_handle handle_ = 0;
};

/// A named queue of a team, of plain values of at most 8 bytes, with any number of producers and consumers.
template <plain T>
    requires(sizeof(T) <= sizeof(std::uint64_t))
class queue {
public:
    explicit queue(atoll_queue_handle handle) : handle_(handle) {}
    atoll_queue_handle handle() const noexcept { return handle_; }

private:
    atoll_queue_handle handle_;
};

/// How the iterations of a loop are shared out.
class schedule {
public:
    static schedule fixed(std::int64_t chunk = 0) { return {ATOLL_STATIC, chunk, 0}; }
    static schedule dynamic(std::int64_t chunk = 1) { return {ATOLL_DYNAMIC, chunk, 0}; }
    static schedule guided(std::int64_t least = 1) { return {ATOLL_GUIDED, least, 0}; }
    static schedule trapezoid(std::int64_t first = 0, std::int64_t last = 1) {
        return {ATOLL_TRAPEZOID, first, last};
    }
    /// The same, not waiting for the others at the loop's end.
    schedule no_wait() const {
        auto other = *this;
        other.c_.flags = ATOLL_NO_WAIT;
        return other;
    }
    const atoll_schedule *c() const noexcept { return &c_; }

private:
    schedule(int kind, std::int64_t chunk, std::int64_t last) {
        c_.size = sizeof c_;
        c_.kind = static_cast<std::uint32_t>(kind);
        c_.chunk = chunk;
        c_.last = last;
    }
    atoll_schedule c_{};
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
        parallel_for(begin, end, schedule::fixed(), std::move(body));
    }

    /// Calls `body(first, last)` with each chunk that falls to this thread, then waits for all.
    template <typename Body>
        requires std::invocable<Body &, std::int64_t, std::int64_t>
    void parallel_for(std::int64_t begin, std::int64_t end, const schedule &how, Body body) {
        call<Body> call{body, {}};
        finish(atoll_for(me_, begin, end, how.c(), call.range, &call), call.failure);
    }

    /// The same, and goes on without machines that are lost meanwhile; `body` must be repeatable. Gives the
    /// slots of the lost, a bit each. The job needs `--on-loss continue`.
    template <typename Body>
        requires std::invocable<Body &, std::int64_t, std::int64_t>
    std::uint64_t restartable_for(std::int64_t begin, std::int64_t end, std::int64_t chunk, Body body) {
        call<Body> call{body, {}};
        std::uint64_t lost = 0;
        finish(atoll_for_restartable(me_, begin, end, chunk, call.range, &call, &lost), call.failure);
        return lost;
    }

    /// One value of each thread, to one that all get, by `combine(a, b)`, in order of rank.
    template <plain T, typename Combine>
        requires(sizeof(T) <= ATOLL_VALUE_BYTES) && std::is_invocable_r_v<T, Combine &, T, T>
    T all_reduce(T value, Combine combine) {
        detail::check(atoll_all_reduce(
            me_, &value, sizeof value,
            [](void *into, const void *from, void *context) noexcept {
                auto &left = *static_cast<T *>(into);
                left = (*static_cast<Combine *>(context))(left, *static_cast<const T *>(from));
            },
            &combine));
        return value;
    }

    /// Gives the value of one thread to all.
    template <plain T>
        requires(sizeof(T) <= ATOLL_VALUE_BYTES)
    T broadcast(T value, int root) {
        detail::check(atoll_broadcast(me_, &value, sizeof value, root));
        return value;
    }

    /// Calls `body` in the first thread that comes here; then waits for all.
    template <std::invocable Body> void single(Body body) {
        call<Body> call{body, {}};
        finish(atoll_single(me_, 0, call.plain, &call), call.failure);
    }

    /// Calls `body` while no other thread is in a critical region of this name. Where the thread that was in
    /// it before died there, `repair` is called first; without one, the region is closed to all.
    template <std::invocable Body>
    void critical(const std::string &name, Body body, std::function<void()> repair = {}) {
        struct context {
            Body &body;
            std::function<void()> &repair;
            std::exception_ptr failure;
        } context{body, repair, {}};
        int result = atoll_critical(
            me_, name.c_str(),
            [](atoll_thread *, int owner_died, void *pointer) -> int {
                auto &self = *static_cast<struct context *>(pointer);
                return detail::guarded(self.failure, [&] {
                    if (owner_died) {
                        if (!self.repair)
                            throw error(ATOLL_ERROR_POISONED, "who was in the region died, and there is no repair");
                        self.repair();
                    }
                    self.body();
                });
            },
            &context);
        finish(result, context.failure);
    }

    void add(counter to, std::int64_t delta = 1) {
        detail::check(atoll_counter_add(me_, to.handle(), delta));
    }
    std::int64_t sum_of(counter counter) {
        std::int64_t sum = 0;
        detail::check(atoll_counter_sum(me_, counter.handle(), &sum));
        return sum;
    }

    /// Adds an element to the queue, waiting for room.
    template <typename T> void push(const queue<T> &to, T value) {
        std::uint64_t word = 0;
        std::memcpy(&word, &value, sizeof value);
        detail::check(atoll_queue_push(me_, to.handle(), word, ATOLL_FOREVER));
    }
    /// Takes the oldest element, waiting so many nanoseconds at most; nothing where there is none.
    template <typename T>
    std::optional<T> pop(const queue<T> &from, std::uint64_t nanoseconds = ATOLL_FOREVER) {
        std::uint64_t word = 0;
        int result = atoll_queue_pop(me_, from.handle(), &word, nanoseconds);
        if (result == ATOLL_BUSY || result == ATOLL_ERROR_TIMED_OUT) return std::nullopt;
        detail::check(result);
        T value;
        std::memcpy(&value, &word, sizeof value);
        return value;
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
        static int plain(atoll_thread *, void *context) {
            auto &self = *static_cast<call *>(context);
            return detail::guarded(self.failure, [&] { self.body(); });
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

    /// Its holder may take it again.
    atollxx::lock recursive_lock(const std::string &name) {
        atoll_lock_handle handle;
        detail::check(atoll_lock_open_recursive(c(), name.c_str(), &handle));
        return atollxx::lock(handle);
    }

    atollxx::counter counter(const std::string &name) {
        atoll_counter_handle handle;
        detail::check(atoll_counter_open(c(), name.c_str(), &handle));
        return atollxx::counter(handle);
    }

    /// Room for `capacity` elements, a power of two.
    template <plain T> atollxx::queue<T> queue(const std::string &name, std::size_t capacity) {
        atoll_queue_handle handle;
        detail::check(atoll_queue_open(c(), name.c_str(), capacity, &handle));
        return atollxx::queue<T>(handle);
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
