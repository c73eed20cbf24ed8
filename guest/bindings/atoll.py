# SPDX-License-Identifier: Apache-2.0
"""Atoll for Python: the threads of a job, spread over several virtual machines, as one team with shared NumPy arrays.

    import atoll

    with atoll.Team() as team:
        grid = team.array("grid", (1000, 1000))           # shared by all machines; zero at first

        def work(me):
            for row in me.share(0, 1000):
                grid[row] = ...
            me.barrier()
            return me.sum(float(grid[...].sum()))

        results = team.run(work)                          # what each thread of this process returned

A wrapper of libatoll's C interface by ctypes; atoll.h is the reference. Calls that wait let Python's other threads run.
The threads of one process still share Python's interpreter lock: for speed start one thread a process or let NumPy
do the work.

Where the library is: $ATOLL_LIBRARY, else libatoll.so.1 as the loader finds it, or beside this file's prefix.
"""

import ctypes
import os
import threading

SUM, MINIMUM, MAXIMUM = 0, 1, 2
OWNER_DIED, BUSY = 1, 2
PRODUCT, AND, OR, EXCLUSIVE_OR = 3, 4, 5, 6
STATIC, DYNAMIC, GUIDED, TRAPEZOID = 0, 1, 2, 3
KIND_LOCK, KIND_RECURSIVE_LOCK, KIND_BARRIER, KIND_QUEUE, KIND_COUNTER = 1, 2, 8, 12, 14
FOREVER, AT_ONCE = 2**64 - 1, 0
ERROR_MEMBER_LOST, ERROR_PEER_FAILED, ERROR_POISONED = -12, -13, -15
ERROR_TIMED_OUT, ERROR_INVALID = -18, -19


class AtollError(Exception):
    """What a call of the library failed with: its sentence, and `code`, one of atoll.h's ATOLL_ERROR_..."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


class TeamInfo(ctypes.Structure):
    """struct atoll_team_info"""

    _fields_ = [
        ("size", ctypes.c_uint32),
        ("vms", ctypes.c_uint32),
        ("vm_rank", ctypes.c_uint32),
        ("threads_per_vm", ctypes.c_uint32),
        ("job", ctypes.c_uint64),
        ("slot", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]


class _Schedule(ctypes.Structure):
    """struct atoll_schedule"""

    _fields_ = [
        ("size", ctypes.c_uint32),
        ("kind", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
        ("chunk", ctypes.c_int64),
        ("last", ctypes.c_int64),
    ]


class _Queue(ctypes.Structure):
    """atoll_queue_handle"""

    _fields_ = [("place", ctypes.c_uint64), ("capacity", ctypes.c_uint64)]


class Statistics(ctypes.Structure):
    """struct atoll_statistics"""

    _fields_ = [
        ("size", ctypes.c_uint32),
        ("kind", ctypes.c_uint32),
        ("acquisitions", ctypes.c_uint64),
        ("contended", ctypes.c_uint64),
        ("wait_ns", ctypes.c_uint64),
        ("waiters", ctypes.c_uint64),
        ("deaths", ctypes.c_uint64),
        ("waits", ctypes.c_uint32 * 16),
    ]


_Range = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p)
_Body = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_pointer, _int, _int64 = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_out_int64 = ctypes.POINTER(ctypes.c_int64)

_functions = {
    "atoll_version": (ctypes.c_uint32, []),
    "atoll_last_error": (ctypes.c_char_p, []),
    "atoll_error_string": (ctypes.c_char_p, [_int]),
    "atoll_team_join": (_int, [ctypes.POINTER(_pointer)]),
    "atoll_team_leave": (None, [_pointer]),
    "atoll_team_get_info": (_int, [_pointer, ctypes.POINTER(TeamInfo)]),
    "atoll_team_run": (_int, [_pointer, _Body, _pointer]),
    "atoll_thread_rank": (_int, [_pointer]),
    "atoll_thread_size": (_int, [_pointer]),
    "atoll_thread_vm_rank": (_int, [_pointer]),
    "atoll_thread_in_vm": (_int, [_pointer]),
    "atoll_barrier": (_int, [_pointer]),
    "atoll_all_reduce_double": (_int, [_pointer, ctypes.c_double, _int, ctypes.POINTER(ctypes.c_double)]),
    "atoll_all_reduce_int64": (_int, [_pointer, _int64, _int, _out_int64]),
    "atoll_share": (_int, [_pointer, _int64, _int64, _out_int64, _out_int64]),
    "atoll_for": (_int, [_pointer, _int64, _int64, ctypes.POINTER(_Schedule), _Range, _pointer]),
    "atoll_single": (_int, [_pointer, ctypes.c_uint32, _Body, _pointer]),
    "atoll_broadcast": (_int, [_pointer, _pointer, ctypes.c_size_t, _int]),
    "atoll_lock_open_recursive": (_int, [_pointer, ctypes.c_char_p, ctypes.POINTER(ctypes.c_uint64)]),
    "atoll_lock_acquire_timed": (_int, [_pointer, ctypes.c_uint64, ctypes.c_uint64]),
    "atoll_counter_open": (_int, [_pointer, ctypes.c_char_p, ctypes.POINTER(ctypes.c_uint64)]),
    "atoll_counter_add": (_int, [_pointer, ctypes.c_uint64, _int64]),
    "atoll_counter_sum": (_int, [_pointer, ctypes.c_uint64, _out_int64]),
    "atoll_queue_open": (_int, [_pointer, ctypes.c_char_p, ctypes.c_size_t, ctypes.POINTER(_Queue)]),
    "atoll_queue_push": (_int, [_pointer, _Queue, ctypes.c_uint64, ctypes.c_uint64]),
    "atoll_queue_pop": (_int, [_pointer, _Queue, ctypes.POINTER(ctypes.c_uint64), ctypes.c_uint64]),
    "atoll_get_statistics": (_int, [_pointer, ctypes.c_uint32, ctypes.c_char_p, ctypes.POINTER(Statistics)]),
    "atoll_lock_open": (_int, [_pointer, ctypes.c_char_p, ctypes.POINTER(ctypes.c_uint64)]),
    "atoll_lock_acquire": (_int, [_pointer, ctypes.c_uint64]),
    "atoll_lock_try": (_int, [_pointer, ctypes.c_uint64]),
    "atoll_lock_release": (_int, [_pointer, ctypes.c_uint64]),
    "atoll_lock_consistent": (_int, [_pointer, ctypes.c_uint64]),
    "atoll_array_open": (
        _int,
        [_pointer, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.POINTER(_pointer)],
    ),
}


def _load():
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "libatoll.so.1")
    named = os.environ.get("ATOLL_LIBRARY")
    problem = None
    for path in [named] if named else ["libatoll.so.1", os.path.join(os.path.dirname(beside), "libatoll.so.1"), beside]:
        try:
            library = ctypes.CDLL(path)
            break
        except OSError as error:
            problem = problem or error
    else:
        raise problem
    for name, (result, arguments) in _functions.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


_library = _load()


def _check(result):
    if result < 0:
        raise AtollError(result, _library.atoll_last_error().decode(errors="replace"))
    return result


class Counter:
    """A named sum of a team that all threads add to without waiting for each other."""

    def __init__(self, handle):
        self.handle = handle


class Queue:
    """A named queue of a team, of whole numbers from 0 to 2**64 - 1, with any number of producers and consumers."""

    def __init__(self, handle):
        self.handle = handle


class Lock:
    """A named lock of a team. A thread takes it with `with me.hold(lock):`."""

    def __init__(self, handle):
        self.handle = handle


class _Held:
    """A lock in a `with`. If its holder died: `repair` is called, and the lock is well again when that returns; without
    one it is given back poisoned, and the error says so."""

    def __init__(self, me, lock, repair, nanoseconds):
        self._me, self._lock, self._repair, self._nanoseconds = me, lock, repair, nanoseconds

    def __enter__(self):
        result = _check(
            _library.atoll_lock_acquire_timed(self._me.pointer, self._lock.handle, self._nanoseconds)
        )
        if result == OWNER_DIED:
            try:
                if self._repair is None:
                    raise AtollError(ERROR_POISONED, "the lock's holder died, and there is no repair")
                self._repair()
                _check(_library.atoll_lock_consistent(self._me.pointer, self._lock.handle))
            except BaseException:
                _library.atoll_lock_release(self._me.pointer, self._lock.handle)
                raise
        return self

    def __exit__(self, *_):
        _check(_library.atoll_lock_release(self._me.pointer, self._lock.handle))


class Thread:
    """One thread of a team, valid in the function that it was handed to."""

    def __init__(self, pointer):
        self.pointer = pointer

    @property
    def rank(self):
        return _check(_library.atoll_thread_rank(self.pointer))

    @property
    def size(self):
        return _check(_library.atoll_thread_size(self.pointer))

    @property
    def vm_rank(self):
        return _check(_library.atoll_thread_vm_rank(self.pointer))

    @property
    def in_vm(self):
        return _check(_library.atoll_thread_in_vm(self.pointer))

    def barrier(self):
        _check(_library.atoll_barrier(self.pointer))

    def all_reduce(self, value, operation):
        """One value of each thread, to one that all get: of floats if `value` is one, else of whole numbers."""
        if isinstance(value, float):
            result, call = ctypes.c_double(), _library.atoll_all_reduce_double
        else:
            value, result, call = int(value), ctypes.c_int64(), _library.atoll_all_reduce_int64
        _check(call(self.pointer, value, operation, ctypes.byref(result)))
        return result.value

    def sum(self, value):
        return self.all_reduce(value, SUM)

    def minimum(self, value):
        return self.all_reduce(value, MINIMUM)

    def maximum(self, value):
        return self.all_reduce(value, MAXIMUM)

    def share(self, begin, end):
        """This thread's part of begin..<end, as a range."""
        first, last = ctypes.c_int64(), ctypes.c_int64()
        _check(_library.atoll_share(self.pointer, begin, end, ctypes.byref(first), ctypes.byref(last)))
        return range(first.value, last.value)

    def loop(self, begin, end, body, schedule=STATIC, chunk=0, wait=True):
        """Calls body(range) with each chunk that falls to this thread, then waits for all, unless told not to. What
        body raises ends the loop and the team."""
        failure = []

        @_Range
        def call(_, first, last, __):
            try:
                body(range(first, last))
                return 0
            except BaseException as error:  # It cannot pass through C.
                failure.append(error)
                return error.code if isinstance(error, AtollError) else 1

        plan = _Schedule(size=ctypes.sizeof(_Schedule), kind=schedule, flags=0 if wait else 1, chunk=chunk)
        result = _library.atoll_for(self.pointer, begin, end, ctypes.byref(plan), call, None)
        if failure:
            raise failure[0]
        _check(result)

    def single(self, body):
        """Calls body() in the first thread that comes here; then waits for all."""
        failure = []

        @_Body
        def call(_, __):
            try:
                body()
                return 0
            except BaseException as error:
                failure.append(error)
                return error.code if isinstance(error, AtollError) else 1

        result = _library.atoll_single(self.pointer, 0, call, None)
        if failure:
            raise failure[0]
        _check(result)

    def broadcast(self, value, root=0):
        """The bytes of one thread, at most 64 and as many in all threads, to all."""
        memory = ctypes.create_string_buffer(bytes(value), len(value))
        _check(_library.atoll_broadcast(self.pointer, memory, len(value), root))
        return memory.raw

    def add(self, counter, delta=1):
        _check(_library.atoll_counter_add(self.pointer, counter.handle, delta))

    def sum_of(self, counter):
        total = ctypes.c_int64()
        _check(_library.atoll_counter_sum(self.pointer, counter.handle, ctypes.byref(total)))
        return total.value

    def push(self, queue, value, nanoseconds=FOREVER):
        """Whether there was room, or is by then."""
        result = _library.atoll_queue_push(self.pointer, queue.handle, value, nanoseconds)
        return result != ERROR_TIMED_OUT and _check(result) != BUSY

    def pop(self, queue, nanoseconds=FOREVER):
        """The oldest element; None where there is none by then."""
        value = ctypes.c_uint64()
        result = _library.atoll_queue_pop(self.pointer, queue.handle, ctypes.byref(value), nanoseconds)
        return None if result == ERROR_TIMED_OUT or _check(result) == BUSY else value.value

    def hold(self, lock, repair=None, nanoseconds=FOREVER):
        """For `with`: waits for the lock so long at most; after that AtollError, code ERROR_TIMED_OUT."""
        return _Held(self, lock, repair, nanoseconds)


class Team:
    """The team that this process is a part of."""

    def __init__(self):
        pointer = ctypes.c_void_p()
        _check(_library.atoll_team_join(ctypes.byref(pointer)))
        self._pointer = pointer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.leave()

    def leave(self):
        """Gives the team back: none of its arrays may be touched from here on."""
        if self._pointer:
            _library.atoll_team_leave(self._pointer)
            self._pointer = None

    @property
    def info(self):
        info = TeamInfo(size=ctypes.sizeof(TeamInfo))
        _check(_library.atoll_team_get_info(self._pointer, ctypes.byref(info)))
        return info

    @property
    def vms(self):
        return self.info.vms

    @property
    def vm_rank(self):
        return self.info.vm_rank

    @property
    def size(self):
        info = self.info
        return info.vms * info.threads_per_vm

    def lock(self, name, recursive=False):
        handle = ctypes.c_uint64()
        call = _library.atoll_lock_open_recursive if recursive else _library.atoll_lock_open
        _check(call(self._pointer, name.encode(), ctypes.byref(handle)))
        return Lock(handle.value)

    def counter(self, name):
        handle = ctypes.c_uint64()
        _check(_library.atoll_counter_open(self._pointer, name.encode(), ctypes.byref(handle)))
        return Counter(handle.value)

    def queue(self, name, capacity):
        """Room for so many elements, a power of two."""
        handle = _Queue()
        _check(_library.atoll_queue_open(self._pointer, name.encode(), capacity, ctypes.byref(handle)))
        return Queue(handle)

    def statistics(self, kind=KIND_BARRIER, name=None):
        """How the object of this kind and name was used; without a name, the team's barrier."""
        statistics = Statistics(size=ctypes.sizeof(Statistics))
        name = None if name is None else name.encode()
        _check(_library.atoll_get_statistics(self._pointer, kind, name, ctypes.byref(statistics)))
        return statistics

    def array(self, name, shape, dtype="float64"):
        """A NumPy view of the shared array of this name; zero at first. Valid until leave()."""
        import numpy

        dtype = numpy.dtype(dtype)
        if dtype.hasobject:
            raise TypeError("an array of Python objects cannot be shared")
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        count = 1
        for extent in shape:
            count *= extent
        address = ctypes.c_void_p()
        _check(
            _library.atoll_array_open(self._pointer, name.encode(), count, dtype.itemsize, ctypes.byref(address))
        )
        memory = (ctypes.c_char * (count * dtype.itemsize)).from_address(address.value)
        return numpy.frombuffer(memory, dtype=dtype).reshape(shape)

    def run(self, function):
        """Calls function(thread) in each thread of this process and returns, in the order of those threads, what they
        returned, when all of the team have come to its end. What one of them raised is raised here."""
        results, failures, mutex = {}, [], threading.Lock()

        @_Body
        def body(pointer, _):
            try:
                me = Thread(pointer)
                value = function(me)
                with mutex:
                    results[me.in_vm] = value
                return 0
            except AtollError as error:
                with mutex:
                    failures.append(error)
                return error.code
            except BaseException as error:  # It cannot pass through C.
                with mutex:
                    failures.append(error)
                return 1

        code = _library.atoll_team_run(self._pointer, body, None)
        # One that ended because another did says less than the other.
        causes = [error for error in failures if getattr(error, "code", None) != ERROR_PEER_FAILED]
        if causes or failures:
            raise (causes or failures)[0]
        if code != 0:
            raise AtollError(code, _library.atoll_last_error().decode(errors="replace"))
        return [results[index] for index in sorted(results)]
