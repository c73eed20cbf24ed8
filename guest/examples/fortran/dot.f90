! SPDX-License-Identifier: Apache-2.0
!
! The dot product of two shared vectors, with all threads of a job, on all its machines: each fills and
! multiplies its share, a reduction adds the parts up, and a lock counts who was there.
!
!     gfortran -frecursive atoll.f90 dot.f90 $(pkg-config --libs atoll) -o dot
!     atoll run GROUP --threads-per-vm 2 -- ./dot 100000

module dot_work
    use atoll
    implicit none
    type(c_ptr) :: team
    integer(c_int64_t) :: n = 100000
    real(c_double), pointer :: x(:), y(:)
    integer(c_int64_t), pointer :: here(:)
    integer(c_int64_t) :: lock
    ! Written by the first thread of each machine.
    real(c_double) :: product = 0

contains

    ! Ranges count from 0 as C does, and the last is not in them.
    integer(c_int) function fill(me, first, last, context) bind(C) result(error)
        type(c_ptr), value :: me, context
        integer(c_int64_t), value :: first, last
        integer(c_int64_t) :: i
        do i = first + 1, last
            x(i) = real(i, c_double)
            y(i) = 2
        end do
        error = 0
    end function

    integer(c_int) function work(me, context) bind(C) result(error)
        type(c_ptr), value :: me, context
        integer(c_int64_t) :: first, last
        real(c_double) :: mine, all
        integer(c_int) :: taken
        error = atoll_for(me, 0_c_int64_t, n, atoll_schedule(kind=ATOLL_DYNAMIC, chunk=100), &
            c_funloc(fill), c_null_ptr)
        if (error /= 0) return
        error = atoll_share(me, 0_c_int64_t, n, first, last)
        if (error /= 0) return
        mine = dot_product(x(first + 1:last), y(first + 1:last))
        error = atoll_all_reduce_double(me, mine, ATOLL_SUM, all)
        if (error /= 0) return
        if (atoll_thread_in_vm(me) == 0) product = all

        taken = atoll_lock_acquire(me, lock)
        if (taken < 0) then
            error = taken
            return
        end if
        here(1) = here(1) + 1
        error = atoll_lock_release(me, lock)
    end function
end module

program dot
    use dot_work
    implicit none
    type(atoll_team_info) :: info
    character(len=32) :: argument
    real(c_double) :: expected

    if (command_argument_count() > 0) then
        call get_command_argument(1, argument)
        read (argument, *) n
    end if
    call check(atoll_team_join(team))
    call check(atoll_team_get_info(team, info))
    call check(atoll_array(team, "x", n, x))
    call check(atoll_array(team, "y", n, y))
    call check(atoll_array(team, "here", 1_c_int64_t, here))
    call check(atoll_lock_open(team, "here", lock))
    call check(atoll_team_run(team, c_funloc(work), c_null_ptr))

    expected = real(n, c_double)*(real(n, c_double) + 1)
    if (info%vm_rank == 0) then
        print '(a,i0,a,i0,a,i0,a,f0.1)', "dot: vms=", info%vms, " threads=", here(1), " n=", n, &
            " product=", product
    end if
    if (product /= expected .or. here(1) /= info%vms*info%threads_per_vm) stop 1
    call atoll_team_leave(team)

contains

    subroutine check(error)
        integer(c_int), intent(in) :: error
        if (error == 0) return
        write (*, '(2a)') "dot: ", atoll_text()
        stop 1
    end subroutine
end program
