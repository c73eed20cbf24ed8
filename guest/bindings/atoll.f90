! SPDX-License-Identifier: Apache-2.0
!
! Atoll for Fortran: the C interface (atoll.h, which is the reference) as a module, with views of shared
! arrays. Compile it with your compiler, beside your program:
!
!     gfortran atoll.f90 program.f90 $(pkg-config --libs atoll)
!
! Functions give 0, or a negative error; atoll_text says what the last one was. A body is a procedure with
! bind(C), handed over by c_funloc: it is called in each thread of this process, so that it must be
! compiled with -frecursive (or have no large local arrays without it).
module atoll
    use, intrinsic :: iso_c_binding
    implicit none
    public

    integer(c_int), parameter :: ATOLL_SUM = 0, ATOLL_MINIMUM = 1, ATOLL_MAXIMUM = 2
    integer(c_int), parameter :: ATOLL_OWNER_DIED = 1, ATOLL_BUSY = 2
    integer(c_int), parameter :: ATOLL_ERROR_MEMBER_LOST = -12, ATOLL_ERROR_PEER_FAILED = -13, &
        ATOLL_ERROR_POISONED = -15, ATOLL_ERROR_TIMED_OUT = -18, ATOLL_ERROR_INVALID = -19

    integer(c_int), parameter :: ATOLL_PRODUCT = 3, ATOLL_AND = 4, ATOLL_OR = 5, ATOLL_EXCLUSIVE_OR = 6
    integer(c_int32_t), parameter :: ATOLL_STATIC = 0, ATOLL_DYNAMIC = 1, ATOLL_GUIDED = 2, &
        ATOLL_TRAPEZOID = 3, ATOLL_NO_WAIT = 1
    ! How long a call waits, in nanoseconds: -1 has the bits of ATOLL_FOREVER.
    integer(c_int64_t), parameter :: ATOLL_FOREVER = -1, ATOLL_AT_ONCE = 0

    ! How the iterations of a loop are shared out.
    type, bind(C) :: atoll_schedule
        integer(c_int32_t) :: size = 32
        integer(c_int32_t) :: kind = ATOLL_STATIC
        integer(c_int32_t) :: flags = 0
        integer(c_int32_t) :: reserved = 0
        integer(c_int64_t) :: chunk = 0
        integer(c_int64_t) :: last = 0
    end type

    type, bind(C) :: atoll_team_info
        integer(c_int32_t) :: size = 32
        integer(c_int32_t) :: vms = 0
        integer(c_int32_t) :: vm_rank = 0
        integer(c_int32_t) :: threads_per_vm = 0
        integer(c_int64_t) :: job = 0
        integer(c_int32_t) :: slot = 0
        integer(c_int32_t) :: reserved = 0
    end type

    ! What a body of atoll_team_run looks like: 0 is well, a positive number ends the whole team.
    abstract interface
        integer(c_int) function atoll_body(me, context) bind(C)
            import :: c_int, c_ptr
            type(c_ptr), value :: me, context
        end function

        ! And one of atoll_parallel_for: it works on first..last-1.
        integer(c_int) function atoll_range_body(me, first, last, context) bind(C)
            import :: c_int, c_int64_t, c_ptr
            type(c_ptr), value :: me, context
            integer(c_int64_t), value :: first, last
        end function
    end interface

    interface
        integer(c_int32_t) function atoll_version() bind(C)
            import :: c_int32_t
        end function
        type(c_ptr) function atoll_error_string(error) bind(C)
            import :: c_int, c_ptr
            integer(c_int), value :: error
        end function
        type(c_ptr) function atoll_last_error() bind(C)
            import :: c_ptr
        end function

        integer(c_int) function atoll_team_join(team) bind(C)
            import :: c_int, c_ptr
            type(c_ptr), intent(out) :: team
        end function
        subroutine atoll_team_leave(team) bind(C)
            import :: c_ptr
            type(c_ptr), value :: team
        end subroutine
        integer(c_int) function atoll_team_get_info(team, info) bind(C)
            import :: c_int, c_ptr, atoll_team_info
            type(c_ptr), value :: team
            type(atoll_team_info), intent(inout) :: info
        end function
        integer(c_int) function atoll_team_run(team, body, context) bind(C)
            import :: c_int, c_ptr, c_funptr
            type(c_ptr), value :: team, context
            type(c_funptr), value :: body
        end function

        integer(c_int) function atoll_thread_rank(me) bind(C)
            import :: c_int, c_ptr
            type(c_ptr), value :: me
        end function
        integer(c_int) function atoll_thread_size(me) bind(C)
            import :: c_int, c_ptr
            type(c_ptr), value :: me
        end function
        integer(c_int) function atoll_thread_vm_rank(me) bind(C)
            import :: c_int, c_ptr
            type(c_ptr), value :: me
        end function
        integer(c_int) function atoll_thread_in_vm(me) bind(C)
            import :: c_int, c_ptr
            type(c_ptr), value :: me
        end function
        integer(c_int) function atoll_barrier(me) bind(C)
            import :: c_int, c_ptr
            type(c_ptr), value :: me
        end function
        integer(c_int) function atoll_all_reduce_double(me, value, operation, result) bind(C)
            import :: c_int, c_ptr, c_double
            type(c_ptr), value :: me
            real(c_double), value :: value
            integer(c_int), value :: operation
            real(c_double), intent(out) :: result
        end function
        integer(c_int) function atoll_all_reduce_int64(me, value, operation, result) bind(C)
            import :: c_int, c_ptr, c_int64_t
            type(c_ptr), value :: me
            integer(c_int64_t), value :: value
            integer(c_int), value :: operation
            integer(c_int64_t), intent(out) :: result
        end function
        integer(c_int) function atoll_share(me, begin, end, first, last) bind(C)
            import :: c_int, c_ptr, c_int64_t
            type(c_ptr), value :: me
            integer(c_int64_t), value :: begin, end
            integer(c_int64_t), intent(out) :: first, last
        end function
        integer(c_int) function atoll_parallel_for(me, begin, end, body, context) bind(C)
            import :: c_int, c_ptr, c_funptr, c_int64_t
            type(c_ptr), value :: me, context
            integer(c_int64_t), value :: begin, end
            type(c_funptr), value :: body
        end function

        integer(c_int) function atoll_for(me, begin, end, schedule, body, context) bind(C)
            import :: c_int, c_ptr, c_funptr, c_int64_t, atoll_schedule
            type(c_ptr), value :: me, context
            integer(c_int64_t), value :: begin, end
            type(atoll_schedule), intent(in) :: schedule
            type(c_funptr), value :: body
        end function
        integer(c_int) function atoll_for_restartable(me, begin, end, chunk, body, context, lost) bind(C)
            import :: c_int, c_ptr, c_funptr, c_int64_t
            type(c_ptr), value :: me, context
            integer(c_int64_t), value :: begin, end, chunk
            type(c_funptr), value :: body
            integer(c_int64_t), intent(out) :: lost
        end function
        integer(c_int) function atoll_single(me, flags, body, context) bind(C)
            import :: c_int, c_ptr, c_funptr, c_int32_t
            type(c_ptr), value :: me, context
            integer(c_int32_t), value :: flags
            type(c_funptr), value :: body
        end function
        ! The body gets 0 to count - 1, as a 64-bit number.
        integer(c_int) function atoll_sections(me, count, flags, body, context) bind(C)
            import :: c_int, c_ptr, c_funptr, c_int32_t
            type(c_ptr), value :: me, context
            integer(c_int), value :: count
            integer(c_int32_t), value :: flags
            type(c_funptr), value :: body
        end function
        integer(c_int) function atoll_counter_add(me, counter, delta) bind(C)
            import :: c_int, c_ptr, c_int64_t
            type(c_ptr), value :: me
            integer(c_int64_t), value :: counter, delta
        end function
        integer(c_int) function atoll_counter_sum(me, counter, total) bind(C)
            import :: c_int, c_ptr, c_int64_t
            type(c_ptr), value :: me
            integer(c_int64_t), value :: counter
            integer(c_int64_t), intent(out) :: total
        end function
        integer(c_int) function atoll_lock_acquire_timed(me, lock, nanoseconds) bind(C)
            import :: c_int, c_ptr, c_int64_t
            type(c_ptr), value :: me
            integer(c_int64_t), value :: lock, nanoseconds
        end function
        integer(c_int) function atoll_lock_acquire(me, lock) bind(C)
            import :: c_int, c_ptr, c_int64_t
            type(c_ptr), value :: me
            integer(c_int64_t), value :: lock
        end function
        integer(c_int) function atoll_lock_try(me, lock) bind(C)
            import :: c_int, c_ptr, c_int64_t
            type(c_ptr), value :: me
            integer(c_int64_t), value :: lock
        end function
        integer(c_int) function atoll_lock_release(me, lock) bind(C)
            import :: c_int, c_ptr, c_int64_t
            type(c_ptr), value :: me
            integer(c_int64_t), value :: lock
        end function
        integer(c_int) function atoll_lock_consistent(me, lock) bind(C)
            import :: c_int, c_ptr, c_int64_t
            type(c_ptr), value :: me
            integer(c_int64_t), value :: lock
        end function

        ! As C has them: names end with a NUL. The ones below take Fortran's.
        integer(c_int) function atoll_c_lock_open(team, name, lock) bind(C, name="atoll_lock_open")
            import :: c_int, c_ptr, c_char, c_int64_t
            type(c_ptr), value :: team
            character(kind=c_char), intent(in) :: name(*)
            integer(c_int64_t), intent(out) :: lock
        end function
        integer(c_int) function atoll_c_counter_open(team, name, counter) &
            bind(C, name="atoll_counter_open")
            import :: c_int, c_ptr, c_char, c_int64_t
            type(c_ptr), value :: team
            character(kind=c_char), intent(in) :: name(*)
            integer(c_int64_t), intent(out) :: counter
        end function
        integer(c_int) function atoll_c_array_open(team, name, count, element_bytes, address) &
            bind(C, name="atoll_array_open")
            import :: c_int, c_ptr, c_char, c_size_t
            type(c_ptr), value :: team
            character(kind=c_char), intent(in) :: name(*)
            integer(c_size_t), value :: count, element_bytes
            type(c_ptr), intent(out) :: address
        end function
    end interface

    ! A view of the shared array of this name, the same for all threads of the team; zero at first. Valid
    ! until atoll_team_leave.
    interface atoll_array
        module procedure array_real64, array_real32, array_int64, array_int32
    end interface

contains

    ! What the calling thread's last error was, as a sentence.
    function atoll_text() result(text)
        character(len=:), allocatable :: text
        character(kind=c_char), pointer :: bytes(:)
        integer :: length
        call c_f_pointer(atoll_last_error(), bytes, [4096])
        length = 0
        do while (bytes(length + 1) /= c_null_char)
            length = length + 1
        end do
        allocate (character(len=length) :: text)
        block
            integer :: i
            do i = 1, length
                text(i:i) = bytes(i)
            end do
        end block
    end function

    integer(c_int) function atoll_lock_open(team, name, lock) result(error)
        type(c_ptr), intent(in) :: team
        character(len=*), intent(in) :: name
        integer(c_int64_t), intent(out) :: lock
        error = atoll_c_lock_open(team, trim(name)//c_null_char, lock)
    end function

    integer(c_int) function atoll_counter_open(team, name, counter) result(error)
        type(c_ptr), intent(in) :: team
        character(len=*), intent(in) :: name
        integer(c_int64_t), intent(out) :: counter
        error = atoll_c_counter_open(team, trim(name)//c_null_char, counter)
    end function

    integer(c_int) function array_real64(team, name, count, array) result(error)
        type(c_ptr), intent(in) :: team
        character(len=*), intent(in) :: name
        integer(c_int64_t), intent(in) :: count
        real(c_double), pointer, intent(out) :: array(:)
        type(c_ptr) :: address
        nullify (array)
        error = atoll_c_array_open(team, trim(name)//c_null_char, int(count, c_size_t), 8_c_size_t, address)
        if (error == 0) call c_f_pointer(address, array, [count])
    end function

    integer(c_int) function array_real32(team, name, count, array) result(error)
        type(c_ptr), intent(in) :: team
        character(len=*), intent(in) :: name
        integer(c_int64_t), intent(in) :: count
        real(c_float), pointer, intent(out) :: array(:)
        type(c_ptr) :: address
        nullify (array)
        error = atoll_c_array_open(team, trim(name)//c_null_char, int(count, c_size_t), 4_c_size_t, address)
        if (error == 0) call c_f_pointer(address, array, [count])
    end function

    integer(c_int) function array_int64(team, name, count, array) result(error)
        type(c_ptr), intent(in) :: team
        character(len=*), intent(in) :: name
        integer(c_int64_t), intent(in) :: count
        integer(c_int64_t), pointer, intent(out) :: array(:)
        type(c_ptr) :: address
        nullify (array)
        error = atoll_c_array_open(team, trim(name)//c_null_char, int(count, c_size_t), 8_c_size_t, address)
        if (error == 0) call c_f_pointer(address, array, [count])
    end function

    integer(c_int) function array_int32(team, name, count, array) result(error)
        type(c_ptr), intent(in) :: team
        character(len=*), intent(in) :: name
        integer(c_int64_t), intent(in) :: count
        integer(c_int32_t), pointer, intent(out) :: array(:)
        type(c_ptr) :: address
        nullify (array)
        error = atoll_c_array_open(team, trim(name)//c_null_char, int(count, c_size_t), 4_c_size_t, address)
        if (error == 0) call c_f_pointer(address, array, [count])
    end function
end module
