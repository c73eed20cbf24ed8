# SPDX-License-Identifier: Apache-2.0
"""What atoll.py promises beyond atoll.h. Run as each part of a job of two machines with two threads; says "ok"."""

import atoll
import numpy


def code_of(function):
    try:
        function()
    except atoll.AtollError as error:
        assert str(error)
        return error.code
    return 0


team = atoll.Team()
assert (team.vms, team.size) == (2, 4)
counts = team.array("counts", (2, 3), "int32")
assert counts.shape == (2, 3) and counts.dtype == numpy.int32 and counts[0, 0] == 0
assert code_of(lambda: team.array("counts", (2, 4), "int32")) == -9
assert code_of(lambda: team.lock("n" * 100)) == -8
try:
    team.array("objects", 3, object)
    raise AssertionError("objects cannot be shared")
except TypeError:
    pass
lock = team.lock("lock")


def work(me):
    for _ in range(200):
        with me.hold(lock):
            counts[1, 2] += 1
    me.barrier()
    assert counts[1, 2] == 800, counts
    assert me.sum(me.rank) == 6 and me.maximum(me.rank) == 3 and me.sum(0.5) == 2.0
    assert list(me.share(0, 10)) == [[0, 1, 2], [3, 4, 5], [6, 7], [8, 9]][me.rank]
    return me.rank


assert team.run(work) == [2 * team.vm_rank, 2 * team.vm_rank + 1]


counter, queue, recursive = team.counter("n"), team.queue("q", 8), team.lock("recursive", recursive=True)


def more(me):
    for schedule, chunk in (atoll.STATIC, 3), (atoll.DYNAMIC, 0), (atoll.GUIDED, 2), (atoll.TRAPEZOID, 0):
        me.loop(-50, 50, lambda part: me.add(counter, len(part)), schedule, chunk)
    assert me.sum_of(counter) == 400
    me.barrier()
    me.single(lambda: me.add(counter, 1000))
    assert me.sum_of(counter) == 1400
    assert me.broadcast(b"rank%d" % me.rank, 2) == b"rank2"
    assert me.all_reduce(1 << me.rank, atoll.OR) == 15 and me.all_reduce(2.0, atoll.PRODUCT) == 16.0
    if me.rank == 0:
        assert me.push(queue, 2**63)
    if me.rank == 3:
        assert me.pop(queue) == 2**63 and me.pop(queue, 1000) is None and me.pop(queue, atoll.AT_ONCE) is None
    with me.hold(recursive), me.hold(recursive):
        pass
    if me.rank == 0:
        with me.hold(lock):
            me.barrier()
            me.barrier()
    else:
        me.barrier()
        if me.rank == 3:
            assert code_of(lambda: me.hold(lock, nanoseconds=1000).__enter__()) == atoll.ERROR_TIMED_OUT
        me.barrier()


team.run(more)
assert team.statistics(atoll.KIND_LOCK, "lock").acquisitions == 801
assert team.statistics().acquisitions > 4


class Mine(Exception):
    pass


def fails(me):
    if me.rank == 3:
        raise Mine("mine")
    me.barrier()


try:
    team.run(fails)
    raise AssertionError("run() raises")
except Mine:
    assert team.vm_rank == 1
except atoll.AtollError as error:
    assert team.vm_rank == 0 and error.code == atoll.ERROR_PEER_FAILED, error
team.leave()
team.leave()
print("ok")
