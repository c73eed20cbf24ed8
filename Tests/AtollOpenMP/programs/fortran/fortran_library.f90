! SPDX-License-Identifier: Apache-2.0
! suite:
! The library's functions in their Fortran forms, with four and eight byte integers and logicals.
program fortran_library
  use omp_lib
  implicit none
  integer(omp_lock_kind) :: lock
  integer(omp_nest_lock_kind) :: nest
  integer(omp_sched_kind) :: kind_now
  integer :: chunk, count, i
  integer(8) :: wide
  logical :: got
  logical(8) :: wide_flag
  real(8) :: begun

  begun = omp_get_wtime()
  wide = 3
  wide_flag = .true.
  call omp_set_num_threads(wide)
  if (omp_get_max_threads() /= 3) error stop 1
  call omp_set_dynamic(wide_flag)
  if (.not. omp_get_dynamic()) error stop 2
  call omp_set_dynamic(.false.)
  call omp_set_schedule(omp_sched_guided, 9)
  call omp_get_schedule(kind_now, chunk)
  if (kind_now /= omp_sched_guided .or. chunk /= 9) error stop 3
  call omp_init_lock(lock)
  call omp_init_nest_lock(nest)
  count = 0
  !$omp parallel private(i)
  do i = 1, 500
#ifndef BROKEN
    call omp_set_lock(lock)
    count = count + 1
    call omp_unset_lock(lock)
#else
    if (i > 1) count = count + 1
#endif
    call omp_set_nest_lock(nest)
    call omp_set_nest_lock(nest)
    call omp_unset_nest_lock(nest)
    call omp_unset_nest_lock(nest)
  end do
  if (omp_get_num_threads() /= 3 .or. .not. omp_in_parallel()) error stop 4
  if (omp_get_ancestor_thread_num(wide * 0) /= 0) error stop 5
  !$omp end parallel
  if (count /= 1500) error stop 6
  got = omp_test_lock(lock)
  if (.not. got) error stop 7
  call omp_unset_lock(lock)
  call omp_destroy_lock(lock)
  call omp_destroy_nest_lock(nest)
  if (omp_get_wtime() < begun .or. omp_get_wtick() <= 0) error stop 8
  print '(a,i0)', 'right ', count
end program
