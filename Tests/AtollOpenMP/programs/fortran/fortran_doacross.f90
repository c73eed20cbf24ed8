! SPDX-License-Identifier: Apache-2.0
! suite:
! Dependences between iterations of a nest, and an atomic of each form.
program fortran_doacross
  implicit none
  integer :: i, j, grid(0:30, 0:30), ticket, last, seen
  real(8) :: total

  grid = 0; last = 0; total = 0
  !$omp parallel do ordered(2) schedule(static, 1)
  do i = 1, 30
    do j = 1, 30
#ifndef BROKEN
      !$omp ordered depend(sink: i - 1, j) depend(sink: i, j - 1)
#endif
      grid(i, j) = max(grid(i - 1, j), grid(i, j - 1)) + 1
      !$omp ordered depend(source)
    end do
  end do
  if (grid(30, 30) /= 59) error stop 1
  seen = 0
  !$omp parallel do private(ticket) reduction(+:seen)
  do i = 1, 1000
    !$omp atomic capture
    ticket = last
    last = last + 1
    !$omp end atomic
    seen = seen + ticket
    !$omp atomic update
    total = total + 0.5d0
  end do
  if (last /= 1000 .or. seen /= 499500 .or. total /= 500) error stop 2
  print '(a,i0)', 'right ', grid(30, 30)
end program
