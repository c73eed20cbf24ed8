! SPDX-License-Identifier: Apache-2.0
! suite: stdin=3|1.5|2.5|3.5|
! READ from the default unit in main and in workers.
program fortran_input
  use omp_lib
  implicit none
  integer :: count, i
  real(8) :: values(3)

  read *, count
  !$omp parallel do ordered schedule(static, 1)
  do i = 1, count
    !$omp ordered
    read *, values(i)
    !$omp end ordered
  end do
#ifdef BROKEN
  values(2) = 0
#endif
  if (any(values /= [1.5d0, 2.5d0, 3.5d0])) error stop 1
  print '(a,3f6.2)', 'right', values
end program
