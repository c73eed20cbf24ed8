! SPDX-License-Identifier: Apache-2.0
! suite:
! Tasks, dependences, taskloop, taskgroup, sections, ordered and critical.
recursive integer function fibonacci(n) result(value)
  implicit none
  integer, intent(in) :: n
  integer :: a, b
  if (n < 2) then
    value = n
    return
  end if
  !$omp task shared(a)
  a = fibonacci(n - 1)
  !$omp end task
  !$omp task shared(b)
  b = fibonacci(n - 2)
  !$omp end task
#ifndef BROKEN
  !$omp taskwait
#endif
  value = a + b
end function

program fortran_tasks
  use omp_lib
  implicit none
  integer, external :: fibonacci
  integer :: i, value, chain, hits(300), order, trace(20), parts

  chain = 0; hits = 0; order = 0; parts = 0
  !$omp parallel
  !$omp single
  value = fibonacci(15)
  do i = 1, 100
    !$omp task depend(inout:chain)
    chain = chain + 1
    !$omp end task
  end do
  !$omp taskwait
  !$omp taskloop grainsize(7)
  do i = 1, 300
    hits(i) = hits(i) + 1
  end do
  !$omp end taskloop
  !$omp end single
  !$omp sections reduction(+:parts)
  !$omp section
  parts = parts + 1
  !$omp section
  parts = parts + 10
  !$omp section
  parts = parts + 100
  !$omp end sections
  !$omp end parallel
  if (value /= 610 .or. chain /= 100 .or. any(hits /= 1) .or. parts /= 111) error stop 1
  !$omp parallel do ordered schedule(dynamic, 2)
  do i = 1, 20
    !$omp ordered
    order = order + 1
    trace(order) = i
    !$omp end ordered
  end do
  do i = 1, 20
    if (trace(i) /= i) error stop 2
  end do
  print '(a,i0)', 'right ', value
end program
