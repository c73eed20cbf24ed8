! SPDX-License-Identifier: Apache-2.0
! suite:
! parallel do with each schedule, reductions, collapse, and a workshare.
program parallel_do
  use omp_lib
  implicit none
  integer :: i, j, total, least, hits(200), grid(20, 30), failures
  real(8) :: product
  real(8), allocatable :: a(:), b(:)

  failures = 0; total = 0; least = 1000; product = 1; hits = 0; grid = 0
#ifndef BROKEN
  !$omp parallel do schedule(static, 3) reduction(+:total) reduction(min:least) reduction(*:product)
#else
  !$omp parallel do schedule(static, 3) firstprivate(total) reduction(min:least) reduction(*:product)
#endif
  do i = 1, 200
    total = total + i
    least = min(least, 300 - i)
    if (mod(i, 20) == 0) product = product * 2
    hits(i) = hits(i) + 1
  end do
  if (total /= 20100 .or. least /= 100 .or. product /= 1024 .or. any(hits /= 1)) failures = failures + 1
  !$omp parallel do collapse(2) schedule(dynamic, 7)
  do j = 1, 30
    do i = 20, 1, -1
      grid(i, j) = grid(i, j) + i * j
    end do
  end do
  if (sum(grid) /= 210 * 465) failures = failures + 1
  !$omp parallel do schedule(guided)
  do i = 1, 200
    hits(i) = hits(i) + 1
  end do
  call omp_set_schedule(omp_sched_dynamic, 4)
  !$omp parallel do schedule(runtime)
  do i = 1, 200
    hits(i) = hits(i) + 1
  end do
  if (any(hits /= 3)) failures = failures + 1
  allocate (a(1000), b(1000))
  !$omp parallel workshare
  a = 2
  b = a * 3 + 1
  where (b > 6) a = 5
  !$omp end parallel workshare
  if (sum(a) /= 5000) failures = failures + 1
  deallocate (a, b)
  if (failures /= 0) error stop 1
  print '(a,i0,a,i0)', 'right ', total, ' ', least
end program
